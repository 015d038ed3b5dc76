"""How old backups may be follows from when they are made."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ansible_deploy.manifest.cron import last_due, next_due
from ansible_deploy.monitoring.thresholds import DAY, HOUR, patience


def at(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("17 * * * *", 1.25 * HOUR + HOUR),
        ("17 3 * * *", 30 * HOUR + HOUR),
        ("17 3 * * 1", 7 * DAY * 1.25 + HOUR),
        ("17 3 1 * *", 31 * DAY * 1.25 + HOUR),
        ("0 8,20 * * 1-5", 60 * HOUR * 1.25 + HOUR),
    ],
)
def test_patience(table: str, expected: float) -> None:
    assert patience(table) == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (at(2026, 1, 5, 3, 16), at(2026, 1, 5, 3, 17)),
        (at(2026, 1, 5, 3, 17), at(2026, 1, 6, 3, 17)),
        (at(2026, 12, 31, 23, 59), at(2027, 1, 1, 3, 17)),
    ],
)
def test_the_next_time(after: datetime, expected: datetime) -> None:
    assert next_due("17 3 * * *", after) == expected
    assert last_due("17 3 * * *", expected) == expected
