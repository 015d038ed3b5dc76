"""One app on the status page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from ..report import quantity
from . import readings
from .attention import SEEN, SEEN_PROCESSES, Notice, is_old
from .markup import Markup, element, joined
from .overview import DOWN, UNKNOWN, UP, Overview
from .page_parts import day, icon, moment

STATES = {UP: "Up", DOWN: "Down", UNKNOWN: "Not known"}
NOT_KNOWN = "not known"


def article(app: Overview, now: datetime, notices: Sequence[Notice], *, has_answer: bool) -> Markup:
    """Return the card of an app: its state, what to look at, and the facts.

    Why a state is unknown stands here where Prometheus did answer; else it is the same for all.
    """
    state = element("p", icon(app.state), STATES[app.state], class_=f"state {app.state}")
    look = [element("li", icon("notice"), notice.text) for notice in notices]
    facts = [
        element("div", element("dt", key), element("dd", value)) for key, value in _facts(app, now)
    ]
    return element(
        "article",
        element("div", element("h3", app.app), state, class_="name"),
        _address(app.address),
        element("p", app.why, class_="why") if has_answer and app.why else "",
        element("ul", *look, class_="notices", role="list") if look else "",
        element("dl", *facts),
        _strip(app),
        class_=app.state,
    )


def _facts(app: Overview, now: datetime) -> Iterator[tuple[str, Markup]]:
    yield "Certificate", _certificate(app, now)
    yield "Last backup", _backup(app, now, "last_at")
    yield "Proven restore", _backup(app, now, "proven_at")
    yield "Drift", _drift(app, now)
    yield "Processes", _processes(app, now)
    domains = app.nightly.domains if app.nightly else {}
    for name, end in domains.items():
        yield f"Domain {name}" if len(domains) > 1 else "Domain", _until(end, now)
    if app.revision:
        yield "Revision", element("code", app.revision[:8])


def _certificate(app: Overview, now: datetime) -> Markup:
    if app.certificate:
        return _until(app.certificate, now)
    is_somewhere = "certificate" in app.unreadable or app.address.startswith("https:")
    return joined(NOT_KNOWN if is_somewhere else "none")


def _until(end: datetime, now: datetime) -> Markup:
    days = (end - now).days
    words = "ended" if days < 0 else quantity(days, "day")
    date = element("time", day(end, now), datetime=f"{end:%Y-%m-%d}")
    return joined(words, element("small", " until " if days >= 0 else " on ", date))


def _backup(app: Overview, now: datetime, field: str) -> Markup:
    if app.backups is None:
        return joined(NOT_KNOWN)
    never = "never" if app.backups.is_scheduled else "not set up"
    at = getattr(app.backups.record, field)
    return moment(readings.moment(at), now) if at else joined(never)


def _drift(app: Overview, now: datetime) -> Markup:
    if app.nightly is None or is_old(app.nightly.at, now, SEEN):
        return joined(NOT_KNOWN)
    return joined(quantity(len(app.nightly.drift), "thing") if app.nightly.drift else "none")


def _processes(app: Overview, now: datetime) -> Markup:
    found = app.processes
    if found is None or is_old(found.at, now, SEEN_PROCESSES):
        return joined(NOT_KNOWN)
    return joined(f"{found.running} of {found.wanted} running")


def _strip(app: Overview) -> Markup | str:
    """The last deploys as a row of marks, the newest on the right."""
    if not app.deploys:
        return element("p", "No deploys recorded", class_="strip-words")
    marks = [element("i", class_=deploy.outcome) for deploy in reversed(app.deploys)]
    failed = sum(1 for deploy in app.deploys if deploy.exit)
    words = f"{quantity(len(app.deploys), 'deploy')}, {failed or 'none'} failed"
    return joined(
        element("p", words, class_="strip-words"),
        element("div", *marks, class_="strip", aria_hidden="true"),
    )


def _address(address: str) -> Markup | str:
    if not address:
        return ""
    text = address.partition("://")[2].rstrip("/") or address
    if not re.match(r"https?://", address):
        return element("p", address, class_="address")
    return element("p", element("a", text, href=address, rel="noreferrer"), class_="address")
