#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Set up when the backups of an app are made, and where they go."""

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_job
short_description: Set up when the backups of an app are made, and where they go
version_added: "0.1.0"
description:
  - Writes the lines that an app adds to Dokku's crontab, into a file from which the plugin answers
    Dokku's trigger C(cron-entries).
  - Makes the restic repository where there is none yet. Makes no backup itself, and removes none.
  - A repository that is out of reach, or that holds backups of an earlier life of the app, is told
    as RV(pending).
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
requirements:
  - restic 0.14 or newer where the module runs
options:
  app:
    description: The app.
    type: str
    required: true
  origin:
    description: The name under which its backups are kept.
    type: str
    required: true
  file:
    description: The file for the lines.
    type: path
    required: true
  lines:
    description: The lines, each a time table, a semicolon and a command.
    type: list
    elements: str
  phrase:
    description: The time table in words, for the line that people read.
    type: str
    default: ""
  target:
    description: What the operator calls the place that the backups go to.
    type: str
    default: ""
  was:
    description: What the place was called that the last backups went to.
    type: str
    default: ""
  repository:
    description: The place, as restic writes it.
    type: str
    default: ""
  password_file:
    description: The file with the password of the repository.
    type: path
    default: ""
  credentials_file:
    description: The file with the variables that the place asks for, one C(NAME=value) a line.
    type: path
    default: ""
  cache:
    description: Where restic keeps its cache.
    type: path
    default: ""
  known:
    description: Whether the repository was looked at before; then it is not looked at again.
    type: bool
    default: false
  notes:
    description: Lines that people are told.
    type: list
    elements: str
  warnings:
    description: What is wrong with the backups that there are, a line each.
    type: list
    elements: str
  state:
    description: Whether backups are made.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: The shop is saved every night
  ansible_deploy.dokku.backup_job:
    app: shop
    origin: shop
    file: /var/lib/dokku/data/ansible-deploy/apps/shop/cron-entries
    lines: ["17 3 * * *;dokku ansible-deploy:backup shop --scheduled"]
    phrase: every day at 03:17
    target: offsite
    repository: /srv/backups/shop
    password_file: /var/lib/dokku/data/ansible-deploy/settings/--global/backup-password.offsite
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: always
  type: list
  elements: dict
  sample: [{sign: "+", subject: every day at 03:17 to offsite, detail: ""}]
pending:
  description: What stands in the way of backups.
  returned: when something does
  type: str
backups:
  description: The repository that the backups may go to.
  returned: when it was looked at and is usable
  type: dict
  sample: {repository: 5f3a2b1c, place: /srv/backups/shop, target: offsite}
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("backup_job")


if __name__ == "__main__":
    main()
