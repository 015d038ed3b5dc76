"""Waits for a repository that other processes hold: apps may share one, and a prune takes long.

Locks of processes that are no more are removed meanwhile; those of others are respected.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from .restic_errors import ResticError
from .restic_run import QUICK, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from .restic_command import Repository

LONGEST, FIRST_PAUSE, LONGEST_PAUSE = 600.0, 1.0, 30.0  # seconds

Found = TypeVar("Found")


def unlock(repo: Repository) -> None:
    """Removes locks of processes that are no more."""
    run(repo, "unlock", "--quiet", seconds=QUICK)


def patiently(repo: Repository, attempt: Callable[[float], Found], seconds: float) -> Found:
    """Returns what the attempt does once nobody else holds the repository.

    The attempt is given how many of the seconds are left. Raises ResticError, `locked` after ten
    minutes, or sooner where there are fewer seconds.
    """
    began, pause = time.monotonic(), FIRST_PAUSE
    while True:
        passed = time.monotonic() - began
        try:
            return attempt(seconds - passed)
        except ResticError as error:
            if error.kind != "locked" or passed + pause > min(LONGEST, seconds):
                raise
        unlock(repo)
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
