"""The status page: one file of HTML that asks for nothing else, for a phone and a screen reader.

It may be public, so it tells what is wrong and not the texts of errors; ``ansible-deploy:status``
has these. Every value may come from a repository that nobody trusts (``markup`` escapes them).
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from .. import files
from ..bundle import FOLDER
from ..layout import Layout
from .attention import Notice, notices, spoken
from .markup import Markup, element
from .overview import DOWN, UNKNOWN, UP, HostOverview, Overview, collect
from .page_app import article
from .page_deploys import timeline
from .page_parts import ICONS, icon, moment, section

STYLE = Path(__file__).with_name("status_page.css")
WORDS = {DOWN: "down", UNKNOWN: "not known", UP: "up"}
FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<circle cx="8" cy="8" r="7" fill="{}"/></svg>'
)
COLOURS = {DOWN: "#c8372d", UNKNOWN: "#7a8494", UP: "#23895a"}


def write_page(layout: Layout) -> None:
    """Write the page anew from what is known now."""
    text = page(collect(layout))
    files.write(layout.monitoring.status_page, text, mode=files.PUBLIC)


def page(overview: HostOverview) -> str:
    """Return the whole page."""
    style = Markup(STYLE.read_text("utf-8"))
    states = Counter(app.state for app in overview.apps)
    headline = _headline(overview, states)
    look = {app.app: notices(app, overview.at) for app in overview.apps}
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style)),
        element("title", f"{headline} · {overview.host}"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="robots", content="noindex, nofollow"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("link", rel="icon", href=_favicon(_worst(states))),
        element("style", style),
    )
    title = element("h1", headline, class_=_worst(states))
    counts = _counts(states, sum(map(bool, look.values())))
    header = _header(overview, title, element("ul", *counts, class_="counts", role="list"))
    body = element("body", ICONS, header, _main(overview, look), _footer())
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _header(overview: HostOverview, title: Markup, counts: Markup) -> Markup:
    at = moment(overview.at, overview.at, is_long=True)
    return element(
        "header",
        element("p", overview.host, class_="host"),
        title,
        element("p", "As of ", at, class_="as-of"),
        counts if overview.apps else "",
    )


def _counts(states: Counter[str], look: int) -> Iterator[Markup]:
    for state, word in WORDS.items():
        if states[state]:
            yield element("li", icon(state), f"{states[state]} {word}", class_=f"count {state}")
    if look:
        yield element("li", icon("notice"), f"{look} to look at", class_="count notice")


def _main(overview: HostOverview, look: Mapping[str, Sequence[Notice]]) -> Markup:
    def rank(app: Overview) -> tuple[int, bool, str]:
        """What needs a person stands first."""
        return list(WORDS).index(app.state), not look[app.app], app.app

    cards = [
        element("li", article(app, overview.at, look[app.app], has_answer=not overview.why))
        for app in sorted(overview.apps, key=rank)
    ]
    none = element("p", f"No app has been deployed with a {FOLDER} yet.", class_="quiet")
    apps = element("ul", *cards, class_="apps", role="list") if cards else none
    return element(
        "main",
        section("alerts", "Alerts", _alerts(overview)),
        section("apps", "Apps", apps),
        section("deploys", "Deploys", timeline(overview)),
    )


def _headline(overview: HostOverview, states: Counter[str]) -> str:
    total = len(overview.apps)
    if not total:
        return "No apps yet"
    if not states[UP] and not states[DOWN]:
        return "Not known which apps are up"
    state = DOWN if states[DOWN] else UP
    count, verb = states[state], "is" if states[state] == 1 else "are"
    if total == 1:
        return f"{overview.apps[0].app} is {state}"
    return f"{'All' if count == total else f'{count} of'} {total} apps {verb} {state}"


def _worst(states: Counter[str]) -> str:
    return next((state for state in (DOWN, UNKNOWN) if states[state]), UP)


def _alerts(overview: HostOverview) -> Markup:
    if overview.why:
        text = "Prometheus could not be asked, so alerts and the state of apps are not known."
        return element("p", icon(UNKNOWN), text, class_="quiet")
    apps = [(alert, app.app) for app in overview.apps for alert in app.alerts]
    found = [*((alert, f"host {alert.host}") for alert in overview.alerts), *apps]
    if not found:
        return element("p", icon(UP), "No alert is firing.", class_="quiet")
    rows = [
        element(
            "li",
            icon("notice"),
            element("span", spoken(alert.name).capitalize(), class_="what"),
            element("span", where, class_="where"),
            class_="page" if alert.severity == "page" else "",
        )
        for alert, where in found
    ]
    return element("ul", *rows, class_="alerts", role="list")


def _footer() -> Markup:
    return element(
        "footer",
        element("p", "Times are in UTC. Details: ", element("code", "dokku ansible-deploy:status")),
    )


def _favicon(state: str) -> str:
    return f"data:image/svg+xml,{quote(FAVICON.format(COLOURS[state]))}"


def _policy(style: str) -> str:
    """Nothing but this very style and the icon in the page itself."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    rest = "base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; {rest}"
