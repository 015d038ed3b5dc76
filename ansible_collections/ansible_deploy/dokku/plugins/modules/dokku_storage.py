#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Mount directories of the host into an app."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_storage
short_description: Mount directories of the host into an app
version_added: "0.1.0"
description:
  - Makes sure that directories or volumes are mounted, or that they are not.
  - Data is never removed. A mount holds from the next deploy on.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
  - ansible_deploy.dokku.dokku.app
options:
  mounts:
    description: Mounts C(host:container) or C(host:container:options).
    type: list
    elements: str
  absent:
    description: Mounts that must not be there. Their directories stay.
    type: list
    elements: str
  create_host_dir:
    description: Whether missing directories are made.
    type: bool
    default: false
  destroy_host_dir:
    description: Whether, with O(state=absent), directories that are empty are removed.
    type: bool
    default: false
  user:
    description:
      - Who owns a directory that is made. Below Dokku's storage directory a number, or one of
        Dokku's own words as for O(chown).
    type: str
    default: "32767"
  group:
    description: The group of a directory that is made. The same as O(user) by default.
    type: str
  chown:
    description:
      - Dokku's word for the owner of a directory that is made, in place of O(user) and O(group).
      - One of V(herokuish), V(heroku), V(paketo), V(packeto), V(root), V(false), or a number.
    type: str
  state:
    description: Whether O(mounts) are mounted.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: Uploads are kept
  ansible_deploy.dokku.dokku_storage:
    app: shop
    mounts: [/var/lib/dokku/data/storage/shop-uploads:/app/uploads]
    create_host_dir: true
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
      sample: "/var/lib/dokku/data/storage/shop-uploads:/app/uploads"
    detail:
      description: More about it, or nothing.
      type: str
      sample: ""
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("dokku_storage")


if __name__ == "__main__":
    main()
