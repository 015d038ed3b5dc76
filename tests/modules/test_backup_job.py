"""The module that sets up backups: the crontab's lines, and a repository of the real restic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import backup_job, restic
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku

if TYPE_CHECKING:
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.change import Result

LINES = ["17 3 * * *;dokku ansible-deploy:backup shop --scheduled"]


@dataclass(frozen=True)
class Job:
    """A job in a folder of its own; `asked` are the module's options."""

    folder: Path
    asked: dict[str, Any]

    def run(self, *, check: bool = False, **asked: Any) -> Result:
        return backup_job.converge(Dokku(), {**self.asked, **asked}, check=check)

    @property
    def written(self) -> str:
        path = self.folder / "cron-entries"
        return path.read_text() if path.exists() else ""

    @property
    def repository(self) -> restic.Repository:
        return restic.Repository(str(self.folder / "target/shop"), self.asked["password_file"])


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """An app whose backups are to go to an empty target."""
    (tmp_path / "password").write_text("secret")
    (tmp_path / "target").mkdir()
    asked = {
        "app": "shop",
        "origin": "shop",
        "file": str(tmp_path / "cron-entries"),
        "lines": LINES,
        "phrase": "every day at 03:17",
        "target": "offsite",
        "was": "",
        "repository": str(tmp_path / "target/shop"),
        "password_file": str(tmp_path / "password"),
        "credentials_file": "",
        "cache": "",
        "known": False,
        "notes": ["last proven restore: never"],
        "warnings": ["the last backup failed"],
        "state": "present",
    }
    return Job(tmp_path, asked)


def shown(result: Result) -> list[str]:
    return [f"{change.sign} {change.subject}" for change in result.changes]


def test_check_mode_tells_and_writes_nothing(job: Job) -> None:
    assert shown(job.run(check=True)) == ["+ every day at 03:17 to offsite"]
    assert not job.written
    assert not list((job.folder / "target").iterdir())


def test_lines_and_repository_are_made_once(job: Job) -> None:
    first = job.run()
    assert shown(first) == ["+ every day at 03:17 to offsite"]
    assert job.written == f"{LINES[0]}\n"
    assert first.facts["backups"]["repository"] == restic.identity(job.repository)
    assert first.notes == ("last proven restore: never",)
    assert first.warnings == ("the last backup failed",)
    assert shown(job.run(known=True)) == []


def test_another_time_and_another_target_are_told(job: Job) -> None:
    job.run()
    later = job.run(lines=["0 4 * * *;true"], phrase="every day at 04:00", known=True)
    assert shown(later) == ["~ every day at 04:00 to offsite"]
    moved = job.run(lines=["0 4 * * *;true"], phrase="every day at 04:00", was="elsewhere")
    assert shown(moved) == ["~ every day at 04:00 to offsite"]


def test_absent_takes_the_lines_away_and_leaves_the_backups(job: Job) -> None:
    job.run()
    assert shown(job.run(state="absent")) == ["- backups"]
    assert not job.written
    assert restic.identity(job.repository)
    assert shown(job.run(state="absent")) == []


def test_backups_from_before_wait_for_a_person(job: Job) -> None:
    restic.create(job.repository)
    restic.save_bytes(job.repository, b"seal", "backup.tar", ("app:shop", "seal"))
    result = job.run()
    assert "1 backup of shop from before is there" in result.pending
    assert "dokku ansible-deploy:restore shop" in result.pending
    assert not result.facts
    assert job.written


def test_a_target_that_is_away_is_told_and_stops_nothing(job: Job) -> None:
    (job.folder / "target").rmdir()
    result = job.run()
    assert result.pending.startswith("offsite: ")
    assert job.written


def test_a_wrong_password_is_told(job: Job) -> None:
    restic.create(job.repository)
    (job.folder / "other").write_text("wrong")
    other = replace(job, asked={**job.asked, "password_file": str(job.folder / "other")})
    assert "password" in other.run().pending
