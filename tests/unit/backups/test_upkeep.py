"""Which backups are kept: by the schedule's policy, and beside it those that people may want."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Snapshot
from ansible_deploy.backups.catalog import Backup
from ansible_deploy.backups.upkeep import KEPT, no_longer_kept

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def backup(number: int, time: datetime, reason: str = "scheduled") -> Backup:
    tags = frozenset({"seal", f"reason:{reason}", f"backup:{number:012x}"})
    return Backup(Snapshot(f"{number:064x}"[::-1], time, tags, "host"))


def each_day(days: int, reason: str = "scheduled") -> list[Backup]:
    """One a day up to NOON, oldest first."""
    return [backup(n, NOON - timedelta(days=days - 1 - n), reason) for n in range(days)]


def kept(backups: list[Backup], **keep: int) -> list[str]:
    gone = {each.id for each in no_longer_kept(backups, keep)}
    return [f"{each.snapshot.time:%m-%d}" for each in backups if each.id not in gone]


def test_the_newest_of_each_period_stays() -> None:
    found = kept(each_day(60), daily=3, weekly=3, monthly=3)
    assert found == ["04-30", "05-31", "06-07", "06-13", "06-14", "06-15"]


@pytest.mark.parametrize(
    ("keep", "count"), [({"last": 5}, 5), ({"daily": 7}, 7), ({"yearly": 2}, 1), ({"hourly": 4}, 4)]
)
def test_one_period_alone(keep: dict[str, int], count: int) -> None:
    assert len(kept(each_day(40), **keep)) == count


def test_several_of_one_day_are_one_day() -> None:
    backups = [backup(n, NOON + timedelta(minutes=n)) for n in range(5)]
    gone = no_longer_kept(backups, {"daily": 7})
    assert [each.id for each in gone] == [each.id for each in backups[:-1]]


def test_days_without_a_backup_do_not_count() -> None:
    backups = [backup(n, NOON - timedelta(days=100 - 10 * n)) for n in range(10)]
    assert len(kept(backups, daily=7)) == 7


def test_the_newest_stays_whatever_the_policy() -> None:
    backups = each_day(3)
    assert [each.id for each in no_longer_kept(backups, {"daily": 0})] == [
        each.id for each in backups[:-1]
    ]
    assert no_longer_kept([], {"daily": 7}) == []


@pytest.mark.parametrize("reason", ["manual", "before-release"])
def test_the_last_ones_that_were_asked_for_or_precede_a_release_stay(reason: str) -> None:
    asked, nightly = each_day(KEPT + 5, reason), backup(999, NOON + timedelta(days=1))
    gone = no_longer_kept([*asked, nightly], {"daily": 1})
    assert [each.id for each in gone] == [each.id for each in asked[:5]]


def test_they_do_not_use_up_what_the_schedule_keeps() -> None:
    manual = [backup(100 + n, NOON - timedelta(days=n, hours=-1), "manual") for n in range(3)]
    nightly = each_day(3)
    backups = sorted([*manual, *nightly], key=lambda each: each.snapshot.time)
    assert no_longer_kept(backups, {"daily": 3}) == []


def test_final_ones_always_stay() -> None:
    finals = each_day(30, "final")
    assert no_longer_kept([*finals, backup(999, NOON + timedelta(days=1))], {"daily": 1}) == []
