"""Say no before the build: alert channels that the app names and that are not there.

A part of ``judge``, which calls this with the others.
"""

from __future__ import annotations

from collections.abc import Iterator

from .context import Context
from .desired import Desired
from .errors import Problem
from .monitoring.channels import unknown, visible


def check_monitoring(context: Context, desired: Desired) -> Iterator[Problem]:
    """Every channel that the app names and cannot see."""
    names = desired.manifest.monitoring.alerts
    if not names:
        return
    found = visible(context.layout, context.app)
    where = desired.manifest.where("monitoring.alerts")
    for name in names:
        if name not in found:
            yield unknown(context.layout, context.app, name, where)
