#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Create a service such as a database."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_service_create
short_description: Create a service such as a database
version_added: "0.1.0"
description:
  - Makes sure that a service exists. Never alters and never destroys one.
  - A warning tells when an existing service is of another image or version.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
options:
  service:
    description:
      - The kind of service, one of V(postgres), V(mysql), V(mariadb), V(redis), V(mongo),
        V(rabbitmq), V(memcached), V(elasticsearch).
    type: str
    required: true
  name:
    description: The name of the service.
    type: str
    required: true
  image:
    description: The container image, without version. The plugin's own by default.
    type: str
  version:
    description: The version of the image. The plugin's own by default.
    type: str
"""

EXAMPLES = r"""
- name: Database exists
  ansible_deploy.dokku.dokku_service_create:
    service: postgres
    name: shop-postgres
    version: "17"
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
      sample: "postgres shop-postgres 17"
    detail:
      description: More about it, or nothing.
      type: str
      sample: ""
existing:
  description: Whether the service was there before.
  returned: success
  type: bool
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_service_create")


if __name__ == "__main__":
    main()
