#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Tell which DNS records people have to make, and whether they lead here already."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dns_by_hand
short_description: Tell which DNS records people have to make
version_added: "0.1.0"
description:
  - Looks up the names of A and AAAA records and tells which of them do not lead where they should.
  - Changes nothing, neither in DNS nor on the host.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
requirements:
  - The Python library dnspython where the module runs
options:
  records:
    description: The records that there should be.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Full name, without a dot at its end.
        type: str
        required: true
      type:
        description: Type, such as V(A) or V(MX).
        type: str
        required: true
      ttl:
        description: How many seconds others may remember it.
        type: int
        default: 300
      values:
        description: What they say, as in a zone file.
        type: list
        elements: str
        required: true
  resolver:
    description: The name server to ask, an address or an address and a port; each zone's own by
      default.
    type: str
    default: ""
  timeout:
    description: How many seconds to wait for answers.
    type: float
    default: 3.0
"""

EXAMPLES = r"""
- name: Records that people make are told
  ansible_deploy.dokku.dns_by_hand:
    records:
      - {name: shop.example.org, type: A, values: [203.0.113.7]}
"""

RETURN = r"""
changes:
  description: Always empty.
  returned: always
  type: list
  elements: dict
notes:
  description: A line for each record that is not seen to be there.
  returned: when there are some
  type: list
  elements: str
  sample: ["create A shop.example.org 203.0.113.7 (it does not answer yet)"]
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dns_by_hand")


if __name__ == "__main__":
    main()
