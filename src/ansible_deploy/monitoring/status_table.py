"""``ansible-deploy:status``: how the apps are, as a table that fits 80 columns, or one in lines.

``--format json`` prints an object a line for each app, by the conventions of Dokku's reports.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime

from ..bundle import FOLDER
from ..cli import check_app, parse
from ..context import make_context
from ..errors import DeployError
from ..layout import Layout
from ..report import INDENT, Report
from .attention import SEEN, is_old, notices, spoken
from .jobs import STATE, run_job
from .overview import DOWN, UP, HostOverview, Overview, collect
from .readings import moment
from .status_json import as_object
from .status_lines import one_app
from .wording import age, printable, shortened

WIDTH = 80
ROW = (16, 8, 12, 9, 9, 6, 14)
TITLES = ("App", "State", "Certificate", "Backup", "Proven", "Drift", "Last deploy")
NONE, NOT_KNOWN = "-", "?"
"""What does not apply, or was never set up; and what there may be, but nobody can tell."""


def status(words: list[str]) -> int:
    """Print how all apps are, or one; by the clock look at each, and write the page anew."""
    given = parse(words, ("--format",), ("--scheduled",))
    if "--scheduled" in given.options:
        return run_job(given, STATE)
    layout, report = Layout.from_environment(), Report()
    is_one = given.plain or os.environ.get("DOKKU_APP_NAME")  # dokku --app APP
    app = given.one("an app to run the command on") if is_one else ""
    if app and not layout.app(app).accepted.is_dir():
        check_app(make_context(app))
        raise DeployError(f"{app} has no accepted {FOLDER}; push it first")
    overview, is_json = collect(layout, app), given.is_json
    for line in _json(overview) if is_json else one_app(overview) if app else table(overview):
        report.line(line)
    return 0


def table(overview: HostOverview) -> Iterator[str]:
    """Yield the lines about all apps; what is to be looked at stands below, a line each."""
    yield shortened(f"=====> Apps of {printable(overview.host)}", WIDTH)
    if not overview.apps:
        yield f"{INDENT}none with a {FOLDER} yet"
        return
    yield _line(TITLES)
    for app in overview.apps:
        yield _line(_row(app, overview.at))
    yield from (shortened(f" !     {printable(text)}", WIDTH) for text in _warnings(overview))


def _warnings(overview: HostOverview) -> Iterator[str]:
    if overview.why:
        yield f"which apps are up is not known: {overview.why}"
    for alert in overview.alerts:
        yield f"alert about this host: {spoken(alert.name)}"
    for app in overview.apps:
        yield from (f"{app.app}: {notice}" for notice in notices(app, overview.at))


def _json(overview: HostOverview) -> Iterator[str]:
    for app in overview.apps:
        yield json.dumps(as_object(app, overview.at), separators=(",", ":"))


def _line(cells: tuple[str, ...]) -> str:
    text = "".join(f"{shortened(c, w - 1):<{w}}" for c, w in zip(cells, ROW, strict=True))
    return f"{INDENT}{text}".rstrip()


def _row(app: Overview, now: datetime) -> tuple[str, ...]:
    state = {UP: "up", DOWN: "DOWN"}.get(app.state, "unknown")
    cells = (_certificate(app, now), *_backups(app, now), _drift(app, now), _deploy(app, now))
    return (printable(app.app), state, *cells)


def _certificate(app: Overview, now: datetime) -> str:
    if app.certificate is None:
        is_somewhere = "certificate" in app.unreadable or app.address.startswith("https:")
        return NOT_KNOWN if is_somewhere else NONE
    days = (app.certificate - now).days
    return "ENDED" if days < 0 else f"{days} d left"


def _backups(app: Overview, now: datetime) -> tuple[str, str]:
    """How the last backup and the last proof stand."""
    found = app.backups
    if found is None:
        return NOT_KNOWN, NOT_KNOWN
    never = "never" if found.is_scheduled else NONE

    def cell(failed: str, late: str, at: str) -> str:
        done = age(now - moment(at)) if at else never
        return "FAILED" if failed else "LATE" if late else done

    record = found.record
    return (
        cell(record.failed, found.missed, record.last_at),
        cell(record.disproven, found.missed_proof, record.proven_at),
    )


def _drift(app: Overview, now: datetime) -> str:
    if app.nightly is None or is_old(app.nightly.at, now, SEEN):
        return NOT_KNOWN
    return str(len(app.nightly.drift) or "none")


def _deploy(app: Overview, now: datetime) -> str:
    if not app.deploys:
        return NOT_KNOWN if "deploys" in app.unreadable else NONE
    last = app.deploys[0]
    return ("FAILED " if last.exit else "") + age(now - last.at)
