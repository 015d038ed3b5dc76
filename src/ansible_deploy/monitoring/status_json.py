"""One app's status for programs, as ``ansible-deploy:report`` has it: flat, and all values text.

What is not there is an empty text. Keys that both have are the same.
"""

from __future__ import annotations

from datetime import datetime

from .attention import notices
from .overview import Overview
from .wording import iso

RECORD = (
    ("last", "last_at", "last_reason"),
    ("failed", "failed_at"),
    ("damaged", "damaged_at"),
    ("upkeep_failed", "upkeep_failed_at"),
    ("proven", "proven_at"),
    ("disproven", "disproven_at"),
)


def as_object(app: Overview, now: datetime) -> dict[str, str]:
    """Return what is known of an app, every key in every app but those of things with names."""
    return {
        "app": app.app,
        "state": app.state,
        "state-reason": app.why,
        "address": app.address,
        "revision": app.revision,
        "alerts": " ".join(alert.name for alert in app.alerts),
        "certificate-expires-at": iso(app.certificate),
        **_backups(app),
        **_jobs(app),
        **_last_deploy(app),
        **{f"pending-{concern}": what for concern, what in app.pending.items()},
        **{f"unreadable-{subject}": why for subject, why in app.unreadable.items()},
        "notices": "; ".join(str(notice) for notice in notices(app, now)),
    }


def _backups(app: Overview) -> dict[str, str]:
    found = app.backups
    fields = [field for group in RECORD for field in group]
    record = {
        f"backups-{field.replace('_', '-')}": getattr(found.record, field) if found else ""
        for field in fields
    }
    return {
        **record,
        "backups-missed": found.missed if found else "",
        "backups-missed-proof": found.missed_proof if found else "",
    }


def _jobs(app: Overview) -> dict[str, str]:
    nightly, processes = app.nightly, app.processes
    domains = nightly.domains.items() if nightly else ()
    return {
        "drift": "; ".join(nightly.drift) if nightly else "",
        "drift-changes": str(len(nightly.drift)) if nightly else "",
        "drift-at": iso(nightly.at) if nightly else "",
        **{f"domain-expires-at-{name}": iso(end) for name, end in domains},
        "processes-wanted": str(processes.wanted) if processes else "",
        "processes-running": str(processes.running) if processes else "",
        "processes-at": iso(processes.at) if processes else "",
    }


def _last_deploy(app: Overview) -> dict[str, str]:
    last = app.deploys[0] if app.deploys else None
    return {
        "last-deploy-at": iso(last.at) if last else "",
        "last-deploy-outcome": last.outcome if last else "",
        "last-deploy-revision": last.revision if last else "",
        "last-deploy-source": last.source if last else "",
    }
