"""No two apps, and no app and the host, have a file of monitoring in common."""

from __future__ import annotations

from pathlib import Path

from ansible_deploy.layout import MonitoringFolder


def test_names_of_apps_keep_their_files_apart() -> None:
    folder = MonitoringFolder(Path("/m"))
    apps = ["shop", "shop_deploy", "shop_deploy_jobs", "shop.prom", "jobs", "_jobs", ""]
    paths = {folder.metrics(app, kind) for app in apps for kind in ("watch", "deploy", "jobs")}
    assert len(paths) == len(apps) * 3


def test_the_host_has_a_file_of_its_own() -> None:
    assert MonitoringFolder(Path("/m")).metrics("", "jobs") == Path("/m/metrics/_jobs.prom")
