"""What the clock does for the host: its lines of the crontab, and what they leave behind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_deploy.context import Context, make_context
from ansible_deploy.errors import HostError
from ansible_deploy.layout import Layout
from ansible_deploy.monitoring import jobs, nightly
from ansible_deploy.report import Report


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setenv("DOKKU_LIB_ROOT", str(tmp_path / "lib"))
    monkeypatch.setenv("DOKKU_ROOT", str(tmp_path / "home"))
    return Layout.from_environment()


def settle(layout: Layout) -> bool:
    return jobs.settle(layout, Report())


def watch(layout: Layout, app: str) -> None:
    path = layout.monitoring.targets(app)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[]")


def test_jobs_are_on_the_crontab_while_an_app_is_watched(layout: Layout) -> None:
    assert not settle(layout)
    watch(layout, "shop")
    assert settle(layout)
    assert not settle(layout)
    status, plan = layout.monitoring.cron_entries.read_text().splitlines()
    assert status == "*/5 * * * *;dokku ansible-deploy:status --scheduled"
    assert plan.endswith(";dokku ansible-deploy:plan --scheduled")
    layout.monitoring.targets("shop").unlink()
    assert settle(layout)
    assert not layout.monitoring.cron_entries.exists()


def test_jobs_are_missed_from_when_they_are_needed(layout: Layout) -> None:
    """Else nobody would be told that the crontab was never read."""
    settle(layout)
    due = layout.monitoring.metrics("", "due")
    assert not due.exists()
    watch(layout, "shop")
    settle(layout)
    before = due.read_text()
    names = re.findall('job_name="(.*)"} [0-9]+$', before, re.MULTILINE)
    assert names == [jobs.STATE, jobs.NIGHTLY]
    inode = due.stat().st_ino
    settle(layout)
    assert due.stat().st_ino == inode, "it says when that began"


def test_the_probe_of_an_app_without_files_is_no_longer_known(layout: Layout) -> None:
    root = layout.monitoring.path
    (root / "probes").mkdir(parents=True)
    (root / "probes/shop.json").write_text('{"app_shop": {"prober": "http"}}')
    layout.monitoring.blackbox.write_text("{}")
    jobs.run(layout, jobs.STATE)
    assert "app_shop" in layout.monitoring.blackbox.read_text()
    (root / "probes/shop.json").unlink()
    jobs.run(layout, jobs.STATE)
    assert "app_shop" not in layout.monitoring.blackbox.read_text()


def test_jobs_that_are_not_needed_are_not_missed(layout: Layout) -> None:
    watch(layout, "shop")
    paths = [layout.monitoring.metrics("", kind) for kind in ("status", "due")]
    paths[0].parent.mkdir(parents=True)
    paths[0].write_text("")
    settle(layout)
    assert all(path.exists() for path in paths)
    layout.monitoring.targets("shop").unlink()
    settle(layout)
    assert not any(path.exists() for path in paths)


def test_what_fails_for_one_app_stops_no_other(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is no dokku here, so each app fails, and each is told."""
    monkeypatch.setenv("PATH", "")
    for app in ("blog", "shop"):
        watch(layout, app)
    assert jobs.run(layout, jobs.STATE) == 1
    said = capsys.readouterr().out
    assert [line.split(":")[0] for line in said.splitlines()] == [" !     blog", " !     shop"]
    text = layout.monitoring.metrics("", "status").read_text()
    assert "job_failed" in text
    assert 'job_name="status"} 1\n' not in text, "the job itself is well"
    for app in ("blog", "shop"):
        told = layout.monitoring.failed(app, "status").read_text()
        assert re.search(
            f'^ansible_deploy_look_failed{{app="{app}",.*job_name="status"}} 1$', told, re.M
        )
    assert layout.monitoring.status_page.exists()


def test_a_bug_that_shows_with_one_app_is_kept_and_stops_no_other(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    looked_at: list[str] = []

    def look(context: Context) -> None:
        looked_at.append(context.app)
        if context.app == "blog":
            raise KeyError("eventDate")

    monkeypatch.setitem(jobs.JOBS, jobs.NIGHTLY, look)
    for app in ("blog", "shop"):
        watch(layout, app)
    assert jobs.run(layout, jobs.NIGHTLY) == 1
    assert looked_at == ["blog", "shop"]
    (kept,) = (layout.data / "errors").iterdir()
    assert "KeyError: 'eventDate'" in kept.read_text()
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(
        f"an unexpected error in the job nightly for blog; please report it with {kept}"
    )
    assert 'job_name="nightly"} 1\n' in layout.monitoring.metrics("", "nightly").read_text()


def test_what_failed_for_an_app_is_told_until_it_does_not(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(layout, "shop")
    (layout.data / "apps/shop").mkdir(parents=True)
    path = layout.monitoring.failed("shop", jobs.NIGHTLY)

    def fail(_: Context) -> None:
        raise HostError("vault.yml cannot be read")

    def succeed(_: Context) -> None:
        return

    for look, is_told in ((fail, True), (succeed, False), (fail, True)):
        monkeypatch.setitem(jobs.JOBS, jobs.NIGHTLY, look)
        assert jobs.run(layout, jobs.NIGHTLY) == int(is_told)
        assert path.exists() == is_told
    nightly.forget_drift(make_context("shop"))
    assert not path.exists(), "all of it was provisioned since"


def test_of_an_app_that_went_meanwhile_nothing_stays(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(layout, "shop")

    def vanish(_: Context) -> None:
        layout.monitoring.targets("shop").unlink()
        raise HostError("no such file")

    monkeypatch.setitem(jobs.JOBS, jobs.NIGHTLY, vanish)
    jobs.run(layout, jobs.NIGHTLY)
    assert not layout.monitoring.failed("shop", jobs.NIGHTLY).exists()
