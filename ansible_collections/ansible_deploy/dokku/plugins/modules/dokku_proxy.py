#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Enable or disable the proxy of an app, and choose its type."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_proxy
short_description: Enable or disable the proxy of an app, and choose its type
version_added: "0.1.0"
description:
  - Makes sure that an app is proxied, or not, and by what.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
  - ansible_deploy.dokku.dokku.app
options:
  type:
    description: The type of proxy, such as V(nginx). Empty for the default of the host.
    type: str
  state:
    description:
      - Whether the proxy is enabled. Changing it rebuilds or redeploys a deployed app.
      - V(present) is the default unless O(type) is given, which then is all that is looked at.
    type: str
    choices: [present, absent]
"""

EXAMPLES = r"""
- name: Proxy is nginx
  ansible_deploy.dokku.dokku_proxy:
    app: shop
    type: nginx
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
      sample: "proxy type nginx"
    detail:
      description: More about it, or nothing.
      type: str
      sample: ""
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_proxy")


if __name__ == "__main__":
    main()
