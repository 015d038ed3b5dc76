#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gather facts about a Dokku host and its apps."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_info
short_description: Gather facts about a Dokku host and its apps
version_added: "0.1.0"
description:
  - Returns what the other modules would read, and changes nothing.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
options:
  apps:
    description: The apps to look at; all of them by default.
    type: list
    elements: str
  secrets:
    description:
      - Whether values of config variables are returned instead of their names.
      - The result is then kept out of all output, as with C(no_log).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Host is known
  ansible_deploy.dokku.dokku_info:
    apps: [shop]
  register: host
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
      sample: ""
    detail:
      description: More about it, or nothing.
      type: str
      sample: ""
dokku:
  description: What there is.
  returned: success
  type: dict
  contains:
    version:
      description: The version of Dokku.
      type: str
      sample: 0.38.27
    service_kinds:
      description: The known kinds of services whose plugin is installed.
      type: list
      elements: str
      sample: [postgres, redis]
    apps:
      description: For each app its domains, ports, proxy, storage, resources, checks, the names of
        its config variables, its linked services by kind, and whether it is deployed.
      type: dict
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_info")


if __name__ == "__main__":
    main()
