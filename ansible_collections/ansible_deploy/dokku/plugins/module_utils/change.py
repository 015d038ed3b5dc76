"""Says what differs and what makes it so: changes, the commands behind them, and results.

Pure data but for `carry_out`, which hands the commands of a plan to `dokku`. No secret stands in a
change, in `before` and `after`, or in the words of a command; the standard input of a command may
hold some and is never shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from .client import AppMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .client import Dokku

Sign = Literal["+", "-", "~"]
Observed = TypeVar("Observed")


@dataclass(frozen=True)
class Change:
    """One thing that is added (+), removed (-) or altered (~)."""

    sign: Sign
    subject: str
    detail: str = ""


@dataclass(frozen=True)
class Command:
    """One call of `dokku`: its words, and what it reads from standard input."""

    words: tuple[str, ...]
    stdin: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Plan:
    """The difference between observed and desired, and the commands that remove it."""

    changes: tuple[Change, ...] = ()
    commands: tuple[Command, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What a module did, or would do in check mode.

    `pending` says what is still missing although nothing failed, and why; the plugin tries again at
    the next push. `notes` are lines that tell people what they may have to do themselves.
    """

    changes: tuple[Change, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    pending: str = ""
    notes: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Tells whether anything differed."""
        return bool(self.changes)


def command(*words: str, stdin: str | None = None) -> Command:
    """Makes the command of these words."""
    return Command(words, stdin)


def carry_out(dokku: Dokku, plan: Plan, *, check: bool) -> Result:
    """Runs the commands of a plan, none of them in check mode, and returns what changed."""
    if not check:
        for step in plan.commands:
            dokku.run(*step.words, stdin=step.stdin)
    return Result(plan.changes, plan.before, plan.after)


def read_or_empty(read: Callable[[], Observed], empty: Observed, *, check: bool) -> Observed:
    """Returns what is read; in check mode a missing app reads as empty.

    A first plan runs before anything exists, and what creates the app stands earlier in it.
    """
    try:
        return read()
    except AppMissing:
        if not check:
            raise
        return empty


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """Names every key that is added, altered or removed between two mappings."""
    added = [Change("+", key, after[key]) for key in after if key not in before]
    altered = [
        Change("~", key, f"{before[key]} -> {after[key]}")
        for key in after
        if key in before and before[key] != after[key]
    ]
    removed = [Change("-", key) for key in before if key not in after]
    return (*added, *altered, *removed)


def membership(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Change, ...]:
    """Names every member that is added or removed between two lists."""
    added = [Change("+", member) for member in after if member not in before]
    removed = [Change("-", member) for member in before if member not in after]
    return (*added, *removed)
