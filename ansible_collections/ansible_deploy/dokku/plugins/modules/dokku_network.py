#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Create or destroy a Docker network."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_network
short_description: Create or destroy a Docker network
version_added: "0.1.0"
description:
  - Makes sure that a network exists, or that it does not.
  - Apps are attached to it by properties, see M(ansible_deploy.dokku.dokku_property).
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
options:
  name:
    description: The network.
    type: str
    required: true
  state:
    description: Whether the network exists.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: Network of the shop exists
  ansible_deploy.dokku.dokku_network:
    name: shop-net
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
      sample: "network shop-net"
    detail:
      description: More about it, or nothing.
      type: str
      sample: ""
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_network")


if __name__ == "__main__":
    main()
