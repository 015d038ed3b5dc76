"""The upkeep of a real repository: each part of its data is read in turn, and damage is kept."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import restic
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Repository
from ansible_deploy import files
from ansible_deploy.backups.job import Job
from ansible_deploy.backups.record import Record, read_record, write_record
from ansible_deploy.backups.standing import problems
from ansible_deploy.backups.target import Target
from ansible_deploy.backups.upkeep import SLICES, keep_up
from ansible_deploy.context import Context
from ansible_deploy.desired import load_desired
from ansible_deploy.errors import HostError
from ansible_deploy.layout import Layout
from ansible_deploy.report import Report
from ansible_deploy.settings import read_settings


@pytest.fixture
def job(on_disk: Repository, tmp_path: Path) -> Job:
    """An app's job, with some data at its target."""
    layout = Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)
    settings = read_settings(layout, "shop")
    context = Context("shop", layout, settings, Dokku(), Report(io.StringIO()))
    files.make_folder(context.folder.accepted)
    (context.folder.accepted / "deploy.yml").write_text("port: 5000\n", "utf-8")
    target = Target("main", on_disk.address, True, Path(on_disk.password_file), None)
    restic.save_bytes(on_disk, b"x" * 1000, "x", ["app:other"])
    return Job(context, load_desired(context, context.folder.accepted), target, on_disk)


def a_week_later(job: Job, **known: object) -> Record:
    """Let a week pass, less the time that a job takes, and keep up; return the record."""
    then = datetime.now(UTC) - timedelta(days=7) + timedelta(minutes=30)
    record = read_record(job.context.folder)
    record = replace(record, maintained=f"{then:%Y-%m-%dT%H:%M:%SZ}", **known)  # type: ignore[arg-type]
    write_record(job.context.folder, record)
    keep_up(job)
    return read_record(job.context.folder)


def test_each_week_the_next_part_is_read(job: Job) -> None:
    keep_up(job)
    assert read_record(job.context.folder).checked == 1
    keep_up(job)
    assert read_record(job.context.folder).checked == 1, "it was read a second time in a week"
    assert a_week_later(job).checked == 2
    assert a_week_later(job, checked=SLICES).checked == 1


def test_damage_is_told_until_the_part_where_it_was_is_whole(job: Job, on_disk: Repository) -> None:
    job = replace(job, target=replace(job.target, can_prune=False))
    pack = next(path for path in Path(on_disk.address, "data").rglob("*") if path.is_file())
    whole, number = pack.read_bytes(), int(pack.name[:2], 16) % SLICES + 1
    pack.chmod(0o600)
    pack.write_bytes(whole[:10] + bytes([whole[10] ^ 255]) + whole[11:])
    folder = job.context.folder
    for _ in range(2):
        with pytest.raises(HostError, match="damaged"):
            a_week_later(job, checked=number - 1)
        write_record(folder, replace(read_record(folder), failed=""))  # as a good backup does
        record = read_record(folder)
        assert (record.checked, "damaged" in record.damaged) == (number - 1, True)
        assert any("THE REPOSITORY IS DAMAGED" in line for line in problems(folder, record))
        assert "backup_damaged{" in folder.backups_metrics.read_text("utf-8")
    pack.write_bytes(whole)
    record = a_week_later(job, upkeep_failed="damaged")
    assert (record.checked, record.damaged, record.damaged_at) == (number, "", "")
    assert record.upkeep_failed == ""


def test_what_is_known_of_a_repository_is_not_told_of_another() -> None:
    record = Record(repository="1", damaged="x", damaged_at="x", checked=3, maintained="x")
    assert record.using("1", "/there", "main").damaged == "x"
    assert record.using("2", "/there", "main") == Record("2", "/there", "main")
