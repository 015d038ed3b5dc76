"""Restore a backup: into fresh services and directories, checked, and then the app is turned there.

Until the turn nothing that is in use is touched; after it the data of before is kept until a person
confirms. Interrupted at any point, the app has either the old data or the new.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import directories
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Repository

from ..context import Context
from ..desired import Desired, load_desired
from ..errors import DeployError, HostError
from ..events import Change
from ..layout import PLUGIN_NAME
from ..manifest.storage import HIGHEST_USER
from . import scratch, turning
from .bring import bring_service, bringing_volumes
from .catalog import Backup, read_seal
from .choice import Choice, choose_parts
from .contents import Contents, SavedVolume, service_words, volume_words
from .dropping import users
from .failure import explained
from .fitting import check_links, check_places
from .job import DAY, Clock
from .record import working
from .server import check_room
from .turn import NEW, Turn, TurnedService, TurnedVolume, read_turn, unused


def restore(
    repository: Repository,
    backup: Backup,
    into: Context,
    choice: Choice,
    *,
    revision: str = "",
) -> None:
    """Give an app the data of a backup; raises DeployError, and then the app has what it had.

    The data is for the code of ``revision``, which the caller deploys afterwards; for none, the app
    is restarted with it.
    """
    clock = Clock()
    with working(into):
        turning.complete_interrupted(into)
        scratch.sweep(into)
        _refuse_second(into)
        with explained(f"backup {backup.id}"):
            contents, _ = read_seal(repository, backup)
            desired = load_desired(into, into.folder.accepted)
            chosen = choose_parts(contents, into.app, desired, choice)
            services_at = directories.storage_root(into.dokku)
            volumes_at = {part.key: place.parent for part, place, _ in _places(chosen, desired)}
            check_room(into, chosen, services_at, volumes_at, is_proof=False)
            check_links(into, desired, chosen)
            check_places(desired, chosen)
        into.report.heading(f"Restoring backup {backup.id} of {backup.at} into {into.app}")
        try:
            with explained(f"restore of backup {backup.id}"):
                turn = _bring(repository, chosen, into, desired, backup, clock)
            turning.begin(into, desired, replace(turn, revision=revision))
        finally:
            scratch.sweep(into)
    into.report.closing(
        f"{into.app} has the data of backup {backup.id} of {backup.at}, {clock.seconds:.1f}s"
    )
    tell_unused(into, turn)


def _refuse_second(into: Context) -> None:
    turn = read_turn(into)
    if turn:
        what = f"the restore of backup {turn.backup} into {into.app} is not confirmed yet"
        raise DeployError(f"{what}; {decision(into.app)}")


def decision(app: str) -> str:
    """Say what a person can do after a restore."""
    confirm, undo = (f"dokku {PLUGIN_NAME}:restore {app} --{word}" for word in ("confirm", "undo"))
    return f"to keep this data and destroy the other: {confirm}; to go back: {undo}"


def tell_unused(context: Context, turn: Turn) -> None:
    """Name the data that the app no longer uses and that is still there, and who else uses it."""
    for name in unused(turn):
        context.report.detail(f"kept, not in use: {name}")
    data = "the data of before" if turn.side == NEW else f"the data of backup {turn.backup}"
    with explained("what is not in use"):
        for link, app in users(context, turn):
            what = f"{app} is linked to {link.kind} {link.name} as well"
            context.report.warning(f"{what}, and goes on with {data}")
    for line in decision(context.app).split("; "):
        context.report.detail(line)


def _bring(
    repository: Repository,
    contents: Contents,
    into: Context,
    desired: Desired,
    backup: Backup,
    clock: Clock,
) -> Turn:
    """Restore every part beside what is in use; return how the app is to be turned."""

    def timed() -> Repository:
        return replace(repository, seconds=clock.left())

    parts = list(_places(contents, desired))
    with bringing_volumes(into, timed, [(part, fresh) for part, _, fresh in parts]) as brought:
        services = _bring_services(timed, contents, into, desired, clock)
        volumes = []
        for part, place, fresh in parts:
            began = clock.seconds
            _give(into, part, fresh, next(brought))
            change = Change("+", f"volume {part.key}", volume_words(part))
            into.report.concern("volumes", [change], clock.seconds - began)
            volumes.append(_turned(part, place, fresh))
    return Turn(backup.id, backup.at, tuple(services), tuple(volumes))


def _bring_services(
    timed: Callable[[], Repository],
    contents: Contents,
    into: Context,
    desired: Desired,
    clock: Clock,
) -> list[TurnedService]:
    stamp, turned = f"{datetime.now(UTC):%Y%m%d-%H%M%S}", []
    for each in desired.manifest.services.services:
        for saved in (s for s in contents.services if s.key == each.key):
            began, old = clock.seconds, each.name(desired.app)
            new = scratch.service_name(each.first_name(desired.app), stamp)
            rows = bring_service(into, timed(), saved, new, is_proof=False)
            change = Change("+", f"{saved.kind} {new}", service_words(saved, rows))
            into.report.concern("services", [change], clock.seconds - began)
            turned.append(TurnedService(each.key, each.kind, each.alias, new, old))
    return turned


def _places(contents: Contents, desired: Desired) -> Iterator[tuple[SavedVolume, Path, Path]]:
    """Each saved volume with its directory and a fresh one beside that."""
    for volume in desired.manifest.storage.volumes:
        for part in (v for v in contents.volumes if v.key == volume.source):
            place = Path(volume.directory(desired.app))
            name = scratch.directory_name(desired.app.name, part.key)
            yield part, place, place.parent / name


def _turned(part: SavedVolume, place: Path, fresh: Path) -> TurnedVolume:
    if not place.is_dir():
        raise HostError(f"volume {part.key} has no directory {place}")
    inodes = os.stat(fresh).st_ino, os.stat(place).st_ino
    return TurnedVolume(part.key, str(place), str(fresh), *inodes)


def _give(into: Context, part: SavedVolume, folder: Path, owners: frozenset[int]) -> None:
    """Give the restored files to who had the directory; only Dokku has the right to."""
    others = owners - {part.owner}
    if others:
        numbers = ", ".join(map(str, sorted(others)))
        into.report.warning(f"files of volume {part.key} were of users {numbers}, and are")
        into.report.warning(f"now of user {part.owner}, who has the directory")
    if os.stat(folder).st_uid == part.owner:
        return
    if folder.parent != directories.storage_root(into.dokku) or part.owner > HIGHEST_USER:
        what = f"{folder} belongs to this plugin's user, and the saved one to user {part.owner}"
        into.report.warning(f"{what}; change it by hand")
        return
    into.dokku.within(DAY).run("storage:ensure-directory", "--chown", str(part.owner), folder.name)
