"""How many processes of an app run, and how many should: looked at every few minutes."""

from __future__ import annotations

from datetime import UTC, datetime
from time import time

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import processes
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.metrics import (
    Gauge,
    exposition,
    labels,
)

from .. import files
from ..context import Context


def look(context: Context) -> None:
    """Write down what Dokku says; raises DokkuError where it says nothing."""
    found = processes.read(context.dokku, context.app)
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    record = {"at": now, "wanted": found.wanted, "running": found.running}
    if not context.folder.path.is_dir():
        return
    files.write_json(context.folder.processes, record)
    about = labels(context.app)
    values = (
        ("wanted", "How many processes the app should have", found.wanted),
        ("running", "How many of them run", found.running),
        ("timestamp_seconds", "When that was looked at", int(time())),
    )
    text = exposition(*(Gauge(f"processes_{n}", what, [(about, v)]) for n, what, v in values))
    path = context.layout.monitoring.metrics(context.app, "state")
    files.write(path, text, mode=files.PUBLIC)
