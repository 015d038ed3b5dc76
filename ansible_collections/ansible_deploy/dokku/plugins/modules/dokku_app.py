#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Create or destroy a Dokku app."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_app
short_description: Create or destroy a Dokku app
version_added: "0.1.0"
description:
  - Makes sure that an app exists, or that it does not.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
  - ansible_deploy.dokku.dokku.app
options:
  state:
    description:
      - Whether the app exists.
      - V(absent) destroys the app and everything that belongs to it alone; services stay.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: App exists
  ansible_deploy.dokku.dokku_app:
    app: shop
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
      sample: "shop"
    detail:
      description: More about it, or nothing.
      type: str
      sample: ""
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_app")


if __name__ == "__main__":
    main()
