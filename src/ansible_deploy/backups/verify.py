"""Prove a backup: restore it into scratch services and directories, compare, destroy them.

A proof touches nothing that is in use. What it finds is recorded either way.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import service_dumps
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import now

from ..context import Context
from ..errors import HostError
from ..events import Change
from ..manifest.backups import SQL_KINDS
from ..report import quantity
from . import scratch, turning
from .bring import bring_service, bringing_volumes
from .catalog import find, list_backups, read_seal
from .contents import Contents, service_words, volume_words
from .failure import explained
from .job import Clock, Job, open_job
from .record import Record, read_record, recording, working, write_record
from .server import check_room, server_word

FALSE = ("", "0", "f", "false", "NULL")
"""What the answer to the app's own question must not be."""


def prove(context: Context, word: str = "", *, wait: float = 0) -> None:
    """Restore the backup called ``word`` (the newest) to see that it works.

    Raises DeployError where it does not, and records that of the newest.
    """
    with ExitStack() as stack:
        if not word:
            stack.enter_context(recording(context, "disproven", is_asked=not wait))
        stack.enter_context(working(context, wait))
        stack.enter_context(explained("proof"))
        turning.complete_interrupted(context)
        scratch.sweep(context)
        try:
            record = _prove(open_job(context), word, Clock())
        finally:
            scratch.sweep(context)
    if not record.proven_rows + record.proven_files:
        context.report.warning("nothing was in it: no row, and no file")
    context.report.closing(
        f"Backup {record.proven} of {context.app} is proven to restore,"
        f" {quantity(record.proven_rows, 'row')} and {quantity(record.proven_files, 'file')},"
        f" {record.proven_seconds:.1f}s"
    )


def _prove(job: Job, word: str, clock: Clock) -> Record:
    context = job.context
    # What this host remembers of the repository must not stand in for what is damaged there.
    job = replace(job, repository=replace(job.repository, cache=""))
    backup = find(
        list_backups(job.repository, job.origin), word, context.app, server_word(context.layout)
    )
    context.report.heading(f"Restoring backup {backup.id} of {context.app} to prove it")
    contents, _ = read_seal(job.repository, backup)
    place = context.folder.path
    volumes_at = {saved.key: place for saved in contents.volumes}
    check_room(context, contents, place, volumes_at, is_proof=True)
    parts = [(saved, place / f"proof-{number}") for number, saved in enumerate(contents.volumes)]
    with bringing_volumes(context, lambda: job.within(clock).repository, parts) as brought:
        rows = _prove_services(job, contents, clock)
        files = _prove_volumes(context, contents, brought, clock)
    record = replace(
        read_record(context.folder),
        proven=backup.id,
        proven_at=now(),
        proven_of=backup.at,
        proven_rows=rows,
        proven_files=files,
        proven_seconds=round(clock.seconds, 1),
        disproven="",
        disproven_at="",
    )
    # A named one that is older says nothing of newer ones.
    if not word or backup.at >= read_record(context.folder).proven_of:
        write_record(context.folder, record)
    return record


def _prove_services(job: Job, contents: Contents, clock: Clock) -> int:
    context, total = job.context, 0
    check = job.desired.manifest.backups.verify.check
    for saved in contents.services:
        began = clock.seconds
        name = scratch.service_name(saved.name, f"proof-{secrets.token_hex(3)}")
        rows = bring_service(context, job.within(clock).repository, saved, name)
        detail = service_words(saved, rows)
        if check and saved.kind in SQL_KINDS:
            detail += f", the check answers {_asked(job, saved.kind, name, check)}"
            check = ""
        change = Change("+", f"{saved.kind} {saved.name}", detail)
        context.report.concern("services", [change], clock.seconds - began)
        total += rows
    if check:
        raise HostError(f"verify.check was not asked: no database is in the backup: {check}")
    return total


def _asked(job: Job, kind: str, name: str, check: str) -> str:
    """The answer to the app's own question; raises HostError where it is none."""
    answer = service_dumps.ask(job.context.dokku, kind, name, check)
    if answer in FALSE:
        said = answer or "nothing"
        raise HostError(f"verify.check of the restored database answers {said}: {check}")
    return "".join(letter for letter in answer[:40] if letter.isprintable())


def _prove_volumes(
    context: Context, contents: Contents, brought: Iterator[frozenset[int]], clock: Clock
) -> int:
    total = 0
    for saved in contents.volumes:
        began = clock.seconds
        next(brought)
        change = Change("+", f"volume {saved.key}", volume_words(saved))
        context.report.concern("volumes", [change], clock.seconds - began)
        total += saved.files
    return total
