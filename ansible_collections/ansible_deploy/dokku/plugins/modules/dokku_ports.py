#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage the port mappings of an app."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_ports
short_description: Manage the port mappings of an app
version_added: "0.1.0"
description:
  - Reads the mappings once and writes them once at most, for Dokku rebuilds nginx on each write.
  - A mapping with scheme and host port of an existing one replaces it.
  - When C(http:80) gets another container port, an C(https:443) mapping that had the same one,
    as a certificate brings it, follows.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
  - ansible_deploy.dokku.dokku.app
options:
  mappings:
    description: Mappings C(scheme:host-port:container-port).
    type: list
    elements: str
  absent:
    description: Only for O(state=present). Mappings that must not be there.
    type: list
    elements: str
  state:
    description:
      - V(present) adds mappings and keeps others, V(absent) removes them.
      - V(set) makes O(mappings) the exact list, V(clear) removes all.
    type: str
    choices: [present, absent, set, clear]
    default: present
"""

EXAMPLES = r"""
- name: App is reached on port 80
  ansible_deploy.dokku.dokku_ports:
    app: shop
    mappings: ["http:80:8000"]
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
      sample: "http:80:8000"
    detail:
      description: More about it, or nothing.
      type: str
      sample: "was http:80:5000"
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_ports")


if __name__ == "__main__":
    main()
