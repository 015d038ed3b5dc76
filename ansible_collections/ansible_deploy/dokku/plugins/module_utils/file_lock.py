"""Holds a lock file: two of us do not do the same thing at once. It goes with the process."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TICK = 0.2
"""Seconds between two looks at a lock that somebody else holds."""


@contextmanager
def held(path: Path, *, seconds: float | None = None) -> Iterator[None]:
    """Holds the lock while the block runs, and waits for whoever has it.

    Raises BlockingIOError when that takes longer than so many seconds.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(handle, seconds)
        yield
    finally:
        os.close(handle)


def _take(handle: int, seconds: float | None) -> None:
    if seconds is None:
        fcntl.flock(handle, fcntl.LOCK_EX)
        return
    end = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise
            time.sleep(TICK)
        else:
            return
