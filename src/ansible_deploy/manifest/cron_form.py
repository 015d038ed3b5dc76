"""The form of a time table: five fields of cron, or one of four words.

Strict about what the crons in use agree on; ``@daily``, seconds and random times are not among it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .fragments import Wrong
from .words import did_you_mean, quote

WORDS = ("hourly", "daily", "weekly", "monthly")
EXAMPLE = (
    'write hourly, daily, weekly, monthly, or five fields such as "17 3 * * *" (every day at 03:17)'
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class Field:
    """One field: what it counts, from where to where, and names for its numbers."""

    noun: str
    lowest: int
    highest: int
    names: tuple[str, ...] = ()

    def number(self, word: str) -> int | None:
        """Return the number that the word stands for, or nothing when it stands for none."""
        if word.lower() in self.names:
            return self.names.index(word.lower()) + self.lowest
        if re.fullmatch(r"[0-9]{1,2}", word) and self.lowest <= int(word) <= self.highest:
            return int(word)
        return None

    def numbers(self, part: str) -> frozenset[int]:
        """Return all numbers that a checked field stands for."""
        return frozenset(number for piece in part.split(",") for number in self._range(piece))

    def _range(self, piece: str) -> range:
        span, _, step = piece.partition("/")
        first, dash, last = span.partition("-")
        low = self.lowest if span == "*" else self.number(first)
        high = self.highest if span == "*" else self.number(last if dash else first)
        assert low is not None
        assert high is not None
        return range(low, high + 1, int(step or 1))


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of the month", 1, 31),
    Field("month", 1, 12, MONTHS),
    Field("day of the week", 0, 7, DAYS),
)


def check_schedule(words: str) -> None:
    """Raise Wrong unless the text is a time table."""
    if words in WORDS:
        return
    parts = words.split()
    if words.startswith("@") and words[1:] in WORDS:
        raise Wrong(f"{quote(words)} is not a time table", f"write {words[1:]}")
    if len(parts) == 1:
        raise Wrong(f"{quote(words)} is not a time table", did_you_mean(words, WORDS) or EXAMPLE)
    if len(parts) != len(FIELDS):
        raise Wrong(f"{quote(words)} has {len(parts)} fields, a time table has five", EXAMPLE)
    for field, part in zip(FIELDS, parts, strict=True):
        _check_field(words, field, part)
    if not _is_ever_due(words):
        raise Wrong(f"{quote(words)} is never due, for no such month has such a day", EXAMPLE)


def _check_field(words: str, field: Field, part: str) -> None:
    for piece in part.split(","):
        if not _is_piece(field, piece):
            what = f"{quote(words)} has {quote(part)} as {field.noun}"
            raise Wrong(what, f"write *, */2, or numbers from {field.lowest} to {field.highest}")


def _is_piece(field: Field, piece: str) -> bool:
    span, slash, step = piece.partition("/")
    if slash and not (re.fullmatch(r"[1-9][0-9]?", step) and int(step) <= field.highest):
        return False
    if span == "*":
        return True
    first, dash, last = span.partition("-")
    low, high = field.number(first), field.number(last) if dash else None
    if slash and not dash:
        return False
    return low is not None and (not dash or (high is not None and low <= high))


def _is_ever_due(table: str) -> bool:
    _, _, days, months, weekdays = table.split()
    if not weekdays.startswith("*"):
        return True
    first = min(FIELDS[2].numbers(days))
    return any(first <= LONGEST_MONTHS[month - 1] for month in FIELDS[3].numbers(months))
