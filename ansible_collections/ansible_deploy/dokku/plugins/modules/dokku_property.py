#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Set properties of Dokku plugins."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_property
short_description: Set properties of Dokku plugins
version_added: "0.1.0"
description:
  - Sets what C(<plugin>:set) sets, and only what C(<plugin>:report) says is different.
  - Most properties hold from the next deploy or C(proxy:build-config) on.
  - Write values that YAML would read as a boolean in quotes, such as C("on").
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
options:
  app:
    description: The app. Needed unless O(global) is true.
    type: str
  global:
    description: Whether the property is set for all apps.
    type: bool
    default: false
  plugin:
    description: The plugin, such as V(nginx), V(checks), V(ps) or V(scheduler).
    type: str
    required: true
  property:
    description: The name of one property.
    type: str
  value:
    description: Its value. Unset when empty or missing.
    type: raw
  properties:
    description: Several properties and their values, read in one call. Empty values unset.
    type: dict
  secret:
    description: Whether values are kept out of changes, diff and errors.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Uploads may be large
  ansible_deploy.dokku.dokku_property:
    app: shop
    plugin: nginx
    properties:
      client-max-body-size: 50m
      proxy-read-timeout: 120s

- name: Old releases retire quickly everywhere
  ansible_deploy.dokku.dokku_property:
    global: true
    plugin: checks
    property: wait-to-retire
    value: 30
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
      sample: "nginx client-max-body-size"
    detail:
      description: More about it, or nothing.
      type: str
      sample: "1m -> 50m"
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_property")


if __name__ == "__main__":
    main()
