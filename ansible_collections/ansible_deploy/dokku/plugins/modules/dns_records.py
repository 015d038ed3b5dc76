#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage records in DNS zones."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dns_records
short_description: Manage records in DNS zones
version_added: "0.1.0"
description:
  - Makes records and takes them away again, and never touches what somebody else made.
  - Beside each set of records stands a marker, a TXT record whose name begins with C(_owner) and
    which names the host and the app. A set without it, or with that of another, is somebody
    else's. Markers are named as octoDNS's ownership processor names them.
  - All records of a zone are written together. With RFC 2136, PowerDNS, deSEC and Route 53 the
    provider does all of it or nothing. With RFC 2136 it is also certain that nobody changed them
    since they were read.
  - When the provider cannot be reached, refuses or is too slow, or when a record of somebody else
    is in the way, the module does not fail. It writes nothing to that zone and returns
    RV(pending).
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
options:
  provider:
    description:
      - Who keeps the zones. V(rfc2136) is any name server that takes signed updates.
      - Possible are V(rfc2136), V(powerdns), V(cloudflare), V(gandi), V(hetzner), V(digitalocean),
        V(desec), V(ovh) and V(route53).
    type: str
    required: true
  credentials_file:
    description: A file with lines C(NAME=value), by the names that the ACME client lego uses.
    type: path
    required: true
  zones:
    description: The zones that may be written to. The longest that holds a name is its zone.
    type: list
    elements: str
    required: true
  owner:
    description: The word for this host in markers.
    type: str
    required: true
  app:
    description: The app in markers.
    type: str
    required: true
  records:
    description: Sets of records that must be there exactly so.
    type: list
    elements: dict
    suboptions:
      name:
        description: Full name, without or with a final dot.
        type: str
        required: true
      type:
        description:
          - Type of the records, one of A, AAAA, CAA, CNAME, HTTPS, MX, NAPTR, PTR, SRV, SSHFP,
            SVCB, TLSA and TXT.
        type: str
        required: true
      ttl:
        description: How many seconds others may remember them. Raised to what a provider keeps.
        type: int
        default: 300
      values:
        description:
          - What they say, as in a zone file; all records of this name and type together. Names in
            them are full names, with or without a final dot.
          - A text for TXT is taken as it is, unless it begins with a quote. It may have any length.
        type: list
        elements: str
        required: true
  absent:
    description: Sets of records that must not be there, as type and name. Only our own go.
    type: list
    elements: str
  adopt:
    description: Names whose records may be taken over, even when somebody else made them.
    type: list
    elements: str
  timeout:
    description: How many seconds all waiting for the provider may take together.
    type: float
    default: 20.0
"""

EXAMPLES = r"""
- name: Shop has its address, and the one of the old campaign is gone
  ansible_deploy.dokku.dns_records:
    provider: rfc2136
    credentials_file: /var/lib/dokku/data/ansible-deploy/settings/--global/dns-credentials
    zones: [example.org]
    owner: 5f2c9d1e
    app: shop
    records:
      - name: shop.example.org
        type: A
        values: [203.0.113.7]
      - name: shop.example.org
        type: MX
        ttl: 3600
        values: ["10 mail.example.org"]
    absent: [A spring.example.org]
"""

RETURN = r"""
changes:
  description: What changed, or would change in check mode. Markers are not shown.
  returned: always
  type: list
  elements: dict
  contains:
    sign:
      description: V(+) for added, V(-) for removed, V(~) for altered.
      type: str
      sample: "+"
    subject:
      description: What it is about.
      type: str
      sample: "A shop.example.org 203.0.113.7"
    detail:
      description: More about it, or nothing.
      type: str
      sample: ""
pending:
  description: What could not be done and why. Zones that it does not name are as wished.
  returned: when something is missing
  type: str
  sample: >-
    A shop.example.org: the name server 192.0.2.53:53 did not answer within 20 s
warnings:
  description: Records that stay although they should go, and why.
  returned: when there are any
  type: list
  elements: str
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dns_records")


if __name__ == "__main__":
    main()
