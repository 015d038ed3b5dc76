"""The host of which the documentation has a picture: apps that are well, and apps that are not."""

from __future__ import annotations

from datetime import timedelta

from ansible_deploy import files
from ansible_deploy.layout import AppFolder, Layout
from tests import made_certificates
from tests.made_host import (
    HOST,
    Prometheus,
    add_app,
    add_backups,
    add_deploys,
    add_nightly,
    add_processes,
    ago,
    ahead,
    revision,
)

DOWN = {"alertname": "AppDown", "severity": "page", "app": "shop", "host": HOST}
FULL = {"alertname": "DiskFills", "severity": "warn", "host": HOST}


def fill(layout: Layout, prometheus: Prometheus) -> None:
    """Six apps: one is down, two are to be looked at, of one it is not known."""
    add_backups(_app(layout, "guestbook", days=82, deploys=19), last_at=ago(minutes=38))
    add_backups(_app(layout, "wiki", days=61, deploys=7, drift=["domains + old.example.org"]))
    add_backups(
        _app(layout, "shop", days=12, deploys=14, exit_code=1, running=0),
        failed="offsite: no space left",
        failed_at=ago(hours=2),
        last_at=ago(days=1),
        proven_at=ago(days=5),
    )
    add_backups(_app(layout, "newsletter", days=47, deploys=11, running=2))
    _app(layout, "landing-page", days=70, deploys=3)
    add_app(layout, "intranet", address="http://intranet.example.org")
    prometheus.probes |= {"guestbook": 1, "wiki": 1, "shop": 0, "newsletter": 1, "landing-page": 1}
    prometheus.alerts += [FULL, DOWN]


def _app(
    layout: Layout,
    app: str,
    *,
    days: int,
    deploys: int,
    exit_code: int = 0,
    running: int = 1,
    drift: list[str] | None = None,
) -> AppFolder:
    good = deploys - 1 if exit_code == 0 else deploys - 2
    folder = add_app(layout, app, revision=revision(good))
    pair = made_certificates.make((f"{app}.example.org",), end=timedelta(days=days, hours=5))
    files.write(layout.dokku_root / app / "tls" / "server.crt", pair.certificate)
    hours = [30.2 * number + len(app) + days / 7 for number in range(deploys, 0, -1)]
    outcomes = [int(number % 7 == 4) for number in range(deploys - 1)] + [exit_code]
    add_deploys(folder, *((ago(hours=h), o) for h, o in zip(hours, outcomes, strict=True)))
    add_nightly(folder, *(drift or []), domains={"example.org": ahead(155.5)})
    add_processes(folder, max(running, 1), running)
    return folder
