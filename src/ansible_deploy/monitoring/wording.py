"""Texts of others made fit to be shown, and how times are said."""

from __future__ import annotations

from datetime import datetime, timedelta

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import timestamp


def printable(text: str) -> str:
    """A text of others without what would move the cursor or turn the direction of writing."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def shortened(text: str, width: int) -> str:
    """A text of at most that width; what is left out shows as an ellipsis."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def age(past: timedelta) -> str:
    """``12 min``, ``5 h``, ``3 d``."""
    minutes = max(0, int(past.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{past.days} d"


def iso(at: datetime | None) -> str:
    """A moment as records and reports have it, nothing where there is none."""
    return timestamp(at) if at else ""
