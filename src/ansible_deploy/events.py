"""What happened in a run, as data: the events that the callback of the collection writes.

The callback (``plugins/callback/events.py``) prints one JSON object a line; this is the same shape
with types. The words for people are made from it in ``report``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Change:
    """One thing that was, or in a plan would be, added (+), removed (-) or altered (~)."""

    sign: str
    subject: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.sign} {self.subject}" + (f", {self.detail}" if self.detail else "")


@dataclass(frozen=True)
class Event:
    """One finished task: the concern it serves, what it changed, and how it failed if it did.

    ``pending`` is what is still missing though nothing failed, ``notes`` are lines for people, and
    ``recorded`` is what a module said about the world for the plugin's own record.
    """

    concern: str
    task: str
    changes: tuple[Change, ...] = ()
    failed: bool = False
    message: str = ""
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    pending: str = ""
    recorded: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def masked(self, mask: Callable[[str], str]) -> Event:
        """The event with every secret taken out of what people may read."""
        changes = tuple(Change(c.sign, mask(c.subject), mask(c.detail)) for c in self.changes)
        return replace(
            self,
            changes=changes,
            task=mask(self.task),
            message=mask(self.message),
            warnings=tuple(mask(text) for text in self.warnings),
            notes=tuple(mask(text) for text in self.notes),
            pending=mask(self.pending),
        )

    def as_json(self) -> dict[str, Any]:
        """The form that is kept in a run's record."""
        record = {**self.__dict__, "changes": [c.__dict__ for c in self.changes]}
        return {**record, "warnings": list(self.warnings), "notes": list(self.notes)}


def parse_event(line: str) -> Event | None:
    """Read one line of the callback; None for a line that something else printed."""
    try:
        value = json.loads(line)
        changes = tuple(Change(**change) for change in value.pop("changes"))
        texts = {name: tuple(value[name]) for name in ("warnings", "notes")}
        return Event(**{**value, **texts, "changes": changes})
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
