"""Backups that nobody asked for: by the clock, before a release, when an app is destroyed.

None of them stops what it is made for: what fails is told loudly and recorded.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import DokkuError
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import InvalidValue

from ..context import Context
from ..errors import DeployError, known
from ..running import live_revision
from ..unexpected import keep
from .job import open_job
from .make import BEFORE_RELEASE, FINAL, SCHEDULED, back_up
from .record import recording, working
from .upkeep import keep_up

ROLLING_BACK = "ANSIBLE_DEPLOY_ROLLING_BACK"
"""Tells the deploy of a rollback that the data was saved already, and is another release's now."""

LONG = 3600.0
"""How long a job of the clock waits for another one of the same app, in seconds."""


def back_up_by_schedule(context: Context) -> None:
    """The job of the clock: a backup, and then the upkeep of the repository."""
    with recording(context, "failed"):
        back_up(context, SCHEDULED, wait=LONG)
    with recording(context, "upkeep_failed"), working(context, LONG):
        keep_up(open_job(context))


def back_up_before_release(context: Context, revision: str) -> None:
    """Save the data of the release that is about to be replaced by ``revision``.

    Nothing is done where the code does not change, or the app has no service with data.
    """
    if os.environ.get(ROLLING_BACK) == context.app:
        return
    with _told(context, "there is no backup from before this release"):
        replaced = live_revision(context, revision)
        if not replaced or replaced == revision:
            return
        job = open_job(context)
        if job.services and job.desired.manifest.backups.is_before_release:
            _back_up_in_time(context, BEFORE_RELEASE, replaced)


def back_up_finally(context: Context) -> None:
    """Save an app that is being destroyed."""
    if context.settings["final-backup"] == "skip":
        return
    with _told(context, "there is no last backup"):
        if open_job(context).desired.manifest.backups.is_final:
            _back_up_in_time(context, FINAL, "")


def _back_up_in_time(context: Context, reason: str, revision: str) -> None:
    seconds = float(context.settings["backup-wait"])
    back_up(context, reason, wait=seconds, seconds=seconds, revision=revision)


@contextmanager
def _told(context: Context, what: str) -> Iterator[None]:
    try:
        with recording(context, "failed"):
            yield
    except (DeployError, DokkuError, InvalidValue) as error:
        context.report.problems(known(error))
        context.report.warning(f"{what}; it goes on")
    except OSError as error:
        context.report.warning(f"{error.filename or 'disk'}: {error.strerror}")
        context.report.warning(f"{what}; it goes on")
    except Exception:  # a bug of ours is no reason either
        keep("an automatic backup")
        context.report.warning(f"{what}; it goes on")
