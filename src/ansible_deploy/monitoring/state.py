"""How many processes of an app run, how many should, and whether it should answer visitors.

Looked at every few minutes, and after a deploy that is no release.
"""

from __future__ import annotations

from time import time

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import processes
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.metrics import (
    Gauge,
    exposition,
    labels,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import now

from .. import files
from ..context import Context


def look(context: Context) -> None:
    """Write down what Dokku says; raises DokkuError where it says nothing."""
    found = processes.read(context.dokku, context.app)
    if not context.folder.path.is_dir():
        return
    about = labels(context.app)
    wanted = "1 where visitors should be answered: a web process is wanted, and the proxy enabled"
    gauges = [Gauge("web_wanted", wanted, [(about, int(found.is_served))])]
    if found.running is None:  # nobody can tell, and that is no process that is missing
        files.remove(context.folder.processes)
    else:
        _record(context, found.wanted, found.running)
        values = (
            ("wanted", "How many processes the app should have", found.wanted),
            ("running", "How many of them run", found.running),
            ("timestamp_seconds", "When that was looked at", int(time())),
        )
        gauges += [Gauge(f"processes_{n}", what, [(about, v)]) for n, what, v in values]
    path = context.layout.monitoring.metrics(context.app, "state")
    files.write(path, exposition(*gauges), mode=files.PUBLIC)


def _record(context: Context, wanted: int, running: int) -> None:
    files.write_json(context.folder.processes, {"at": now(), "wanted": wanted, "running": running})
