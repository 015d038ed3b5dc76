"""What a person should look at, a line each: pure, from what is known of an app."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..layout import PLUGIN_NAME
from ..report import quantity
from .overview import Overview

USUAL = {"certificate": timedelta(days=14), "domain": timedelta(days=30)}
"""How long before its end each is to be looked at, where the app has no bound of its own."""

SEEN, SEEN_PROCESSES = timedelta(days=2), timedelta(hours=1)
"""How old what the nightly job, and the other one, saw may be before it tells nothing."""


@dataclass(frozen=True)
class Notice:
    """What is wrong in words that everybody may read, and ``detail`` for the operator alone.

    The status page may be public, and the texts of errors name places and things inside.
    """

    text: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.text}: {self.detail}" if self.detail else self.text


def notices(app: Overview, now: datetime) -> list[Notice]:
    """Return what is to be looked at, the most urgent first; nothing where all is well."""
    found = [*_alerts(app), *_deploys(app), *_backups(app), *_ends(app, now), *_jobs(app, now)]
    return found + [Notice(f"{name} cannot be read", why) for name, why in app.unreadable.items()]


def spoken(name: str) -> str:
    """``AppDown`` as people say it: ``app down``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()


def is_old(at: datetime, now: datetime, most: timedelta) -> bool:
    """Whether what was seen then tells nothing of now."""
    return now - at > most


def _alerts(app: Overview) -> Iterator[Notice]:
    for alert in app.alerts:
        yield Notice(f"alert: {spoken(alert.name)}")


def _deploys(app: Overview) -> Iterator[Notice]:
    if app.deploys and app.deploys[0].exit:
        yield Notice("the last deploy failed", f"{app.deploys[0].at:%Y-%m-%d %H:%M}")
    for concern, what in app.pending.items():
        yield Notice(f"{concern} is not done yet", what)


def _backups(app: Overview) -> Iterator[Notice]:
    if app.backups is None:
        return
    record = app.backups.record
    if record.failed:
        yield Notice("the last backup failed", f"{record.failed} ({record.failed_at})")
    elif app.backups.missed:
        yield Notice("a backup is late", f"the clock made none at {app.backups.missed}")
    if record.damaged:
        yield Notice("the repository is damaged", f"{record.damaged} ({record.damaged_at})")
    elif record.upkeep_failed:
        detail = f"{record.upkeep_failed} ({record.upkeep_failed_at})"
        yield Notice("the last upkeep of backups failed", detail)
    if record.disproven:
        yield Notice("the last proof failed", f"{record.disproven} ({record.disproven_at})")
    elif app.backups.missed_proof:
        yield Notice("a proof is late", f"no backup was proven at {app.backups.missed_proof}")
    if app.backups.is_undecided:
        command = f"dokku {PLUGIN_NAME}:restore {app.app}"
        yield Notice("a restore is not decided", f"{command} --confirm, or --undo")


def _ends(app: Overview, now: datetime) -> Iterator[Notice]:
    limits = {**USUAL, **app.limits}
    if app.certificate:
        yield from _end("the certificate", app.certificate - now, limits["certificate"])
    for domain, end in app.nightly.domains.items() if app.nightly else ():
        yield from _end(f"the domain {domain}", end - now, limits["domain"])


def _end(what: str, left: timedelta, short: timedelta) -> Iterator[Notice]:
    if left <= timedelta():
        yield Notice(f"{what} has ended")
    elif left < short:
        yield Notice(f"{what} ends in {quantity(left.days, 'day')}")


def _jobs(app: Overview, now: datetime) -> Iterator[Notice]:
    found, nightly = app.processes, app.nightly
    if found and is_old(found.at, now, SEEN_PROCESSES):
        yield Notice("processes were not looked at lately", f"last at {found.at:%Y-%m-%d %H:%M}")
    elif found and found.running < found.wanted:
        yield Notice(f"processes running: {found.running} of {found.wanted}")
    if nightly and is_old(nightly.at, now, SEEN):
        yield Notice("no nightly look lately", f"the last one: {nightly.at:%Y-%m-%d %H:%M}")
    elif nightly and nightly.drift:
        count = quantity(len(nightly.drift), "thing")
        yield Notice(f"differs from deploy.d in {count}", "; ".join(nightly.drift))
