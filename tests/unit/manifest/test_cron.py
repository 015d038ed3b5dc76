"""Time tables: when they were due last, what a word means for an app, and how they are said."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ansible_deploy.manifest.cron import last_due, phrase, spread
from ansible_deploy.manifest.cron_form import WORDS, check_schedule
from ansible_deploy.manifest.fragments import Wrong

APPS = [f"app-{number}" for number in range(600)]
NOW = datetime(2026, 11, 22, 12, 30)  # noqa: DTZ001 - a Sunday, on the clock on the wall


@pytest.mark.parametrize(
    ("table", "due"),
    [
        ("* * * * *", "2026-11-22 12:30"),
        ("30 12 * * *", "2026-11-22 12:30"),
        ("31 12 * * *", "2026-11-21 12:31"),
        ("17 * * * *", "2026-11-22 12:17"),
        ("45 * * * *", "2026-11-22 11:45"),
        ("*/20 1-3,8 * * *", "2026-11-22 08:40"),
        ("17 3 * * sun", "2026-11-22 03:17"),
        ("17 3 * * 0", "2026-11-22 03:17"),
        ("17 3 * * 7", "2026-11-22 03:17"),
        ("17 13 * * 7", "2026-11-15 13:17"),
        ("17 3 * * mon-fri", "2026-11-20 03:17"),
        ("17 3 1 * *", "2026-11-01 03:17"),
        ("17 3 31 * *", "2026-10-31 03:17"),
        ("17 3 1 jan *", "2026-01-01 03:17"),
        ("17 3 29 2 *", "2024-02-29 03:17"),
        ("17 3 13 * fri", "2026-11-20 03:17"),  # two days are given: either will do
        ("17 3 13 * */5", "2026-11-13 03:17"),  # a star gives none: a 13th that is a Friday
        ("17 3 */13 * fri", "2026-11-27 03:17"),
    ],
)
def test_when_a_table_was_due_last(table: str, due: str) -> None:
    now = NOW + timedelta(days=7) if due > "2026-11-22 12:30" else NOW
    check_schedule(table)
    assert last_due(table, now) == datetime.fromisoformat(due)


def test_a_29_february_on_one_day_of_the_week_is_found() -> None:
    table = "0 0 29 2 */6"  # Sunday or Saturday
    check_schedule(table)
    assert last_due(table, NOW) == datetime(2020, 2, 29)  # noqa: DTZ001


def test_the_answer_has_the_zone_of_the_question() -> None:
    """In the night in which clocks went back, by the clock on the wall."""
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 10, 25, 4, 0, tzinfo=berlin)
    assert last_due("30 2 * * *", now) == datetime(2026, 10, 25, 2, 30, tzinfo=berlin)


def test_five_fields_stay_as_they_are() -> None:
    assert spread(" 17  3 * * mon ", "shop") == "17 3 * * mon"


@pytest.mark.parametrize("word", WORDS)
def test_a_word_means_times_that_are_spread_over_the_apps(word: str) -> None:
    tables = {app: spread(word, app) for app in APPS}
    for table in tables.values():
        check_schedule(table)
    assert len({table.split()[0] for table in tables.values()}) == 60
    hours = {table.split()[1] for table in tables.values()}
    assert hours == ({"*"} if word == "hourly" else {"1", "2", "3", "4"})
    assert len({table.split()[4] for table in tables.values()}) == (7 if word == "weekly" else 1)


@pytest.mark.parametrize("word", WORDS)
def test_the_proof_never_begins_with_the_backup(word: str) -> None:
    for app in APPS:
        minutes = {spread(word, app, shift).split()[0] for shift in (0, 30)}
        assert len(minutes) == 2


def test_an_app_has_the_same_times_in_every_process() -> None:
    program = "from ansible_deploy.manifest.cron import *; print(spread('weekly', 'shop'))"
    said = [
        subprocess.check_output(
            [sys.executable, "-c", program], text=True, env={"PYTHONHASHSEED": n}
        )
        for n in ("1", "2")
    ]
    assert said == [f"{spread('weekly', 'shop')}\n"] * 2


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("17 * * * *", "every hour at :17"),
        ("7 3 * * *", "every day at 03:07"),
        ("17 3 * * 0", "every Sunday at 03:17"),
        ("17 3 * * 7", "every Sunday at 03:17"),
        ("17 13 * * wed", "every Wednesday at 13:17"),
        ("17 3 1 * *", "on day 1 of every month at 03:17"),
        *(
            (table, table)
            for table in (
                "17 3 1 1 *",
                "17 3 1 * 0",
                "17 * * * 0",
                "* 3 * * *",
                "*/5 3 * * *",
                "17 1,3 * * *",
                "17 3 * * mon-fri",
                "17 3 1-3 * *",
                "* * * * *",
            )
        ),
    ],
)
def test_a_table_in_words(table: str, words: str) -> None:
    check_schedule(table)
    assert phrase(table) == words


@pytest.mark.parametrize("table", ["0 0 30 2 *", "0 0 31 4,6 *", "0 0 30-31 feb */3"])
def test_a_table_that_is_never_due_is_refused(table: str) -> None:
    with pytest.raises(Wrong, match="never due"):
        check_schedule(table)


@pytest.mark.parametrize("table", ["0 0 30 2 sun", "0 0 29 2 *", "0 0 1-31 2 *", "0 0 31 4,5 *"])
def test_a_table_that_is_rarely_due_is_not(table: str) -> None:
    check_schedule(table)
    assert last_due(table, NOW) < NOW
