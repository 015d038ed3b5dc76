#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage the domains of an app."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_domains
short_description: Manage the domains of an app
version_added: "0.1.0"
description:
  - Reads the domains once and writes them once at most, for Dokku rebuilds nginx on each write.
  - The first domain of an app is its primary one.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
options:
  app:
    description: The app. Needed unless O(global) is true.
    type: str
  global:
    description: Whether the global domains are meant, which the default domains are made of.
    type: bool
    default: false
  domains:
    description: Domains, in their order.
    type: list
    elements: str
  absent:
    description:
      - Only for O(state=present). Domains that must not be there.
      - When this option is given, even empty, O(domains) come first and in their order, other
        domains that are there and not listed here follow, and the app's default domain goes once
        there is another. When nothing is left the default domain comes back.
    type: list
    elements: str
  state:
    description:
      - V(present) adds domains and V(absent) removes them.
      - V(set) makes O(domains) the exact list in its order, V(clear) removes all.
      - V(enable) and V(disable) turn virtual hosts on and off. V(enable) redeploys a deployed app.
    type: str
    choices: [present, absent, set, clear, enable, disable]
    default: present
"""

EXAMPLES = r"""
- name: Domains are exactly these
  ansible_deploy.dokku.dokku_domains:
    app: shop
    domains: [shop.example.org, www.shop.example.org]
    state: set

- name: Domain of the old campaign is gone and those added by hand stay
  ansible_deploy.dokku.dokku_domains:
    app: shop
    domains: [shop.example.org]
    absent: [spring.example.org]
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
      sample: "shop.example.org"
    detail:
      description: More about it, or nothing.
      type: str
      sample: ""
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_domains")


if __name__ == "__main__":
    main()
