#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Link a service to an app."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_service_link
short_description: Link a service to an app
version_added: "0.1.0"
description:
  - Makes sure that a service is linked to an app, or that it is not.
  - The app finds the address of the service in a config variable.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
  - ansible_deploy.dokku.dokku.app
options:
  name:
    description: The name of the service.
    type: str
    required: true
  service:
    description:
      - The kind of service, one of V(postgres), V(mysql), V(mariadb), V(redis), V(mongo),
        V(rabbitmq), V(memcached), V(elasticsearch).
    type: str
    required: true
  alias:
    description:
      - What the config variable begins with, V(BLUE) for C(BLUE_URL).
      - A service that is linked under another one is linked anew.
    type: str
  restart:
    description: Whether a deployed app is redeployed.
    type: bool
    default: false
  state:
    description: Whether the service is linked.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: Database is linked
  ansible_deploy.dokku.dokku_service_link:
    app: shop
    service: postgres
    name: shop-postgres
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
      sample: "postgres shop-postgres"
    detail:
      description: More about it, or nothing.
      type: str
      sample: "linked as DATABASE_URL"
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_service_link")


if __name__ == "__main__":
    main()
