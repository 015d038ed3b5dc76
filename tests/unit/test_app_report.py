"""The report shows every setting, those with a name each for itself, and of secrets only a mark."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_deploy.app_report import collect
from ansible_deploy.layout import GLOBAL, Layout
from ansible_deploy.setting_table import SETTINGS
from ansible_deploy.settings import write_setting


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A host with a target of backups for all, and a password of one app's own."""
    monkeypatch.setenv("DOKKU_LIB_ROOT", str(tmp_path / "lib"))
    monkeypatch.setenv("DOKKU_ROOT", str(tmp_path / "home"))
    layout = Layout.from_environment()
    write_setting(layout, GLOBAL, "backup-target.offsite", "sftp:nas:/dokku")
    write_setting(layout, GLOBAL, "backup-password.offsite", "tops3cret")
    write_setting(layout, "shop", "backup-password.offsite", "0ther s3cret")
    return layout


def test_the_settings_for_all(layout: Layout) -> None:
    report = collect(layout, GLOBAL)
    assert report["global-backup-target-offsite"] == "sftp:nas:/dokku"
    assert report["global-backup-password-offsite"] == "***"
    plain = {
        f"global-{key}"
        for key, setting in SETTINGS.items()
        if not (setting.is_named or setting.is_own)
    }
    assert {key for key in report if "offsite" not in key} == plain


def test_the_settings_of_an_app(layout: Layout) -> None:
    report = collect(layout, "shop")
    assert "backup-target-offsite" not in report
    assert report["computed-backup-target-offsite"] == "sftp:nas:/dokku"
    assert report["backup-password-offsite"] == "***"
    assert (report["backup-wait"], report["computed-backup-wait"]) == ("", "300")


def test_an_app_does_not_show_what_is_the_hosts(layout: Layout) -> None:
    hosts = {key for key, setting in SETTINGS.items() if setting.is_host}
    assert hosts
    report = collect(layout, "shop")
    assert not {f"{scope}{key}" for key in hosts for scope in ("", "computed-")} & report.keys()


def test_no_secret_is_reported(layout: Layout) -> None:
    values = [*collect(layout, GLOBAL).values(), *collect(layout, "shop").values()]
    assert not any("s3cret" in value for value in values)
