"""Reads how many processes an app should have, and how many of them run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .client import Dokku


@dataclass(frozen=True)
class Processes:
    """What `ps:scale` says, and how many containers `ps:report` calls running."""

    wanted: int
    running: int


def read(dokku: Dokku, app: str) -> Processes:
    """Returns the numbers; of an app that was never deployed no process is wanted."""
    report = dokku.report("ps:report", app)
    if report["deployed"] != "true":
        return Processes(0, 0)
    rows = dokku.json("ps:scale", app, "--format", "json")
    states = [value for key, value in report.items() if key.startswith("status-")]
    running = sum(value.startswith("running") for value in states)
    return Processes(sum(int(row["quantity"]) for row in rows), running)
