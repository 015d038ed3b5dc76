"""Set an app's config variables again as a backup has them; the app is not restarted."""

from __future__ import annotations

import json

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Repository

from ..context import Context
from .catalog import Backup, read_seal
from .contents import Contents
from .failure import explained

NOT_RESTORED = ("GIT_REV", "NO_VHOST")
"""Variables that Dokku itself sets, as all that begin with DOKKU_."""


def restore_config(repository: Repository, backup: Backup, into: Context) -> list[str]:
    """Set the app's config variables that are not set now to what they were; return their names.

    Those of linked services and Dokku's own are left out. The app is not restarted.
    """
    with explained(f"config of backup {backup.id}"):
        contents, config = read_seal(repository, backup)
        answer = into.dokku.run("config:export", "--format", "json", into.app)
        present = json.loads(answer.stdout)
        missing = {
            name: value
            for name, value in config.items()
            if name not in present and _is_the_apps(name, value, contents)
        }
        if missing:
            words = ("--quiet", "config:import", "--no-restart", "--format", "json", into.app, "-")
            into.dokku.run(*words, stdin=json.dumps(missing))
    return sorted(missing)


def _is_the_apps(name: str, value: str, contents: Contents) -> bool:
    """Whether a variable was set for the app, and not by Dokku or a link to a service."""
    if name in NOT_RESTORED or name.startswith("DOKKU_"):
        return False
    return not any(
        name == each.variable or f"dokku-{each.kind}-{each.name}" in value
        for each in contents.services
    )
