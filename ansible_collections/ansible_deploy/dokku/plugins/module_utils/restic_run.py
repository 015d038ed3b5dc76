"""Runs restic to its end, within limits of time, and raises what went wrong."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from . import pipes
from .pipes import Answer, Broken, Program
from .restic_command import probe, restic
from .restic_errors import error_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .restic_command import Repository

QUICK = 60.0  # seconds for what only looks at a few small files
LARGEST_LIST = 64 * 1024 * 1024
SAYS_KEPT = "unable to remove"
LEFT_OUT = re.compile(r"^(could not load snapshot|Ignoring) ", re.MULTILINE)


def run(repo: Repository, *words: str, seconds: float | None) -> Answer:
    """Returns how restic with these words ended well; raises ResticError."""
    probe(repo)
    return answer(restic(repo, *words), seconds)


def answer(program: Program, seconds: float | None) -> Answer:
    """Returns how a restic ended well; raises ResticError."""
    try:
        found = pipes.run(program, seconds=seconds)
    except Broken as broken:
        raise error_of(broken) from None
    return _judged(found)


@contextmanager
def running(repo: Repository, *words: str, seconds: float | None) -> Iterator[Callable[[], None]]:
    """Runs restic with these words beside what its caller does; what this gives waits for its end.

    That raises ResticError, as the beginning does. What is raised within ends restic.
    """
    probe(repo)
    with pipes.running(restic(repo, *words), seconds=seconds) as end:

        def end_well() -> None:
            try:
                _judged(end())
            except Broken as broken:
                raise error_of(broken) from None

        yield end_well


def _judged(found: Answer) -> Answer:
    """Returns how a restic ended that ended well; raises ResticError."""
    # restic 0.18 ends well when a target did not let it remove what it should forget.
    if found.exit or SAYS_KEPT in found.stderr:
        said = found.stderr + found.stdout
        raise error_of(Broken("sink", "", status=found.exit, words=said))
    return found


def take(repo: Repository, *words: str, seconds: float) -> bytes:
    """Returns what restic with these words writes; raises ResticError."""
    probe(repo)
    try:
        program = restic(repo, *words)
        return pipes.take(program, limit=LARGEST_LIST, seconds=seconds, accept=_is_whole)
    except Broken as broken:
        raise error_of(broken) from None


def _is_whole(words: str) -> bool:
    """Tells whether restic left nothing out; it ends well all the same (0.14 to 0.18)."""
    return not LEFT_OUT.search(words)
