"""One app as it is watched: what the role *monitoring* is told, and what goes with the app."""

from __future__ import annotations

import platform

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import monitoring_files

from .. import files
from ..context import Context
from ..desired import Desired
from ..layout import GLOBAL, PLUGIN_NAME, Layout
from ..moment import Moment
from ..settings import read_settings
from .channels import DEFAULT, chosen, visible
from .thresholds import thresholds

KINDS = (
    "watch",
    "deploy",
    "maintenance",
    "backups",
    "state",
    "status-failed",
    "nightly",
    "nightly-failed",
)
"""The metrics that an app has, each in a file of its own."""


def variables(context: Context, desired: Desired, moment: Moment) -> dict[str, object]:
    """Return the variables of the role *monitoring* that follow from the host."""
    wish, settings = desired.manifest.monitoring, context.settings
    certificate = context.layout.dokku_root / context.app / "tls" / "server.crt"
    told = chosen(context.layout, context.app, wish.alerts)
    return {
        "monitoring_directory": str(context.layout.monitoring.path),
        "monitoring_host": platform.node(),
        "monitoring_ports": [str(each) for each in desired.manifest.ports.mappings],
        "monitoring_certificate": str(certificate) if desired.manifest.tls.is_on else "",
        "monitoring_revision": moment.revision,
        "monitoring_channels": list(told),
        "monitoring_thresholds": thresholds(desired),
        "monitoring_proxy": settings["probe-proxy"],
        "monitoring_reload": list(settings.words("monitoring-reload")),
        "monitoring_notes": _notes(context, told),
    }


def _notes(context: Context, told: tuple[str, ...]) -> list[str]:
    """Say what the operator has not set up yet, or who is told."""
    if not context.settings["prometheus"]:
        return ["nothing looks at it yet: docs/monitoring.md, host set-up"]
    names = list(visible(context.layout, context.app)) if DEFAULT in told else list(told)
    if not names:
        command = f"dokku {PLUGIN_NAME}:set {GLOBAL} alert-channel NAME < FILE"
        return [f"nobody is told; the operator first runs: {command}"] if told else []
    return [f"told: {', '.join(names)}"]


def forget(context: Context) -> None:
    """Take away all that is about an app that is gone, and nothing else."""
    folder, app = context.layout.monitoring, context.app
    for place in monitoring_files.read(folder.path, app):
        files.remove(folder.path / place)
    for kind in KINDS:
        files.remove(folder.metrics(app, kind))
    tell_probes(context.layout)


def tell_probes(layout: Layout) -> None:
    """Have the blackbox exporter forget the probes of apps without files; a push tells of its own.

    ``launch`` takes the files of an app without ``deploy.d`` away, and that the next job sees.
    """
    if layout.monitoring.blackbox.exists():
        settings = read_settings(layout, GLOBAL)
        servers = settings.words("monitoring-reload")
        monitoring_files.configure_probes(layout.monitoring.path, settings["probe-proxy"], servers)
