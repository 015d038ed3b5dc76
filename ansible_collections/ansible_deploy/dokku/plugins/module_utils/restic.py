"""Keeps backups with restic, in any repository that it can reach.

Works with restic 0.14 (Debian 12) to 0.18 (Debian 13). A snapshot comes to be only of data that
came whole: for streams see pipes.py. What removes and checks is in restic_upkeep.py. Times are
limits on what may take long; a target that is away is given up sooner (restic_errors.is_hopeless).
Everything raises ResticError.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from . import pipes
from .pipes import Broken, Flow, Program
from .restic_command import Repository, probe, restic
from .restic_errors import ResticError, error_of
from .restic_locks import patiently, unlock
from .restic_run import QUICK, answer, run, running, take
from .restic_snapshots import NOTHING, FileCounter, Held, Saved, Snapshot, saved_of, snapshot_of
from .restic_upkeep import check, forget, prune

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = [
    "Repository",
    "ResticError",
    "Saved",
    "Snapshot",
    "check",
    "forget",
    "prune",
    "unlock",
]

GLOB = re.compile(r"([\\*?\[\]])")
TAG = re.compile(r"[^,\s-][^,\s]*")


def identity(repo: Repository) -> str:
    """Returns the repository's own id; the error is `missing` where there is no repository."""
    return str(json.loads(take(repo, "cat", "config", "--no-lock", seconds=QUICK))["id"])


def create(repo: Repository) -> str:
    """Makes the repository and returns its id; the folder that it will lie in has to exist."""
    run(repo, "init", seconds=QUICK)
    return identity(repo)


def save_stream(
    repo: Repository,
    source: Program,
    name: str,
    tags: Iterable[str],
    *,
    accept: Callable[[Flow], str] = pipes.no_complaint,
    seconds: float | None = None,
) -> tuple[Saved, Flow]:
    """Saves what the source writes as a file of this name, when it came whole and is accepted.

    Raises Broken for the source's failures, besides ResticError; then there is no snapshot.
    """
    sink = _to_save_stream(repo, name, tags)

    def attempt(left: float) -> tuple[Saved, Flow]:
        try:
            flow, said = pipes.carry(source, sink, accept=accept, seconds=left)
        except Broken as broken:
            if broken.side in ("source", "form"):
                raise
            raise error_of(broken) from None
        return saved_of(said), flow

    return patiently(repo, attempt, repo.seconds if seconds is None else seconds)


def save_bytes(repo: Repository, data: bytes, name: str, tags: Iterable[str]) -> Saved:
    """Saves these bytes as a file of this name."""
    sink = _to_save_stream(repo, name, tags)

    def attempt(left: float) -> Saved:
        try:
            return saved_of(pipes.feed(data, sink, seconds=left))
        except Broken as broken:
            raise error_of(broken) from None

    return patiently(repo, attempt, repo.seconds)


def save_folder(
    repo: Repository,
    folder: Path,
    tags: Iterable[str],
    *,
    exclude: Sequence[str] = (),
    seconds: float | None = None,
) -> Saved:
    """Saves a folder under its name; `exclude` are paths in it.

    It may be closed to us: only the reader goes into it. When something cannot be read the error is
    `incomplete`; restic has made a snapshot of the rest then, which a caller must not count.
    """
    probe(repo)
    where = folder.resolve()
    if not where.is_dir():
        raise ResticError("incomplete", f"{where} is no folder")
    left_out = [GLOB.sub(r"\\\1", str(where / path)) for path in exclude]
    options = [*_backup_options(tags), *(f"--exclude={path}" for path in left_out)]
    program = restic(repo, "backup", *options, "--", where.name, folder=where.parent)
    most = repo.seconds if seconds is None else seconds
    saved = patiently(repo, lambda left: saved_of(answer(program, left).stdout), most)
    return replace(saved, folder=where.name)


def snapshots(repo: Repository, *tags: str) -> list[Snapshot]:
    """Returns the snapshots that bear all of these tags, the oldest first."""
    chosen = ["--tag", _joined(tags)] if tags else []
    found = json.loads(
        take(repo, "snapshots", "--json", "--no-lock", *chosen, seconds=repo.seconds)
    )
    return sorted(map(snapshot_of, found or []), key=lambda snapshot: snapshot.time)


def read(repo: Repository, snapshot_id: str, name: str, *, limit: int) -> bytes:
    """Returns a file of a snapshot, which may have so many bytes."""
    try:
        return pipes.take(source(repo, snapshot_id, name), limit=limit, seconds=repo.seconds)
    except Broken as broken:
        raise error_of(broken) from None


def source(repo: Repository, snapshot_id: str, name: str) -> Program:
    """Returns the program that writes a file of a snapshot."""
    probe(repo)
    return restic(repo, "dump", "--no-lock", snapshot_id, f"/{name}")


@contextmanager
def restoring(
    repo: Repository, snapshot_id: str, target: Path, *, seconds: float | None = None
) -> Iterator[Callable[[], None]]:
    """Puts what is in a snapshot below a folder and compares it with the repository.

    It does so beside what the caller does; what this gives waits for the end. By the program that
    may read every file: a restored one may be closed to its owner.
    """
    if snapshot_id == NOTHING.id:
        target.mkdir(parents=True, exist_ok=True)
        yield lambda: None
        return
    words = ("restore", snapshot_id, "--target", str(target), "--verify", "--no-lock", "--quiet")
    reader = replace(repo, program=repo.reader or repo.program)
    with running(reader, *words, seconds=seconds) as end:
        yield end


def held(repo: Repository, snapshot_id: str) -> Held:
    """Returns how many regular files a snapshot holds, and whose."""
    if snapshot_id == NOTHING.id:
        return Held(0, frozenset())
    probe(repo)
    counter = FileCounter()
    try:
        pipes.scan(
            restic(repo, "ls", "--json", "--no-lock", snapshot_id), counter, seconds=repo.seconds
        )
    except Broken as broken:
        raise error_of(broken) from None
    return Held(counter.files, frozenset(counter.owners))


def _to_save_stream(repo: Repository, name: str, tags: Iterable[str]) -> Program:
    probe(repo)
    return restic(repo, "backup", "--stdin", "--stdin-filename", name, *_backup_options(tags))


def _backup_options(tags: Iterable[str]) -> list[str]:
    return ["--json", "--quiet", *(word for tag in tags for word in ("--tag", _joined([tag])))]


def _joined(tags: Iterable[str]) -> str:
    """Returns tags as one word that means all of them."""
    given = list(tags)
    for tag in given:
        if not TAG.fullmatch(tag):
            raise ValueError(f"{tag!r} cannot be a tag")
    return ",".join(given)
