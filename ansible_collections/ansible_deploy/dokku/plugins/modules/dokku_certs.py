#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Install a certificate of one's own for an app."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_certs
short_description: Install a certificate of one's own for an app
version_added: "0.1.0"
description:
  - Installs a certificate and its key, and replaces what is installed when it differs.
  - What Dokku would install and nobody could use is refused before anything is written, such as a
    key of another certificate, or a certificate that has ended.
  - A certificate of dokku-letsencrypt is replaced as well, and renewed no more.
  - Of the apps' proxies nginx serves it, and so does the scheduler k3s. Caddy, haproxy, openresty
    and traefik do not look at it.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
requirements:
  - The Python library cryptography.
options:
  app:
    description: The app.
    type: str
    required: true
  certificate:
    description:
      - The server's certificate in PEM form, and behind it those of its chain.
      - Needed unless O(state=absent).
    type: str
    aliases: [cert]
  key:
    description: The private key in PEM form, without a passphrase. Needed unless O(state=absent).
    type: str
  domains:
    description: Names that the certificate should be for. There is a warning for others.
    type: list
    elements: str
  state:
    description: Whether a certificate is installed. V(absent) removes any.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: Certificate of the shop is installed
  ansible_deploy.dokku.dokku_certs:
    app: shop
    certificate: "{{ lookup('ansible.builtin.file', 'shop.crt') }}"
    key: "{{ shop_key }}"
    domains: [shop.example.org]
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
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_certs")


if __name__ == "__main__":
    main()
