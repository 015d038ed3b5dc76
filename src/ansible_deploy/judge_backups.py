"""Say no before the build: a target that is not there, another app's place, and services that
cannot be saved.

A part of ``judge``, which calls this with the others. That there is no target at all is no reason
to refuse a push.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .backups.alone import shared
from .backups.target import choose, targets, unknown_target
from .context import Context
from .desired import Desired
from .errors import Problem
from .manifest.services import Service


def check_backups(context: Context, desired: Desired) -> Iterator[Problem]:
    """A target that the app cannot see, another app's place, and what has no safe export."""
    wish = desired.manifest.backups
    if not wish.is_on:
        return
    if wish.target and wish.target not in targets(context):
        yield unknown_target(context, wish.target, desired.manifest.where("backups.target"))
    elif "backups" in desired.items and (target := choose(context, wish)):
        yield from shared(context, target, desired.app.name, desired.manifest.where("backups"))
    yield from _unsafe(desired)


def _unsafe(desired: Desired) -> Iterator[Problem]:
    """What would be missing in every backup has to be left out by name."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.service_dumps import DUMPS

    services = desired.manifest.services.services
    for service in services:
        if service.is_backed_up and (reason := DUMPS[service.kind].unsafe):
            where = desired.manifest.where(f"services.{service.key}")
            what = f"services: {service.key} cannot be backed up: {reason}"
            remedy = f"say that it is left out: services: {{{_left_out(service, services)}}}"
            yield Problem(where, what, remedy)


def _left_out(left_out: Service, services: Sequence[Service]) -> str:
    """What to write in the map of services; the whole of it in place of a list of kinds."""
    if any(service.key != service.kind for service in services):
        return f"{left_out.key}: {{type: {left_out.kind}, backup: false}}"
    rows = {service.key: "backup: false" * (service == left_out) for service in services}
    return ", ".join(f"{key}: {{{row}}}" for key, row in rows.items())
