"""What watches the sandbox's host, as tests see it: Prometheus, and what the receiver was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.hosts import SandboxHost
from tests.e2e.names import Names
from tests.sandbox.prometheus import Prometheus
from tests.waiting import wait_for

CHANNELS = ("ops", "night")


@dataclass(frozen=True)
class Watching:
    """The host, its Internet, its Prometheus, and the alerts that arrived since the beginning."""

    host: SandboxHost
    names: Names
    prometheus: Prometheus
    receiver: str
    begin: int

    def alerts(self, app: str, *, channel: str = "") -> list[tuple[str, str]]:
        """Which alerts about an app arrived, as name and status, in their order."""
        found = []
        log = self._log()
        for line in log.read_text().splitlines()[self.begin :] if log.exists() else ():
            request: dict[str, Any] = json.loads(line)
            if channel and request["path"] != f"/{channel}":
                continue
            for alert in request["body"]["alerts"]:
                if alert["labels"].get("app") == app:
                    found.append((alert["labels"]["alertname"], alert["status"]))
        return found

    def wait_for_alert(
        self, app: str, name: str, status: str = "firing", channel: str = ""
    ) -> None:
        """Wait until that alert arrived."""
        wait_for(
            lambda: (name, status) in self.alerts(app, channel=channel),
            say=lambda: f"{name} of {app} {status}; arrived: {self.alerts(app)}",
        )

    def is_up(self, app: str) -> bool:
        """Whether Prometheus sees the app answer."""
        return self.prometheus.ask(f'min(probe_success{{app="{app}"}})') == ["1"]

    def wait_until_up(self, app: str) -> None:
        """Wait until Prometheus sees the app answer."""
        wait_for(lambda: self.is_up(app), say=lambda: f"{app} is up")

    def set(self, *words: str, stdin: str | None = None) -> None:
        """Set what an operator sets."""
        self.host.dokku("ansible-deploy:set", *words, stdin=stdin)

    @property
    def folder(self) -> Path:
        """Where the plugin's files for the watching programs are."""
        return self.host.lib_root / "data/ansible-deploy/monitoring"

    def files(self, app: str) -> dict[str, bytes]:
        """All files about an app, by their place."""
        places = [
            f"targets/{app}.json",
            f"gatus/{app}.yaml",
            f"probes/{app}.json",
            *(f"metrics/{path.name}" for path in self.folder.glob(f"metrics/{app}_*.prom")),
        ]
        paths = ((place, self.folder / place) for place in places)
        return {place: path.read_bytes() for place, path in paths if path.exists()}

    def job(self, name: str, *, status: int = 0) -> None:
        """Run a job of the clock, as cron does."""
        answer = self.host.run(
            str(self.host.root / "bin/dokku"), f"ansible-deploy:{name}", "--scheduled"
        )
        assert answer.exit == status, answer.output

    def _log(self) -> Path:
        return self.host.root / "log/alerts.jsonl"


@pytest.fixture
def watching(names: Names) -> Iterator[Watching]:
    """A watched host with certificates, two channels, and no grace after deploys."""
    facts = json.loads((names.host.root / "etc/monitoring.json").read_text())
    log = names.host.root / "log/alerts.jsonl"
    begin = len(log.read_text().splitlines()) if log.exists() else 0
    prometheus = Prometheus(facts["prometheus"])
    found = Watching(names.host, names, prometheus, f"http://{facts['receiver']}", begin)
    found.set("--global", "acme-email", "ops@example.org")
    found.set("--global", "alert-grace", "2")
    found.set("--global", "rdap-server", "off")
    for channel in CHANNELS:
        words = f"webhook:{found.receiver}/{channel}"
        found.set("--global", "alert-channel", channel, stdin=words)
    yield found
    for channel in CHANNELS:
        found.set("--global", "alert-channel", channel, "--unset")
    for key in ("alert-grace", "rdap-server"):
        found.set("--global", key, "--unset")
