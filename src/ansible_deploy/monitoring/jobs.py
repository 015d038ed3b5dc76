"""What the clock does for all watched apps: every few minutes their state, every night a plan.

Two lines of Dokku's crontab for the whole host, there as long as an app is watched. What fails for
one app is printed, so that cron's mail tells it, told to that app's channels by a metric, and stops
no other.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import time

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import file_lock
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import (
    AppMissing,
    DokkuError,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.metrics import (
    Gauge,
    exposition,
    labels,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import InvalidValue

from .. import files
from ..cli import Words
from ..context import Context, make_context
from ..errors import DeployError, known
from ..layout import PLUGIN_NAME, Layout
from ..manifest.cron import spread
from ..report import Report
from ..unexpected import keep
from . import alertmanager, nightly, state, watch
from .status_page import write_page

STATE, NIGHTLY = "status", "nightly"
OFTEN = "*/5 * * * *"
DONE, FAILED, BROKEN = "done", "failed", "broken"
"""How a job ended for an app: it failed for this one, or it showed a bug of ours."""


def settle(layout: Layout, report: Report) -> bool:
    """After something changed: who is told, the status page, and the jobs while an app is watched.

    Tells whether the crontab has to be written anew.
    """
    if said := alertmanager.write(layout):
        report.warning(f"Alertmanager was not told who is told of what: {said}")
    write_page(layout)
    path = layout.monitoring.cron_entries
    is_needed = any(layout.monitoring.targets("").parent.glob("*.json"))
    text = "".join(f"{line}\n" for line in lines()) if is_needed else ""
    _expect(layout, is_needed=is_needed)
    if files.read_text(path) == text:
        return False
    if text:
        files.write(path, text, mode=files.PUBLIC)
    else:
        files.remove(path)
    return True


def _expect(layout: Layout, *, is_needed: bool) -> None:
    """Have it told that jobs do not run, one that never did too; but not of those not needed."""
    due = layout.monitoring.metrics("", "due")
    if not is_needed:
        for kind in (*JOBS, "due"):
            files.remove(layout.monitoring.metrics("", kind))
    elif not due.exists():
        since = [({"host": labels("")["host"], "job_name": name}, int(time())) for name in JOBS]
        meaning = "Since when the job should run"
        text = exposition(Gauge("job_due_since_timestamp_seconds", meaning, since))
        files.write(due, text, mode=files.PUBLIC)


def lines() -> list[str]:
    """Return the lines as Dokku takes them: a time table, a semicolon, a command."""
    night = spread("daily", PLUGIN_NAME)
    return [
        f"{OFTEN};dokku {PLUGIN_NAME}:status --scheduled",
        f"{night};dokku {PLUGIN_NAME}:plan --scheduled",
    ]


def run_job(given: Words, name: str) -> int:
    """Run a job as the crontab calls it, which names no app."""
    if given.plain:
        raise DeployError(f"too many words: {' '.join(given.plain)}")
    return run(Layout.from_environment(), name)


def run(layout: Layout, name: str) -> int:
    """Run a job for every watched app; returns 1 when it failed for one."""
    folder = layout.monitoring
    with _alone(layout, name) as is_alone:
        if not is_alone:
            return 0
        apps = sorted(path.stem for path in folder.targets("").parent.glob("*.json"))
        ends = {app: _look(app, name) for app in apps}
        for app, end in ends.items():
            _tell(layout, app, name, has_failed=end == FAILED)
        host = {"host": labels("")["host"], "job_name": name}
        text = exposition(
            Gauge("job_timestamp_seconds", "When the job ended last", [(host, int(time()))]),
            Gauge(
                "job_failed", "1 where it is broken itself", [(host, int(BROKEN in ends.values()))]
            ),
        )
        files.write(folder.metrics("", name), text, mode=files.PUBLIC)
        watch.tell_probes(layout)
        settle(layout, Report(io.StringIO()))
    return int(any(end != DONE for end in ends.values()))


JOBS: dict[str, Callable[[Context], None]] = {STATE: state.look, NIGHTLY: nightly.look}


def _look(app: str, name: str) -> str:
    report = Report(quiet=True)
    try:
        JOBS[name](make_context(app, report))
    except AppMissing:
        return DONE  # it was destroyed meanwhile
    except (DeployError, DokkuError, InvalidValue) as error:
        for problem in known(error).problems:
            report.warning(f"{app}: {problem}")
        return FAILED
    except Exception:  # a bug of ours is no reason to look at no other app
        keep(f"the job {name} for {app}")
        return BROKEN
    return DONE


def _tell(layout: Layout, app: str, name: str, *, has_failed: bool) -> None:
    """Those who are told of the app: what fails for it is seldom the operator's to mend."""
    path = layout.monitoring.failed(app, name)
    if not has_failed or not layout.monitoring.targets(app).exists():
        files.remove(path)
        return
    about = {**labels(app), "job_name": name}
    text = exposition(Gauge("look_failed", "1 while a job fails for the app", [(about, 1)]))
    files.write(path, text, mode=files.PUBLIC)


@contextmanager
def _alone(layout: Layout, name: str) -> Iterator[bool]:
    """Whether no such job is under way already."""
    files.make_folder(layout.data / "jobs")
    with ExitStack() as stack:
        try:
            stack.enter_context(file_lock.held(layout.data / "jobs" / name, seconds=0))
            is_alone = True
        except BlockingIOError:
            is_alone = False
        yield is_alone
