#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reserve what processes of an app need."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_resource_reserve
short_description: Reserve what processes of an app need
version_added: "0.1.0"
description:
  - Sets reservations for the processes of an app, all in one call.
  - Amounts are compared by what they mean: V(1g) and V(1024m) of memory are the same.
  - They hold from the next deploy on.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
  - ansible_deploy.dokku.dokku.app
options:
  process_type:
    description: The type of process. Without it all that have none of their own.
    type: str
  resources:
    description:
      - Resources and their amounts. Known are C(cpu), C(memory), C(memory-swap), C(network),
        C(network-ingress), C(network-egress) and C(nvidia-gpu).
      - An amount of V(null) removes.
    type: dict
  clear_before:
    description: Whether other reservations of the same process type are removed.
    type: bool
    default: false
  state:
    description: Whether they are there. V(absent) removes O(resources), all if none are named.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: Web processes have their reservations
  ansible_deploy.dokku.dokku_resource_reserve:
    app: shop
    process_type: web
    resources:
      cpu: 1
      memory: 512m
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
      sample: "web memory reserve"
    detail:
      description: More about it, or nothing.
      type: str
      sample: "256m -> 512m"
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_resource_reserve")


if __name__ == "__main__":
    main()
