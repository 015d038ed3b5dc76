"""Bring one part of a backup into a fresh place, and compare it with what was saved.

Never into a place that is in use: imports of services are no transactions, and that of redis
destroys what was there. What ``repository.seconds`` says bounds each part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import (
    restic,
    service_creation,
    service_dumps,
    service_roles,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Repository
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.services import KINDS

from .. import files
from ..context import Context
from ..errors import HostError
from ..report import quantity
from . import scratch
from .contents import SavedService, SavedVolume
from .server import has_room_for_two

SLACK, FEW = 0.05, 10
"""How far off a busy table may be, as a share and in rows: it was counted around the dump."""


def bring_service(
    context: Context,
    repository: Repository,
    saved: SavedService,
    name: str,
    *,
    is_proof: bool = True,
) -> int:
    """Restore a dump into a new service of this name; return how many rows it has.

    Raises HostError where it is not what was saved, by its checksum and its counts. Other counts
    are only told where it is no proof: then a person wants the data, and keeps what there was.
    """
    dokku, kind = context.dokku.within(repository.seconds), saved.kind
    if service_creation.read(dokku, KINDS[kind], name):
        raise HostError(f"there is a {kind} {name} already")
    scratch.claim_service(context, kind, name)
    service_dumps.fresh(dokku, kind, name, saved.image)
    service_roles.make_roles(dokku, name, saved.roles)
    source = restic.source(repository, saved.snapshot, saved.file)
    flow = service_dumps.load(dokku, kind, name, source, seconds=repository.seconds)
    if (flow.size, flow.sha256) != (saved.size, saved.sha256):
        raise HostError(f"the dump of {kind} {saved.name} is not the one that was saved")
    counts = service_dumps.counts(dokku, kind, name)
    wrong = differences(saved.counts, counts)
    if wrong and is_proof:
        raise HostError(f"{kind} {saved.name} is not restored whole: {'; '.join(wrong)}")
    for line in wrong:
        context.report.warning(f"{kind} {saved.name}: {line}")
    return sum(counts.values())


def differences(saved: Mapping[str, tuple[int, int]], found: Mapping[str, int]) -> list[str]:
    """Say which tables are not as they were when they were dumped.

    A table with other counts before and after its dump has about as many rows, and some when it had
    some. With the same counts none is missing; it may have more, for a queue's come and go.
    """
    wrong = []
    for table, (before, after) in saved.items():
        slack = max(FEW, int(max(before, after) * SLACK))
        low = min(before, after)
        if before != after:
            low = max(low - slack, min(low, 1))
        rows = found.get(table)
        is_gone = rows is None and (before == after or low > 0)
        if is_gone or (rows is not None and not low <= rows <= max(before, after) + slack):
            had = quantity(before, "row") if before == after else f"{before} to {after} rows"
            has = "is gone" if rows is None else f"has {quantity(rows, 'row')}"
            wrong.append(f"{table} {has}, and had {had}")
    return wrong


@contextmanager
def bringing_volumes(
    context: Context,
    repository: Callable[[], Repository],
    parts: Sequence[tuple[SavedVolume, Path]],
) -> Iterator[Iterator[frozenset[int]]]:
    """Restore volumes one after another, each into its new directory.

    What this gives ends one each, and yields the users that owned its files. Where this host has
    room for it the first one begins at once, beside what the caller does first.
    """
    with ExitStack() as stack:

        def begin(number: int) -> Callable[[], frozenset[int]]:
            return stack.enter_context(_bringing(context, repository(), *parts[number]))

        ahead = [begin(0)] if parts and has_room_for_two() else []

        def end_each() -> Iterator[frozenset[int]]:
            for number in range(len(parts)):
                yield ahead[number]() if number < len(ahead) else begin(number)()

        yield end_each()


@contextmanager
def _bringing(
    context: Context, repository: Repository, saved: SavedVolume, folder: Path
) -> Iterator[Callable[[], frozenset[int]]]:
    """Begin to restore a volume's files; what this gives ends it, and says who owned them.

    Restic reads each file again and compares its checksum. Raises HostError where files are
    missing.
    """
    around = folder.with_name(scratch.directory_name(saved.key))
    for path in (around, folder):
        scratch.claim_directory(context, path)
    files.make_folder(around)
    with restic.restoring(
        repository, saved.snapshot, around, seconds=repository.seconds
    ) as end_restore:
        found = restic.held(repository, saved.snapshot)
        if found.files != saved.files:
            raise HostError(f"volume {saved.key} has {found.files} files, and had {saved.files}")

        def end() -> frozenset[int]:
            end_restore()
            restored = around / saved.folder
            restored.chmod(0o700)  # a directory that changes its place has to be writable
            restored.rename(folder)
            if saved.folder:
                around.rmdir()
            folder.chmod(saved.mode)
            return found.owners

        yield end
