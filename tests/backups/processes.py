"""Looks at processes."""

from __future__ import annotations

import contextlib
import ctypes
from pathlib import Path
from typing import TYPE_CHECKING

from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def gone(file: Path) -> None:
    """Waits until the process has ended whose id is in a file."""
    wait_for(lambda: not is_alive(int(file.read_text("ascii"))))


def is_alive(pid: int) -> bool:
    """Tells whether a process runs; a dead one that nobody fetched does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def children(pid: int) -> list[int]:
    """Returns the children of a process."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


@contextlib.contextmanager
def adopted_orphans() -> Iterator[None]:
    """Makes us the parent of our children's orphans, so that a test can fetch them.

    What nobody fetched still counts as alive with restic, and not every process 1 does it soon.
    """
    process = ctypes.CDLL(None)
    process.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    yield
    process.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def users_of(address: str) -> list[int]:
    """Returns the processes that work on a repository, by their environment."""
    wanted = f"RESTIC_REPOSITORY={address}\0".encode()
    return [
        int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if _has(path, wanted)
    ]


def _has(path: Path, wanted: bytes) -> bool:
    try:
        return wanted in path.read_bytes() + b"\0"
    except OSError:
        return False
