#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Add or remove docker options of an app."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_docker_options
short_description: Add or remove docker options of an app
version_added: "0.1.0"
description:
  - Makes sure that an option is there, once, or that it is not.
  - Options are compared word by word, so that C(--memory=51) is not taken for C(--memory=512m).
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
  - ansible_deploy.dokku.dokku.app
options:
  phase:
    description: In which phase the option holds.
    type: str
    required: true
    choices: [build, deploy, run]
  option:
    description: The option with its value, as one would give it to C(docker).
    type: str
    required: true
  state:
    description: Whether the option is there.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: Container may trace
  ansible_deploy.dokku.dokku_docker_options:
    app: shop
    phase: deploy
    option: --cap-add SYS_PTRACE
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
      sample: "--cap-add SYS_PTRACE"
    detail:
      description: More about it, or nothing.
      type: str
      sample: "deploy"
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_docker_options")


if __name__ == "__main__":
    main()
