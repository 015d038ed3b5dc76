"""Waiting for what other processes do: ends as soon as it is so, and fails late."""

from __future__ import annotations

import time
from collections.abc import Callable

LIMIT = 120.0
PAUSE = 0.02


def wait_for(
    condition: Callable[[], object], limit: float = LIMIT, *, say: Callable[[], object] = str
) -> None:
    """Return when the condition holds; fail when it does not in time, with what `say` says then."""
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, f"it did not come to be in {limit:.0f} seconds: {say()}"
        time.sleep(PAUSE)
