"""Make a backup: a dump of every service and the files of every volume, and last its seal.

Dumps go through pipes, nothing is written to this host's disk. What was saved before something
failed has no seal, so it is no backup; the next upkeep of the repository removes it.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import replace

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import (
    restic,
    service_creation,
    service_dumps,
    service_roles,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.pipes import Flow
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.services import KINDS
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import now

from ..context import Context
from ..events import Change
from ..manifest.services import Service
from ..manifest.storage import Volume
from ..report import amount
from ..running import steady_revision
from . import scratch, turning
from .admission import admit, settle_pending
from .catalog import SHORT
from .contents import NAME, Contents, SavedService, SavedVolume, pack, service_words, volume_words
from .failure import explained
from .job import DAY, Clock, Job, directory, open_job
from .record import Record, read_record, working, write_record
from .server import server_word

SCHEDULED, MANUAL = "scheduled", "manual"
BEFORE_RELEASE, FINAL = "before-release", "final"

TRIES = 3
"""How often a volume is read when files of it could not be; most have vanished meanwhile."""


def back_up(
    context: Context, reason: str, *, wait: float = 0, seconds: float = DAY, revision: str = ""
) -> str:
    """Make a backup and return its id; raises DeployError when there is none.

    ``wait`` is how long another job of the app may still take, ``seconds`` how long both may.
    """
    clock = Clock(seconds)
    with working(context, wait), explained(f"backup of {context.app}"):
        if reason == FINAL:
            turning.lay_interrupted(context, clock.left())
        elif reason != BEFORE_RELEASE:  # there the push did so, and holds the lock that it takes
            turning.complete_interrupted(context)
        scratch.sweep(context)
        found = _back_up(open_job(context), reason, revision, clock)
    context.report.closing(
        f"Backup {found.last} of {context.app}, {amount(found.last_size)},"
        f" {found.last_seconds:.1f}s"
    )
    return found.last


def _back_up(job: Job, reason: str, revision: str, clock: Clock) -> Record:
    context = job.context
    context.report.heading(f"Backing up {context.app} to {job.target.name} ({reason})")
    repository_id = admit(job.within(clock), is_asked=reason == MANUAL)
    group, began = secrets.token_hex(6), now()
    revision = revision or steady_revision(context)
    tags = (f"app:{job.origin}", f"backup:{group}", f"server:{server_word(context.layout)}")
    services = tuple(_save_service(job.within(clock), each, tags, clock) for each in job.services)
    volumes = tuple(_save_volume(job.within(clock), each, tags, clock) for each in job.volumes)
    image = job.desired.state.image
    if reason != BEFORE_RELEASE and revision and revision != steady_revision(context):
        revision = ""
        context.report.warning("a deploy went on meanwhile, so no revision is named in it")
    names = tuple(each.variable for each in job.desired.manifest.services.services)
    contents = Contents(context.app, began, reason, revision, image, services, volumes, names)
    words = ("config:export", "--format", "json", context.app)
    seal = pack(contents, context.dokku.run(*words).stdout, job.desired.folder)
    marks = (*tags, "seal", f"reason:{reason}", f"revision:{revision}")
    saved = restic.save_bytes(job.within(clock).repository, seal, NAME, marks)
    known = read_record(context.folder)
    record = replace(
        known.using(repository_id, job.repository.address, job.target.name),
        last=saved.id[:SHORT],
        last_at=began,
        last_reason=reason,
        last_size=contents.size,
        last_seconds=round(clock.seconds, 1),
        scheduled_at=began if reason == SCHEDULED else known.scheduled_at,
        failed="",
        failed_at="",
    )
    write_record(context.folder, record)
    if reason == MANUAL:
        settle_pending(context)
    return record


def _save_service(job: Job, service: Service, tags: tuple[str, ...], clock: Clock) -> SavedService:
    dokku, kind, name = job.context.dokku, service.kind, service.name(job.desired.app)
    began = clock.seconds
    with explained(f"{kind} {name}"):
        image = service_creation.read_image(dokku, KINDS[kind], name)
        named = service_roles.roles(dokku, kind, name)
        before = service_dumps.counts(dokku, kind, name)

        def complaint(flow: Flow) -> str:
            return service_dumps.complaint(kind, flow)

        file = f"{service.key}{service_dumps.DUMPS[kind].suffix}"
        saved, flow = restic.save_stream(
            job.repository,
            service_dumps.export(dokku, kind, name),
            file,
            (*tags, f"part:services/{service.key}"),
            accept=complaint,
            seconds=min(clock.left(), service_dumps.DUMPS[kind].seconds),
        )
        after = service_dumps.counts(dokku, kind, name)
    tables = {*before, *after}
    counts = {table: (before.get(table, 0), after.get(table, 0)) for table in sorted(tables)}
    found = SavedService(
        key=service.key,
        kind=kind,
        name=name,
        image=image,
        variable=service.variable,
        snapshot=saved.id,
        file=file,
        size=flow.size,
        sha256=flow.sha256,
        counts=counts,
        roles=named,
    )
    words = service_words(found, sum(after.values()))
    if lacks := service_dumps.DUMPS[kind].lacks:
        words += f", without {lacks}"
    change = Change("+", f"{kind} {name}", words)
    job.context.report.concern("services", [change], clock.seconds - began)
    return found


def _save_volume(job: Job, volume: Volume, tags: tuple[str, ...], clock: Clock) -> SavedVolume:
    folder, began = directory(job, volume), clock.seconds
    with explained(f"volume {volume.source}"):
        status = os.stat(folder)
        saved = _save_folder(job, volume, (*tags, f"part:volumes/{volume.source}"), clock)
    mode = status.st_mode & 0o7777
    found = SavedVolume(
        volume.source, saved.id, saved.files, saved.size, status.st_uid, mode, saved.folder
    )
    change = Change("+", f"volume {volume.source}", volume_words(found))
    job.context.report.concern("volumes", [change], clock.seconds - began)
    return found


def _save_folder(job: Job, volume: Volume, tags: tuple[str, ...], clock: Clock) -> restic.Saved:
    """Save a volume's files, a few times where some vanish while they are read."""
    for attempt in range(1, TRIES + 1):
        try:
            return restic.save_folder(
                job.repository,
                directory(job, volume),
                tags,
                exclude=job.excluded(volume),
                seconds=clock.left(),
            )
        except restic.ResticError as error:
            if error.kind != "incomplete" or attempt == TRIES:
                raise
    raise AssertionError
