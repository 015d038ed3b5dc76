"""When the app's backups are made and proven: its lines of Dokku's crontab.

Dokku asks for them with the trigger ``cron-entries`` and writes its crontab anew at each deploy
(0.38.27, plugins/cron); ``launch`` answers with the files of all apps.
"""

from __future__ import annotations

import re

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku

from .. import files
from ..context import Context
from ..desired import Desired
from ..layout import PLUGIN_NAME
from ..manifest.cron import phrase
from .record import read_record
from .standing import problems, proof_words
from .target import choose, repository


def variables(context: Context, desired: Desired) -> dict[str, object]:
    """Return the variables of the role *backups*; secrets stay in their files."""
    wish, record = desired.manifest.backups, read_record(context.folder)
    found: dict[str, object] = {
        "backups_state": "present" if "backups" in desired.items else "absent",
        "backups_origin": desired.app.name,
        "backups_file": str(context.folder.cron_entries),
        "backups_lines": lines(context.app, desired),
        "backups_was": record.target,
        "backups_phrase": phrase(wish.table(desired.app)),
        "backups_notes": [proof_words(record)],
        "backups_warnings": problems(context.folder, record),
    }
    return found | _place(context, desired)


def _place(context: Context, desired: Desired) -> dict[str, object]:
    """Where backups go, as the module is told it."""
    target = choose(context, desired.manifest.backups) if desired.app.target else None
    if target is None:
        names = ("to", "repository", "password_file", "credentials_file", "cache")
        return {**{f"backups_{name}": "" for name in names}, "backups_known": False}
    place = repository(context, target, desired.app.name)
    return {
        "backups_to": target.name,
        "backups_repository": place.address,
        "backups_password_file": place.password_file,
        "backups_credentials_file": place.credentials_file,
        "backups_cache": place.cache,
        "backups_known": bool(read_record(context.folder).known_at(place.address)),
    }


def lines(app: str, desired: Desired) -> list[str]:
    """Return the lines as Dokku takes them: a time table, a semicolon, a command."""
    wish = desired.manifest.backups
    jobs = [(wish.table(desired.app), "backup")]
    jobs += [(wish.verify.table(desired.app), "verify")] if wish.verify.is_on else []
    return [f"{table};dokku {PLUGIN_NAME}:{name} {app} --scheduled" for table, name in jobs]


def rename(context: Context, new: str) -> None:
    """The app is called otherwise from now on: its lines follow."""
    folder = context.layout.app(new)
    text = files.read_text(folder.cron_entries)
    if text:
        renamed = re.sub(rf"(;dokku \S+) {re.escape(context.app)} ", rf"\1 {new} ", text)
        files.write(folder.cron_entries, renamed)


def write_crontab(context: Context) -> None:
    """Let Dokku write its crontab now; a deploy does so by itself."""
    words = ("trigger", "scheduler-cron-write", "docker-local", context.app)
    Dokku("plugn").run(*words)
