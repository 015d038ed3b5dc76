"""The last deploys of all apps on the status page, day by day."""

from __future__ import annotations

from itertools import groupby

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import timestamp

from .markup import Markup, element
from .overview import HostOverview
from .page_parts import icon
from .readings import Deploy

MOST = 30
"""How many deploys the page lists."""


def timeline(overview: HostOverview) -> Markup:
    """Return the deploys of all apps, the newest first."""
    found = [(deploy, app.app) for app in overview.apps for deploy in app.deploys]
    found.sort(key=lambda pair: pair[0].at, reverse=True)
    if not found:
        return element("p", "No deploy has been recorded yet.", class_="quiet")
    days = groupby(found[:MOST], key=lambda pair: pair[0].at.date())
    groups = []
    for date, pairs in days:
        words = f"{date:%A}, {date.day} {date:%B}"
        if date.year != overview.at.year:
            words += f" {date.year}"
        heading = element("h3", element("time", words, datetime=f"{date}"))
        rows = [_row(deploy, app) for deploy, app in pairs]
        days_deploys = element("ol", *rows, class_="timeline", role="list")
        groups.append(element("div", heading, days_deploys, class_="day"))
    return element("div", *groups, class_="days")


def _row(deploy: Deploy, app: str) -> Markup:
    at = element("time", f"{deploy.at:%H:%M}", datetime=timestamp(deploy.at))
    return element(
        "li",
        icon("down" if deploy.exit else "up"),
        at,
        element("span", app, class_="what"),
        element("span", deploy.outcome, class_="outcome"),
        element("code", deploy.revision[:8]) if deploy.revision else "",
        class_=deploy.outcome,
    )
