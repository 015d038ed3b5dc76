"""One app's status for people, in lines of Dokku's style."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ..report import INDENT
from .attention import notices, spoken
from .overview import HostOverview, Overview
from .readings import Deploy, moment
from .wording import age, printable

KEY = 16
NOT_KNOWN = "not known"


def one_app(overview: HostOverview) -> Iterator[str]:
    """Yield the lines about the app of an overview of one; times are in UTC."""
    app, now = overview.apps[0], overview.at
    yield f"=====> {app.app} is {spoken_state(app)}" + (
        f": {printable(app.why)}" if app.why else ""
    )
    for key, value in _facts(app, now).items():
        yield f"{INDENT}{key + ':':<{KEY}} {printable(value)}"
    for number, deploy in enumerate(app.deploys):
        label = "" if number else "Deploys:"
        yield f"{INDENT}{label:<{KEY}} {printable(_deploy(deploy))}".rstrip()
    for notice in notices(app, now):
        yield f" !     {printable(str(notice))}"


def spoken_state(app: Overview) -> str:
    """``up``, ``DOWN`` or ``not known``: what is bad is seen without colour."""
    return {"up": "up", "down": "DOWN"}.get(app.state, NOT_KNOWN)


def _facts(app: Overview, now: datetime) -> dict[str, str]:
    facts = {
        "Address": app.address or "none",
        "Revision": app.revision or "none",
        "Alerts": ", ".join(spoken(alert.name) for alert in app.alerts) or "none",
        "Certificate": _certificate(app, now),
        "Last backup": _backup(app, now),
        "Proven restore": _proof(app, now),
        "Drift": _drift(app, now),
        "Processes": _processes(app, now),
    }
    for name, end in app.nightly.domains.items() if app.nightly else ():
        facts[f"Domain {name}"] = f"until {end:%Y-%m-%d}"
    if not app.deploys:
        facts["Deploys"] = NOT_KNOWN if "deploys" in app.unreadable else "none recorded"
    return facts


def _certificate(app: Overview, now: datetime) -> str:
    if app.certificate:
        return f"until {app.certificate:%Y-%m-%d}, {(app.certificate - now).days} days"
    is_secret = "certificate" in app.unreadable or app.address.startswith("https:")
    return f"{NOT_KNOWN} (nginx has none)" if is_secret else "none"


def _backup(app: Overview, now: datetime) -> str:
    if app.backups is None:
        return NOT_KNOWN
    record = app.backups.record
    if not record.last_at:
        return "never" if app.backups.is_scheduled else "none are set up"
    return f"{_at(record.last_at, now)}, {record.last_reason}".rstrip(", ")


def _proof(app: Overview, now: datetime) -> str:
    if app.backups is None:
        return NOT_KNOWN
    return _at(app.backups.record.proven_at, now) if app.backups.record.proven_at else "never"


def _drift(app: Overview, now: datetime) -> str:
    if app.nightly is None:
        return NOT_KNOWN if "drift" in app.unreadable else "not looked at yet"
    words = "; ".join(app.nightly.drift) or "none"
    return f"{words} ({age(now - app.nightly.at)} ago)"


def _processes(app: Overview, now: datetime) -> str:
    found = app.processes
    if found is None:
        return NOT_KNOWN if "processes" in app.unreadable else "not looked at yet"
    return f"{found.running} of {found.wanted} run ({age(now - found.at)} ago)"


def _deploy(deploy: Deploy) -> str:
    at = f"{deploy.at:%Y-%m-%d %H:%M}"
    return f"{at}  {deploy.outcome:<6}  {deploy.revision[:8] or '-':<8}  {deploy.source}"


def _at(text: str, now: datetime) -> str:
    at = moment(text)
    return f"{at:%Y-%m-%d %H:%M}, {age(now - at)} ago"
