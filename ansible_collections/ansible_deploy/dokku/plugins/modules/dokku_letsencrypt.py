#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Have dokku-letsencrypt order a certificate for an app."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_letsencrypt
short_description: Have dokku-letsencrypt order a certificate for an app
version_added: "0.1.0"
description:
  - Sets up the plugin dokku-letsencrypt for an app, and orders a certificate for its domains by
    C(letsencrypt:enable). Deploy the app first.
  - There is no order when the installed certificate is dokku-letsencrypt's own, is for exactly
    these names, and is not about to end.
  - An order that fails does not fail the task. What is missing and why is returned as RV(pending),
    what was served before is served on, and a later run tries again.
  - After the first certificate the plugin's daily renewal is switched on.
  - It works where the host's nginx is the proxy.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
requirements:
  - The Python library cryptography.
  - The Python library dnspython, unless O(dns_provider) is used.
options:
  app:
    description: The app.
    type: str
    required: true
  domains:
    description:
      - The names that the certificate is for. Without them all domains that the app has.
      - An order is always for all domains of the app; the plugin knows no other.
    type: list
    elements: str
  email:
    description:
      - The address that the ACME server writes to.
      - Of O(email), O(server), O(dns_provider) and O(env_file) one that is left out stays as it is,
        and an empty one is unset.
    type: str
  server:
    description: V(default) or V(staging) of Let's Encrypt, or the address of an ACME directory.
    type: str
  dns_provider:
    description:
      - lego's name of the DNS provider, for the challenge DNS-01.
      - V(none) or nothing for HTTP-01, also where a provider is set for all apps.
    type: str
  env_file:
    description:
      - A file on the host, readable for dokku, with the provider's credentials as lines of
        C(NAME=value) in lego's names.
      - lego gets it by C(--env-file), so that no credential is stored in the plugin's properties.
    type: str
  addresses:
    description:
      - The addresses of the host. With HTTP-01 nothing is ordered before the name servers of every
        name answer with one of them. Without any, each name must have some address.
    type: list
    elements: str
  resolver:
    description: The name server to ask for that, as V(ADDRESS) or V(ADDRESS:PORT), and no other.
    type: str
    default: ""
  wait:
    description: How many seconds to wait for these answers.
    type: float
    default: 30
  not_before:
    description: An ISO time before which nothing is ordered, because earlier orders failed.
    type: str
    default: ""
  backoff:
    description: Why that is so, in words.
    type: str
    default: ""
  timeout:
    description: How many seconds an order may take.
    type: float
    default: 180
  state:
    description: Whether there is a certificate. V(absent) removes none but dokku-letsencrypt's own.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: Certificate of the shop is issued
  ansible_deploy.dokku.dokku_letsencrypt:
    app: shop
    domains: [shop.example.org, www.shop.example.org]
    email: admin@example.org
    addresses: [203.0.113.7]

- name: Certificate for all names below is issued
  ansible_deploy.dokku.dokku_letsencrypt:
    app: shop
    domains: ["*.shop.example.org"]
    email: admin@example.org
    dns_provider: hetzner
    env_file: /etc/dokku-dns/hetzner
"""

RETURN = r"""
changes:
  description: What changed, or would change in check mode.
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
      sample: "certificate for shop.example.org"
    detail:
      description: More about it, or nothing.
      type: str
      sample: "valid until 2027-02-20"
pending:
  description: What is missing and why.
  returned: when there is no certificate as wanted although nothing failed
  type: str
  sample: "no new certificate: shop.example.org: DNS problem: NXDOMAIN looking up A"
letsencrypt:
  description: What was ordered and what is installed.
  returned: always
  type: dict
  contains:
    ordered:
      description: Whether the ACME server was asked for a certificate.
      type: bool
    succeeded:
      description: Whether the certificate is as wanted now.
      type: bool
    names:
      description: The names that are wanted.
      type: list
      elements: str
    issuer:
      description: Who issued the installed certificate.
      type: str
    not_after:
      description: When it ends.
      type: str
      sample: "2027-02-20T10:17:39Z"
    renew_after:
      description: From when on it is renewed.
      type: str
      sample: "2027-01-21T10:17:39Z"
    is_limit:
      description: Whether the order failed for a rate limit of the server.
      type: bool
    retry_after:
      description: When the server takes orders again, as far as it said so.
      type: str
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_letsencrypt")


if __name__ == "__main__":
    main()
