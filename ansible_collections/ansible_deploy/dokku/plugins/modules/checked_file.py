#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Write a file of the host after a program has found nothing wrong with it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: checked_file
short_description: Write a file of the host after a program has found nothing wrong with it
version_added: "0.1.0"
description:
  - Writes a whole file in one step. One that O(validate) does not accept never replaces a good one.
  - Can leave alone what somebody else wrote.
  - In check mode neither the folder, nor the owner, nor the program has to be there yet.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
options:
  path:
    description: The file.
    type: path
    required: true
  content:
    description: All that it holds.
    type: str
    required: true
  owner:
    description: The user whose it is. Left as it comes when empty.
    type: str
    default: ""
  group:
    description: Its group. Left as it comes when empty.
    type: str
    default: ""
  mode:
    description: Its mode, four digits in quotes.
    type: str
    default: "0644"
  validate:
    description:
      - The words of a program that exits with 0 when it accepts the file. C(%s) stands for a
        scratch file of that content.
      - Without C(%s) it is asked when the file is in place, and the old one is put back when it
        says no. Such a program is not asked in check mode.
    type: list
    elements: str
  replace:
    description:
      - Which file may be replaced. With V(own) only one that holds O(marker), or that is as
        O(package) brought it; any other makes the task fail. With V(never) what is there keeps its
        content.
    type: str
    choices: [always, own, never]
    default: always
  marker:
    description: What tells a file of ours. Needed when O(replace) is V(own).
    type: str
    default: ""
  package:
    description: The Debian package that brings a file of this path as its configuration.
    type: str
    default: ""
  remedy:
    description: What to do about somebody else's file, for the message that tells of it.
    type: str
    default: move it away
"""

EXAMPLES = r"""
- name: Prometheus is configured
  ansible_deploy.dokku.checked_file:
    path: /etc/prometheus/prometheus.yml
    content: "{{ lookup('ansible.builtin.template', 'prometheus.yml.j2') }}"
    validate: [promtool, check, config, "%s"]
    replace: own
    marker: Written by ansible-deploy
    package: prometheus
"""

RETURN = r"""
changes:
  description: What changed, or would change in check mode.
  returned: always
  type: list
  elements: dict
  contains:
    sign:
      description: V(+) for added, V(~) for altered.
      type: str
      sample: "~"
    subject:
      description: The file.
      type: str
      sample: "/etc/prometheus/prometheus.yml"
    detail:
      description: What about it.
      type: str
      sample: "content, mode 0600 -> 0644"
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("checked_file")


if __name__ == "__main__":
    main()
