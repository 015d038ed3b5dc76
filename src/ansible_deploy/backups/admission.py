"""Which repository a backup may go to, and which one the operator has said yes to.

One that holds backups of an earlier life of the app is not joined by itself, and one that is gone
is not replaced in silence: a person decides.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import backup_job, restic
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Repository
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import now

from ..context import Context
from ..errors import Busy, DeployError, HostError
from ..layout import PLUGIN_NAME
from ..record import locked, read_state, write_state
from .catalog import Backup, list_backups
from .job import Job
from .record import read_record, write_record


def admit(job: Job, *, is_asked: bool) -> str:
    """Return the id of the repository, made where there is none; raises DeployError.

    One that holds backups of an earlier life of the app, or of the app on another host, is used
    only after a person has said so: a nightly backup of an empty database must not bury them.
    """
    known = read_record(job.context.folder).known_at(job.repository.address)
    try:
        found = restic.identity(job.repository)
    except restic.ResticError as error:
        if error.kind != "missing":
            raise
        _check_gone(job, known, is_asked=is_asked)
        return restic.create(job.repository)
    backups = list_backups(job.repository, job.origin)
    _check_clock(job, backups, is_asked=is_asked)
    if found != known and not backups:
        _check_gone(job, known, is_asked=is_asked)
    elif found != known and not is_asked:
        raise DeployError(backup_job.earlier_life(job.context.app, len(backups)))
    return found


def _check_gone(job: Job, known: str, *, is_asked: bool) -> None:
    """Where the earlier backups were there is nothing, or another repository with nothing in it."""
    if known and not is_asked:
        raise HostError(is_gone(job.context, job.repository))
    if known:
        job.context.report.warning("the repository with the earlier backups is gone; a new one")


def adopt(context: Context, repository: Repository, identity: str) -> None:
    """From now on this host's backups of the app go there, beside those that it took one from."""
    record = read_record(context.folder)
    record = record.using(identity, repository.address, record.target)
    write_record(context.folder, replace(record, failed="", failed_at=""))
    settle_pending(context)


def settle_pending(context: Context) -> None:
    """What a push told as not done yet about backups is done; one under way finds out itself."""
    with suppress(Busy), locked(context.folder, context.app):
        state = read_state(context.folder, context.app)
        pending = {name: text for name, text in state.pending.items() if name != "backups"}
        if pending != state.pending:
            write_state(context.folder, replace(state, pending=pending))


def is_gone(context: Context, repository: Repository) -> str:
    """Say that a repository is not where it was, and what a person has to decide."""
    command = f"dokku {PLUGIN_NAME}:backup {context.app}"
    remedy = f"bring it back, or begin a new one: {command}"
    return f"the earlier backups are no longer at {repository.address}; {remedy}"


def _check_clock(job: Job, backups: list[Backup], *, is_asked: bool) -> None:
    """Tell of backups that are ahead of the clock.

    Raises HostError where the last one of this host is, for then its clock was put back; another
    one does not stand in the way for ever.
    """
    ahead = [backup for backup in backups if backup.is_ahead]
    if not ahead:
        return
    last = ahead[-1]
    what = f"by this host's clock it is {now()}, and backup {last.id} was made later ({last.at})"
    ours = read_record(job.context.folder).last
    if not is_asked and any(backup.id == ours for backup in ahead):
        go_on = f"dokku {PLUGIN_NAME}:backup {job.context.app}"
        raise HostError(f"{what}; set the clock right, or if it is right now: {go_on}")
    job.context.report.warning(f"{what}; set the clock right, or if it is right")
    job.context.report.warning(f"remove it: restic -r {job.repository.address} forget {last.id}")
