"""Say no before the build: alert channels that are not there, and the name of the status page.

A part of ``judge``, which calls this with the others.
"""

from __future__ import annotations

from collections.abc import Iterator

from .context import Context
from .desired import Desired
from .errors import Problem
from .layout import GLOBAL, PLUGIN_NAME
from .monitoring.channels import unknown, visible


def check_monitoring(context: Context, desired: Desired) -> Iterator[Problem]:
    """Every channel that the app names and cannot see, and a domain that the status page has."""
    yield from _channels(context, desired)
    yield from _status_domain(context, desired)


def _channels(context: Context, desired: Desired) -> Iterator[Problem]:
    names = desired.manifest.monitoring.alerts
    if not names:
        return
    found = visible(context.layout, context.app)
    where = desired.manifest.where("monitoring.alerts")
    for name in names:
        if name not in found:
            yield unknown(context.layout, context.app, name, where)


def _status_domain(context: Context, desired: Desired) -> Iterator[Problem]:
    """Nginx would show the app there: of two server blocks of a name the first is taken."""
    name = context.settings["status-domain"]
    if name not in desired.manifest.domains.names or context.settings.allows("domains-of-others"):
        return
    command = f"dokku {PLUGIN_NAME}:set {GLOBAL} status-domain DOMAIN"
    remedy = f"give this app another; the operator gives the page another: {command}"
    what = f"domains: {name} is that of the status page"
    yield Problem(desired.manifest.where("domains"), what, remedy)
