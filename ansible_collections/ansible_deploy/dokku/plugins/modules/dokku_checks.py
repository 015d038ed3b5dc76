#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Enable or disable the checks of an app."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_checks
short_description: Enable or disable the checks of an app
version_added: "0.1.0"
description:
  - Makes sure that a new release is checked before it replaces the old one, or that it is not.
  - How long the old one is kept is a property, see M(ansible_deploy.dokku.dokku_property).
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
  - ansible_deploy.dokku.dokku.app
options:
  state:
    description: Whether checks of all process types are enabled.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: Checks are disabled
  ansible_deploy.dokku.dokku_checks:
    app: worker
    state: absent
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
      sample: "checks"
    detail:
      description: More about it, or nothing.
      type: str
      sample: "disabled"
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_checks")


if __name__ == "__main__":
    main()
