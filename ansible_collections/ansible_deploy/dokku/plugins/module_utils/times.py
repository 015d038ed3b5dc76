"""Moments as they stand in records and reports: ISO, in UTC, to the second."""

from __future__ import annotations

from datetime import UTC, datetime


def timestamp(moment: datetime) -> str:
    """Returns a moment that knows its zone in this form."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> str:
    """Returns the time of day in this form."""
    return timestamp(datetime.now(UTC))
