#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Find out who issues an app's certificate."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_issuer
short_description: Find out who issues an app's certificate
version_added: "0.1.0"
description:
  - Says which way an app's proxy and scheduler get certificates, and what an operator still has to
    do for that.
  - Where the scheduler is k3s, tells it by properties of the app. Global properties of proxies are
    never written, for they are those of all apps.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
  - ansible_deploy.dokku.dokku.app
options:
  state:
    description: Whether the app is to have a certificate.
    type: str
    choices: [present, absent]
    default: present
  own:
    description: Whether the certificate is one of the app's own and not an issued one.
    type: bool
    default: false
  domains:
    description: The names that the certificate is for, to say which of them it cannot have.
    type: list
    elements: str
  email:
    description: Where the certificate authority writes to.
    type: str
    default: ""
  server:
    description: The certificate authority, V(default), V(staging) or the address of its directory.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Issuer is known
  ansible_deploy.dokku.dokku_issuer:
    app: shop
    email: ops@example.org
  register: answer
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
      sample: scheduler-k3s letsencrypt-server
    detail:
      description: More about it, or nothing.
      type: str
      sample: prod
issuer:
  description: V(letsencrypt) for dokku-letsencrypt, V(certs) for one of the app's own, V(proxy)
    where the proxy orders by itself, V(k3s) where the cluster does, V(none) where nobody does.
  returned: success
  type: str
  sample: letsencrypt
pending:
  description: What is missing before a certificate can be had.
  returned: when something is
  type: str
  sample: ""
notes:
  description: What an operator has to do.
  returned: when there is something
  type: list
  elements: str
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_issuer")


if __name__ == "__main__":
    main()
