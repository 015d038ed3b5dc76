"""Waits for descriptors, and meanwhile reads away what must not fill up. Starts nothing."""

from __future__ import annotations

import os
import select
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PIECE = 64 * 1024


class TimeUp(Exception):
    """Says that the seconds are over."""


class Loop:
    """Waits for one descriptor at a time, with an eye on others."""

    def __init__(self, seconds: float | None = None) -> None:
        """Takes how long all waiting together may last; None is without end."""
        self._deadline = None if seconds is None else time.monotonic() + seconds
        self._poll = select.poll()
        self._actions: dict[int, Callable[[], bool]] = {}

    def attend(self, descriptor: int, action: Callable[[], bool]) -> None:
        """Calls `action` whenever there is something to read, until it returns false."""
        self._actions[descriptor] = action
        self._poll.register(descriptor, select.POLLIN)

    def readable(self, descriptor: int) -> None:
        """Returns when something can be read there, or has been done for another descriptor."""
        self._wait(descriptor, select.POLLIN)

    def writable(self, descriptor: int) -> None:
        """Returns when something can be written there, or was done for another descriptor."""
        self._wait(descriptor, select.POLLOUT)

    def turn(self) -> None:
        """Waits until something can be done for one of the attended descriptors, and does it."""
        self._once()

    def _wait(self, descriptor: int, event: int) -> None:
        self._poll.register(descriptor, event)
        try:
            self._once()
        finally:
            self._poll.unregister(descriptor)

    def _once(self) -> None:
        left = None
        if self._deadline is not None:
            left = (self._deadline - time.monotonic()) * 1000
            if left <= 0:
                raise TimeUp
        for descriptor, _ in self._poll.poll(left):
            action = self._actions.get(descriptor)
            if action and not action():
                self._poll.unregister(descriptor)
                del self._actions[descriptor]


class Tail:
    """Keeps the last part of what a program wrote."""

    def __init__(self, limit: int) -> None:
        """Takes how many bytes to keep."""
        self._limit = limit
        self._kept = bytearray()

    def take_from(self, descriptor: int) -> bool:
        """Reads what is there; returns false at the end."""
        try:
            found = os.read(descriptor, PIECE)
        except BlockingIOError:
            return True
        self._kept += found
        if len(self._kept) > 2 * self._limit:
            del self._kept[: -self._limit]
        return bool(found)

    def drain(self, descriptor: int) -> None:
        """Reads all that is there."""
        size = -1
        while len(self._kept) != size:
            size = len(self._kept)
            self.take_from(descriptor)

    def text(self) -> str:
        """Returns what is kept as text."""
        return self._kept[-self._limit :].decode("utf-8", "replace")
