"""A backup or proof that should have been made is told; one that is on its way is not."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ansible_deploy.backups.record import Record, metrics
from ansible_deploy.backups.standing import missed, missed_proof, problems, proof_words
from ansible_deploy.layout import AppFolder

HOURLY = """\
0 * * * *;dokku ansible-deploy:backup shop --scheduled
30 * * * *;dokku ansible-deploy:verify shop --scheduled
"""


def ago(**how_long: float) -> str:
    return f"{datetime.now(UTC) - timedelta(**how_long):%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def folder(tmp_path: Path) -> AppFolder:
    """An app whose backups are due every hour, since two days ago."""
    folder = AppFolder(tmp_path)
    folder.cron_entries.write_text(HOURLY)
    then = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    os.utime(folder.cron_entries, (then, then))
    return folder


def test_a_fresh_backup_is_not_missed(folder: AppFolder) -> None:
    record = Record(scheduled_at=ago(minutes=30), proven_at=ago(minutes=30))
    assert problems(folder, record) == []


def test_an_old_one_is(folder: AppFolder) -> None:
    record = Record(scheduled_at=ago(hours=5), proven_at=ago(minutes=5))
    assert missed(folder, record)
    assert "the clock made no backup at" in problems(folder, record)[0]


def test_one_that_a_push_made_is_no_work_of_the_clock(folder: AppFolder) -> None:
    pushed = Record(
        last_at=ago(minutes=5),
        last_reason="before-release",
        scheduled_at=ago(days=1),
        proven_at=ago(minutes=5),
    )
    (said,) = problems(folder, pushed)
    assert said.endswith(f"; the last one: {pushed.last_at} (before-release)")


def test_one_that_was_never_made_is(folder: AppFolder) -> None:
    assert missed(folder, Record())
    assert missed_proof(folder, Record())


def test_a_new_schedule_has_missed_nothing(folder: AppFolder) -> None:
    os.utime(folder.cron_entries)
    assert problems(folder, Record()) == []


def test_without_a_schedule_nothing_is_missed(tmp_path: Path) -> None:
    assert problems(AppFolder(tmp_path), Record(last_at=ago(days=9))) == []


def test_what_failed_is_told(folder: AppFolder) -> None:
    record = Record(
        failed="offsite: no route",
        failed_at="2026-11-22T03:17:00Z",
        disproven="rows",
        disproven_at="x",
    )
    assert problems(folder, record) == [
        "the last backup failed (2026-11-22T03:17:00Z): offsite: no route",
        "THE LAST PROOF FAILED (x): rows",
    ]


def test_an_upkeep_that_failed_is_no_backup_that_failed(folder: AppFolder) -> None:
    record = Record(scheduled_at=ago(hours=2), upkeep_failed="locked", upkeep_failed_at="x")
    said = [line for line in problems(folder, record) if "proven" not in line]
    assert said == ["the last upkeep failed (x): locked"]
    said = problems(folder, replace(record, damaged="a pack", damaged_at="y"))
    assert "THE REPOSITORY IS DAMAGED (since y): a pack" in said
    assert "the last upkeep failed (x): locked" not in said


def test_how_long_ago_it_was_proven() -> None:
    assert proof_words(Record()) == "last proven restore: never"
    rows, files = Record(proven_rows=1), Record(proven_files=1)
    assert proof_words(replace(rows, proven_at=ago(minutes=3))).endswith(", 3 min ago")
    assert proof_words(replace(files, proven_at=ago(hours=30))).endswith(", 30 h ago")
    assert proof_words(replace(rows, proven_at=ago(days=3))).endswith(", 3 days ago")
    nothing = proof_words(Record(proven_at=ago(days=3)))
    assert nothing.endswith(", 3 days ago, of 0 rows and 0 files")


def test_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.node", lambda: "here")
    record = Record(last_at="2026-11-22T00:00:00Z", last_size=7, failed="why")
    lines = metrics("shop", record, 0).splitlines()
    assert (
        'ansible_deploy_backup_last_success_timestamp_seconds{app="shop",host="here"} 1795305600'
        in lines
    )
    assert 'ansible_deploy_backup_failed{app="shop",host="here"} 1' in lines
    assert 'ansible_deploy_backup_proven_timestamp_seconds{app="shop",host="here"} 0' in lines
