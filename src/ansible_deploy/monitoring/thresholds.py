"""When somebody is told of an app: its own bounds, or the usual ones. In seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ..desired import Desired
from ..manifest.cron import next_due

HOUR, DAY = 3600, 86400
USUAL = {"latency": 5, "certificate": 14 * DAY, "domain": 30 * DAY}


def thresholds(desired: Desired) -> dict[str, float]:
    """Return the bounds of the app by their subject; of backups only where there are some."""
    wish, backups = desired.manifest.monitoring, desired.manifest.backups
    found: dict[str, float] = dict(USUAL)
    if "backups" in desired.items:
        found["backup"] = patience(backups.table(desired.app))
        if backups.verify.is_on:
            found["proof"] = patience(backups.verify.table(desired.app))
    known = {subject: value for subject, value in wish.limits.items() if subject in found}
    return {**found, **known}


def patience(table: str) -> float:
    """Return how old the last one may be: a quarter more than the longest time between two."""
    begin = due = next_due(table, datetime(2027, 1, 1, tzinfo=UTC))
    longest = timedelta(0)
    for _ in range(LOOKED_AT):
        following = next_due(table, due)
        longest = max(longest, following - due)
        due = following
        if due - begin > timedelta(days=366):
            break
    return longest.total_seconds() * 5 / 4 + HOUR


LOOKED_AT = 400
"""How many times of a table are looked at: a year of days."""
