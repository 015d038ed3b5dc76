"""Words for people, in Dokku's own line style. The only place that prints during a run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TextIO

from .errors import DeployError
from .events import Change, Event

INDENT = " " * 7
CONCERN_WIDTH = 10
LINE_WIDTH = 66
"""So wide that the time after it still fits a terminal, with git's `remote:` before it."""


class Report:
    """Prints to one stream and flushes each line, for a pusher watches it live.

    A quiet report prints warnings only.
    """

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stdout
        self._is_quiet = quiet

    def line(self, text: str) -> None:
        """Print one line as it is."""
        if not self._is_quiet:
            print(text, file=self._stream, flush=True)

    def heading(self, text: str) -> None:
        """Dokku's first-level line."""
        self.line(f"-----> {text}")

    def closing(self, text: str) -> None:
        """Dokku's second-level line."""
        self.line(f"=====> {text}")

    def detail(self, text: str) -> None:
        """Dokku's indented line."""
        self.line(f"{INDENT}{text}")

    def warning(self, text: str) -> None:
        """Dokku's line for what needs attention."""
        print(f" !     {text}", file=self._stream, flush=True)

    def concern(
        self,
        name: str,
        changes: Sequence[Change],
        seconds: float | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        """One concern: what changed in it, a line each, the time on the first; then its notes.

        *unchanged* stands where there is neither.
        """
        words = [*(str(change) for change in merged(changes)), *(f"  {note}" for note in notes)]
        words = words or ["  unchanged"]
        for number, word in enumerate(words):
            label = name if number == 0 else ""
            text = f"{INDENT}{label:<{max(CONCERN_WIDTH, len(name))}} {word}"
            if number == 0 and changes and seconds is not None:
                text = f"{text:<{LINE_WIDTH}}{seconds:5.1f}s"
            self.line(text)

    def problems(self, error: DeployError) -> None:
        """Every problem on a line of its own."""
        for problem in error.problems:
            for line in str(problem).splitlines():
                self.warning(line)


def merged(changes: Sequence[Change]) -> list[Change]:
    """Say what was made and what was done with it in one line: a service and its link."""
    found: list[Change] = []
    mounts = tuple(f"{change.sign} directory {change.subject}" for change in changes)
    for change in changes:
        if any(mount.startswith(f"{change}:") for mount in mounts):
            continue  # the mount of this very directory says it
        twin = next((one for one in found if _is_same_thing(one, change)), None)
        if twin:
            found[found.index(twin)] = replace(twin, detail=change.detail)
        else:
            found.append(change)
    return found


def _is_same_thing(earlier: Change, later: Change) -> bool:
    is_named = f"{earlier.subject} ".startswith(f"{later.subject} ")
    return is_named and earlier.sign == later.sign and not earlier.detail and bool(later.detail)


class Progress:
    """Prints events as they come, gathered into one entry a concern."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._concern = ""
        self._changes: list[Change] = []
        self._notes: list[str] = []
        self._pending: list[str] = []
        self._seconds = 0.0

    def __call__(self, event: Event) -> None:
        """Take the next event; the entry of the concern before it is printed."""
        if event.concern != self._concern:
            self.finish()
            self._concern = event.concern
        self._changes.extend(event.changes)
        self._notes.extend(event.notes)
        self._pending.extend([event.pending] if event.pending else [])
        self._seconds += event.seconds
        if event.failed:
            self.finish(is_failed=True)
            self._report.warning(f"{event.concern}: {event.message}")
        for warning in event.warnings:
            self._report.warning(f"{event.concern}: {warning}")

    def finish(self, *, is_failed: bool = False) -> None:
        """Print the entry that is open; what failed or is not done yet is not called unchanged."""
        is_told = self._changes or self._notes or not (is_failed or self._pending)
        if self._concern and is_told:
            self._report.concern(self._concern, self._changes, self._seconds, self._notes)
        for text in self._pending:
            self._report.warning(f"{self._concern}: not done yet: {text}")
        self._concern, self._seconds = "", 0.0
        self._changes, self._notes, self._pending = [], [], []


def quantity(count: int, noun: str) -> str:
    """``1 play``, ``2 plays``."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def amount(size: int) -> str:
    """``512 B``, ``12.3 MiB``."""
    value, unit = float(size), "B"
    for bigger in ("KiB", "MiB", "GiB", "TiB"):
        if value < 1024:
            break
        value, unit = value / 1024, bigger
    return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"
