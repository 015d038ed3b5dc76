"""How an app's backups stand, in words: the last one, the last proof, and what went wrong.

Told in every push, so that it reads two small files and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import timestamp

from .. import files
from ..context import Context
from ..events import Event
from ..layout import PLUGIN_NAME, AppFolder
from .record import Record, read_record, write_record

GRACE = timedelta(hours=1)
"""How long after its time a backup may still be on its way, and how far clocks are put back."""


def age(moment: str) -> str:
    """``2026-11-20, 2 days ago``."""
    then = datetime.fromisoformat(moment)
    past = datetime.now(UTC) - then
    hours = int(past.total_seconds() // 3600)
    words = f"{past.days} days ago" if past.days > 1 else f"{hours} h ago"
    if hours < 1:
        words = f"{max(0, int(past.total_seconds() // 60))} min ago"
    return f"{then:%Y-%m-%d}, {words}"


def proof_words(record: Record) -> str:
    """``last proven restore: 2026-11-20, 2 days ago``, and whether there was nothing in it."""
    if not record.proven_at:
        return "last proven restore: never"
    has_data = record.proven_rows + record.proven_files
    words = "" if has_data else ", of 0 rows and 0 files"
    return f"last proven restore: {age(record.proven_at)}{words}"


def missed(folder: AppFolder, record: Record) -> str:
    """When the clock should have made a backup and did not, ISO; empty where none is missing.

    One that a push made does not count: nothing is removed or checked after it.
    """
    return _late(folder, "backup", record.scheduled_at)


def missed_proof(folder: AppFolder, record: Record) -> str:
    """The same of proofs."""
    return _late(folder, "verify", record.proven_at)


def _late(folder: AppFolder, job: str, done: str) -> str:
    """When a job of the app's crontab lines was due last and was not done since, with grace."""
    lines = (line.split(";", 1) for line in files.read_text(folder.cron_entries).splitlines())
    table = next((table for table, command in lines if f":{job} " in command), "")
    if not table:
        return ""
    begun = datetime.fromtimestamp(folder.cron_entries.stat().st_mtime, UTC)
    since = max(begun, datetime.fromisoformat(done)) if done else begun
    if since > datetime.now(UTC) - GRACE:
        return ""
    from ..manifest.cron import last_due

    due = last_due(table, datetime.now().astimezone() - GRACE)
    return "" if since + GRACE >= due else timestamp(due)


def problems(folder: AppFolder, record: Record) -> list[str]:
    """What a person has to know, a line each; nothing where all is well."""
    found = []
    if record.failed:
        found.append(f"the last backup failed ({record.failed_at}): {record.failed}")
    elif late := missed(folder, record):
        last = f"{record.last_at} ({record.last_reason})" if record.last_at else "none"
        found.append(f"the clock made no backup at {late}; the last one: {last}")
    if record.damaged:
        found.append(f"THE REPOSITORY IS DAMAGED (since {record.damaged_at}): {record.damaged}")
    elif record.upkeep_failed:
        found.append(f"the last upkeep failed ({record.upkeep_failed_at}): {record.upkeep_failed}")
    if record.disproven:
        found.append(f"THE LAST PROOF FAILED ({record.disproven_at}): {record.disproven}")
    elif late := missed_proof(folder, record):
        found.append(f"no backup was proven at {late}; {proof_words(record)}")
    if folder.turn.exists():
        command = f"dokku {PLUGIN_NAME}:restore {folder.path.name}"
        found.append(f"a restore is not decided: {command} --confirm, or --undo")
    return found


def tell(context: Context) -> None:
    """Print how the app's backups stand, in a push that changes nothing."""
    record = read_record(context.folder)
    context.report.detail(proof_words(record))
    for line in problems(context.folder, record):
        context.report.warning(f"backups: {line}")


def remember(context: Context, events: Sequence[Event]) -> None:
    """Record which repository the stage found usable, so that jobs of the clock may use it."""
    for event in events:
        if found := event.recorded.get("backups"):
            record = read_record(context.folder)
            write_record(context.folder, record.using(**found))
