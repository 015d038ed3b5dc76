#!/usr/bin/python
"""Makes our nginx files of an app exactly those that are given."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dokku_nginx_conf
short_description: Add files to the nginx server block of a Dokku app
description:
  - Writes files below C(nginx.conf.d) of the app, after C(nginx -t) has taken them.
  - Only files that begin with C(ansible-deploy-) are touched; the prefix is added to the names.
  - They take effect with the next C(proxy:build-config) or deploy of the app.
version_added: "0.1.0"
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
  - ansible_deploy.dokku.dokku.app
options:
  files:
    description: Name to text of every file that there should be; none removes them all.
    type: dict
"""

EXAMPLES = r"""
- name: Large uploads are taken
  ansible_deploy.dokku.dokku_nginx_conf:
    app: shop
    files:
      uploads.conf: client_max_body_size 50m;
"""

RETURN = r"""
changes:
  description: What was, or in check mode would be, changed.
  type: list
  elements: dict
  returned: always
"""

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module  # noqa: E402


def main() -> None:
    """Runs the module."""
    run_module("dokku_nginx_conf")


if __name__ == "__main__":
    main()
