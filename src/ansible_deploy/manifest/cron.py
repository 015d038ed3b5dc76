"""What a time table means: when it is due, what a word stands for, and how to say it.

Read as Vixie's cron does it, which runs by the clock on the wall of its host.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, time, timedelta

from .cron_form import FIELDS, WORDS

DAY_NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
RARE = 366 * 41
"""Days in which every table that is due at all is due: a 29 February on one day of the week."""


def spread(words: str, app: str, shift: int = 0) -> str:
    """Return the five fields that a checked time table means for one app.

    A word gets its minute, hour and weekday from the app's name, so that the apps of a host do not
    all begin at once; the same in every process. Two words of one app that differ by a ``shift`` of
    minutes never begin together.
    """
    if words not in WORDS:
        return " ".join(words.split())
    number = int.from_bytes(hashlib.sha256(app.encode()).digest()[:6])
    number, minute = divmod(number, 60)
    number, hour = divmod(number, 4)
    minute, hour, weekday = (minute + shift) % 60, hour + 1, number % 7
    return {
        "hourly": f"{minute} * * * *",
        "daily": f"{minute} {hour} * * *",
        "weekly": f"{minute} {hour} * * {weekday}",
        "monthly": f"{minute} {hour} 1 * *",
    }[words]


def last_due(table: str, now: datetime) -> datetime:
    """Return the last time until ``now`` at which the five fields were due.

    ``now`` is the local time of the host, with or without a zone, for cron runs by that; the
    answer is of the same kind. Where clocks were changed in between it may be off by that hour.
    """
    times = sorted(_times(table))
    for days in range(RARE):
        day = now.date() - timedelta(days)
        if _is_due_on(table, day.month, day.day, day.isoweekday() % 7):
            due = [one for one in times if days or one <= now.time()]
            if due:
                return datetime.combine(day, due[-1], now.tzinfo)
    raise ValueError(f"never due: {table}")


def next_due(table: str, after: datetime) -> datetime:
    """Return the first time after ``after`` at which the five fields are due."""
    times = sorted(_times(table))
    for days in range(RARE):
        day = after.date() + timedelta(days)
        if _is_due_on(table, day.month, day.day, day.isoweekday() % 7):
            due = [one for one in times if days or one > after.time()]
            if due:
                return datetime.combine(day, due[0], after.tzinfo)
    raise ValueError(f"never due: {table}")


def phrase(table: str) -> str:
    """Return a time table in words, or as it is where there are none for it."""
    parts = table.split()
    numbers = [field.number(part) for field, part in zip(FIELDS, parts, strict=True)]
    minute, hour, day, _, weekday = numbers
    form = "".join("*" if part == "*" else "n" for part in parts)
    if None in (n for n, part in zip(numbers, parts, strict=True) if part != "*"):
        return table
    if form == "n****":
        return f"every hour at :{minute:02}"
    at = f"at {hour:02}:{minute:02}" if form.startswith("nn") else ""
    if form == "nn***":
        return f"every day {at}"
    if form == "nn**n" and weekday is not None:
        return f"every {DAY_NAMES[weekday % 7]} {at}"
    return f"on day {day} of every month {at}" if form == "nnn**" else table


def _times(table: str) -> list[time]:
    minutes, hours = (
        field.numbers(part) for field, part in zip(FIELDS[:2], table.split()[:2], strict=True)
    )
    return [time(hour, minute) for hour in hours for minute in minutes]


def _is_due_on(table: str, month: int, day: int, weekday: int) -> bool:
    """Either of two given days will do; a field that begins with ``*`` gives none (cron, 5)."""
    _, _, *parts = table.split()
    days, months, weekdays = (
        field.numbers(part) for field, part in zip(FIELDS[2:], parts, strict=True)
    )
    is_day, is_weekday = day in days, weekday in {number % 7 for number in weekdays}
    is_both = parts[0].startswith("*") or parts[2].startswith("*")
    return month in months and ((is_day and is_weekday) if is_both else (is_day or is_weekday))
