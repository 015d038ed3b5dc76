"""Reads how many processes an app should have, how many run, and whether it serves visitors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import proxy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .client import Dokku

COUNTED = "docker-local"
"""The scheduler whose containers `ps:report` counts: it lists files that only this one writes
(CONTAINER.web.1 …, Dokku 0.38.27, plugins/scheduler-docker-local; k3s has none)."""


@dataclass(frozen=True)
class Processes:
    """What `ps:scale` says, and how many containers `ps:report` calls running.

    `running` is None where Dokku does not count; `is_served` tells whether visitors are answered.
    """

    wanted: int
    running: int | None
    is_served: bool = True


def read(dokku: Dokku, app: str) -> Processes:
    """Returns the numbers; of an app that was never deployed no process is wanted."""
    report, counts = dokku.report("ps:report", app), scale(dokku, app)
    is_served = not unserved(proxy.read(dokku, app), counts)
    if dokku.report("scheduler:report", app)["computed-selected"] != COUNTED:
        return Processes(sum(counts.values()), None, is_served)
    if report["deployed"] != "true":
        return Processes(0, 0, is_served)
    states = [value for key, value in report.items() if key.startswith("status-")]
    running = sum(value.startswith("running") for value in states)
    return Processes(sum(counts.values()), running, is_served)


def scale(dokku: Dokku, app: str) -> dict[str, int]:
    """Returns how many processes of each type are wanted."""
    rows = dokku.json("ps:scale", app, "--format", "json")
    return {row["process_type"]: int(row["quantity"]) for row in rows}


def unserved(observed: proxy.Proxy, counts: Mapping[str, int]) -> str:
    """Returns why an app answers no visitors, as its operator wants it; "" where it should."""
    if not observed.is_enabled:
        return "its proxy is disabled"
    return "" if counts.get("web") else "it has no web process"
