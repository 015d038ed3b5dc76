"""Bounds how long all waiting for others may take together.

Some waits cannot be given a limit, such as the system's look-up of a host's address, or a library
that tries again by itself. `within` lets them run beside us and stops waiting when time is up.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from .dns_model import DnsError

if TYPE_CHECKING:
    from collections.abc import Callable

Found = TypeVar("Found")


class Deadline:
    """A moment that no wait may pass."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def remaining(self, whom: str) -> float:
        """Returns how many seconds are left; raises DnsError, which names whom we wait for."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise DnsError(too_slow(whom, self.seconds))
        return left


def too_slow(whom: str, seconds: float) -> str:
    """Returns the words for someone who did not answer in time."""
    return f"{whom} did not answer within {seconds:g} s"


def within(deadline: Deadline, whom: str, function: Callable[[], Found]) -> Found:
    """Returns what the function returns, or raises DnsError when it takes too long."""
    outcome: dict[str, Any] = {}

    def run() -> None:
        try:
            outcome["value"] = function()
        except BaseException as error:  # handed over to the caller, who raises it
            outcome["error"] = error

    thread = threading.Thread(target=run, name=f"dns: {whom}", daemon=True)
    thread.start()
    thread.join(deadline.remaining(whom))
    if "error" in outcome:
        raise outcome["error"]
    if "value" not in outcome:
        raise DnsError(too_slow(whom, deadline.seconds))
    value: Found = outcome["value"]
    return value
