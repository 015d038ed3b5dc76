#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Set and unset config variables of an app."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_config
short_description: Set and unset config variables of an app
version_added: "0.1.0"
description:
  - Sets what differs in one call and unsets what is listed.
  - Values reach Dokku by standard input. They stand in no result, no diff and on no command line.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
  - ansible_deploy.dokku.dokku.app
options:
  config:
    description:
      - Variables and their values. Numbers and booleans become text as Dokku stores it,
        V(true) becomes C(true).
      - Variables that are not named stay as they are.
    type: dict
  unset:
    description: Names of variables that must not be set.
    type: list
    elements: str
  restart:
    description: Whether a deployed app is restarted, once, when something changed.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Config is set
  ansible_deploy.dokku.dokku_config:
    app: shop
    config:
      RAILS_ENV: production
      SMTP_PASSWORD: "{{ smtp_password }}"
    unset: [OLD_FLAG]
    restart: false
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
      sample: "RAILS_ENV"
    detail:
      description: More about it, or nothing.
      type: str
      sample: ""
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_config")


if __name__ == "__main__":
    main()
