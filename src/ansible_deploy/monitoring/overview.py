"""What is known about each app at this moment, from files alone and two questions to Prometheus.

A record that cannot be read is told in its place (``unreadable``) and hides neither the rest of its
app nor another app.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from .. import files
from ..layout import GLOBAL, Layout
from ..record import State
from ..report import quantity
from ..settings import read_settings
from . import readings
from .backups_reading import Backups, read_backups
from .prometheus import Alert, Answer, ask
from .readings import Deploy, Nightly, Processes

UP, DOWN, UNKNOWN = "up", "down", "unknown"
DEPLOYS = 20
"""How many deploys of an app are told."""

T = TypeVar("T")


@dataclass(frozen=True)
class Overview:
    """One app. ``why`` tells why its state is unknown, and ``certificate`` when that ends.

    ``limits`` are the bounds at which somebody is told, where it has some. ``unreadable`` says
    of which subject what is there cannot be read; that field is empty then.
    """

    app: str
    state: str = UNKNOWN
    why: str = ""
    address: str = ""
    revision: str = ""
    pending: Mapping[str, str] = field(default_factory=dict)
    deploys: tuple[Deploy, ...] = ()
    certificate: datetime | None = None
    backups: Backups | None = None
    nightly: Nightly | None = None
    processes: Processes | None = None
    alerts: tuple[Alert, ...] = ()
    limits: Mapping[str, timedelta] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class HostOverview:
    """All apps of a host, and what fires about the host itself; or why that is not known."""

    at: datetime
    host: str
    apps: tuple[Overview, ...] = ()
    alerts: tuple[Alert, ...] = ()
    why: str = ""


def collect(layout: Layout, app: str = "") -> HostOverview:
    """Return what is known of one app, or of every app that has an accepted ``deploy.d``."""
    answer = ask(read_settings(layout, GLOBAL).values.get("prometheus", ""))
    named = _named(layout)
    names = [app] if app else apps(layout)
    overviews = tuple(_look(layout, name, answer, named) for name in names)
    host = named or _host(layout)
    alerts = tuple(each for each in answer.alerts if not each.app and each.host == host)
    return HostOverview(datetime.now(UTC), host, overviews, alerts, answer.why)


def apps(layout: Layout) -> list[str]:
    """The apps that have an accepted ``deploy.d``."""
    folders = (layout.data / "apps").glob("*/deploy.d")
    return sorted(folder.parent.name for folder in folders if folder.is_dir())


def _look(layout: Layout, app: str, answer: Answer, named: str) -> Overview:
    folder, unreadable = layout.app(app), {}

    def attempt(subject: str, read: Callable[[], T], nothing: T) -> T:
        try:
            return read()
        except readings.UNREADABLE as error:
            unreadable[subject] = f"{error}" or type(error).__name__
            return nothing

    state = attempt("record", lambda: readings.read_state_of(folder, app), State(origin=app))
    target, metrics = layout.monitoring.targets(app), layout.monitoring.metrics(app, "watch")
    labels = attempt("watch", lambda: readings.read_labels(target), None)
    host = named or (labels or {}).get("host", platform.node())
    none: tuple[list[Deploy], int] = ([], 0)
    deploys, broken = attempt("deploys", lambda: readings.read_deploys(folder, DEPLOYS), none)
    if broken:
        unreadable["deploys"] = f"{quantity(broken, 'line')} of {folder.deploys} cannot be read"
    word, why = _state((app, host), answer, is_watched=labels is not None)
    if "watch" in unreadable:
        why = f"{target} cannot be read"
    return Overview(
        app,
        word,
        why,
        state.address,
        next((each.revision for each in deploys if not each.exit), "") or state.revision,
        state.pending,
        tuple(deploys),
        attempt("certificate", lambda: readings.read_certificate(layout, app), None),
        attempt("backups", lambda: read_backups(folder), None),
        attempt("drift", lambda: readings.read_nightly(folder), None),
        attempt("processes", lambda: readings.read_processes(folder), None),
        tuple(each for each in answer.alerts if (each.app, each.host) == (app, host)),
        attempt("bounds", lambda: readings.read_limits(metrics), {}),
        unreadable,
    )


def _state(app: tuple[str, str], answer: Answer, *, is_watched: bool) -> tuple[str, str]:
    """One of the three states of an app on a host, and why it is unknown where it is."""
    if not is_watched:
        return UNKNOWN, "the app is not watched"
    if answer.why:
        return UNKNOWN, answer.why
    is_up = answer.is_up.get(app)
    if is_up is None:
        return UNKNOWN, "Prometheus knows of no probe of it yet"
    return (UP if is_up else DOWN), ""


def _named(layout: Layout) -> str:
    """What this host is called in Prometheus, once ``script/host`` has set that up."""
    try:
        return files.read_text(layout.monitoring.host).strip()
    except readings.UNREADABLE:
        return ""


def _host(layout: Layout) -> str:
    """The same of a Prometheus that others set up: what the apps' own targets say."""
    for target in sorted(layout.monitoring.path.glob("targets/*.json")):
        try:
            labels = readings.read_labels(target)
        except readings.UNREADABLE:
            continue
        if labels and labels.get("host"):
            return labels["host"]
    return platform.node()
