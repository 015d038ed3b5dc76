"""Keep a repository small and sound: what is no longer kept goes, and what is there is read again.

Removes only backups of this app that this server made, and never on a target that is append-only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import restic
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import now

from ..report import quantity
from .catalog import Backup, list_backups
from .failure import explained
from .job import DAY, Job
from .make import BEFORE_RELEASE, FINAL, MANUAL
from .record import read_record, write_record
from .server import server_word

EVERY = timedelta(days=6, hours=12)
"""After which time the repository is pruned and checked: by the first job of the seventh day."""

SLICES = 8
"""Into how many parts its data is cut for the check; each time the next one is read."""

KEPT = 10
"""How many backups before a release, and how many made by hand, are kept beside the schedule's."""

FORMS = {
    "hourly": "%Y-%m-%d %H",
    "daily": "%Y-%m-%d",
    "weekly": "%G-%V",
    "monthly": "%Y-%m",
    "yearly": "%Y",
}


def keep_up(job: Job) -> None:
    """Apply the app's ``keep``, and once a week prune and check; raises HostError.

    The caller holds the lock of the app's backups.
    """
    job = replace(job, repository=replace(job.repository, seconds=DAY))
    with explained(f"upkeep of {job.target.name}"):
        if job.target.can_prune:
            _forget(job)
        if _is_due(read_record(job.context.folder).maintained):
            _maintain(job)
    record = read_record(job.context.folder)
    write_record(job.context.folder, replace(record, upkeep_failed="", upkeep_failed_at=""))


def _is_due(maintained: str) -> bool:
    return not maintained or datetime.fromisoformat(maintained) + EVERY <= datetime.now(UTC)


def _maintain(job: Job) -> None:
    """Prune, and read the next slice; after damage the same one, until it is whole."""
    folder = job.context.folder
    number = read_record(folder).checked % SLICES + 1
    try:
        if job.target.can_prune:
            restic.prune(job.repository)
        restic.check(job.repository, subset=f"{number}/{SLICES}")
    except restic.ResticError as error:
        record = read_record(folder)
        if error.kind == "damaged":
            since = record.damaged_at or now()
            write_record(folder, replace(record, damaged=str(error), damaged_at=since))
        raise
    record = replace(read_record(folder), maintained=now(), checked=number)
    write_record(folder, replace(record, damaged="", damaged_at=""))


def _forget(job: Job) -> None:
    restic.unlock(job.repository)
    server = server_word(job.context.layout)
    seals = list_backups(job.repository, job.origin)
    backups = [backup for backup in seals if backup.server == server and not backup.is_ahead]
    gone = no_longer_kept(backups, job.desired.manifest.backups.keep)
    groups = {backup.group for backup in seals}
    lost = {backup.group for backup in gone}
    parts = restic.snapshots(job.repository, f"app:{job.origin}")
    ids = [
        part.id
        for part in parts
        if part.tag("server") == server
        and (part.tag("backup") in lost or (part.tag("backup") not in groups and _is_old(part)))
    ]
    if ids:
        restic.forget(job.repository, ids)
    if gone:
        job.context.report.detail(f"removed {quantity(len(gone), 'backup')} no longer kept")


def _is_old(part: restic.Snapshot) -> bool:
    """Whether no backup under way can be what it belongs to."""
    return part.time < datetime.now(UTC) - 2 * timedelta(seconds=DAY)


def no_longer_kept(backups: Sequence[Backup], keep: Mapping[str, int]) -> list[Backup]:
    """Return the backups that may go, by the policy for those of the schedule.

    The last ones before a release and by hand stay beside them, and every final one. The newest
    of all stays in any case.
    """
    by_reason: dict[str, list[Backup]] = {}
    for backup in backups:
        by_reason.setdefault(backup.reason, []).append(backup)
    kept = {backup.id for backup in [*backups[-1:], *by_reason.pop(FINAL, [])]}
    for reason in (BEFORE_RELEASE, MANUAL):
        kept |= {backup.id for backup in by_reason.pop(reason, [])[-KEPT:]}
    for group in by_reason.values():
        kept |= _of_periods(group, keep)
    return [backup for backup in backups if backup.id not in kept]


def _of_periods(backups: Sequence[Backup], keep: Mapping[str, int]) -> set[str]:
    """The newest of each hour, day and so on, for as many of these as are kept; as restic does."""
    kept = {backup.id for backup in backups[-keep["last"] :]} if keep.get("last") else set()
    for period, form in FORMS.items():
        newest: dict[str, str] = {}
        for backup in reversed(backups):
            newest.setdefault(f"{backup.snapshot.time.astimezone():{form}}", backup.id)
        kept |= set(list(newest.values())[: keep.get(period, 0)])
    return kept
