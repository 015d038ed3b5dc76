"""Forgets, prunes and checks: what needs a repository for itself."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from .restic_locks import patiently
from .restic_run import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .restic_command import Repository

SCRATCH = "check-"


def forget(repo: Repository, ids: Sequence[str]) -> None:
    """Forgets snapshots; what only they hold stays until `prune`."""
    if ids:
        _alone(repo, "forget", "--quiet", *ids)


def prune(repo: Repository) -> None:
    """Removes what no snapshot holds any more."""
    _alone(repo, "prune", "--quiet")


def check(repo: Repository, *, subset: str = "") -> None:
    """Checks the repository's structure and this part of its data, such as `5%` or `1/10`."""
    with _own_cache(repo) as checked:
        _alone(checked, "check", *([f"--read-data-subset={subset}"] if subset else []))


def _alone(repo: Repository, *words: str) -> None:
    """Does what needs the repository for itself."""
    patiently(repo, lambda left: run(repo, *words, seconds=left), repo.seconds)


@contextlib.contextmanager
def _own_cache(repo: Repository) -> Iterator[Repository]:
    """Gives the repository a cache for a check, which trusts no other, and removes it afterwards.

    That of a check that was killed is removed by the next one.
    """
    if not repo.cache:
        yield repo
        return
    for left in Path(repo.cache).glob(f"{SCRATCH}*"):
        if not Path("/proc", left.name.removeprefix(SCRATCH)).exists():
            shutil.rmtree(left, ignore_errors=True)
    scratch = Path(repo.cache, f"{SCRATCH}{os.getpid()}")
    try:
        yield dataclasses.replace(repo, cache=str(scratch))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
