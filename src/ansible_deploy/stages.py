"""Run one stage: our playbook and the app's own play after it, recorded and shown as it goes.

Knows nothing of pushes; ``provision`` says when a stage runs and what is done around it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import now

from . import dns, files, galaxy, issuing
from .backups import schedule
from .capture import scratch
from .context import Context
from .desired import AFTER_DEPLOY, BEFORE_RELEASE, CONCERNS, Desired, variables
from .errors import DeployError
from .events import Event
from .mask import Mask
from .moment import Moment
from .monitoring import watch
from .record import new_run
from .report import Progress
from .runner import Run, run_playbook


@dataclass(frozen=True)
class Stage:
    """One moment of a deploy: its playbook, and which of the app's own plays belongs to it."""

    name: str
    playbook: str
    doing: str
    title: str
    concerns: tuple[str, ...] = ()
    ending: tuple[str, ...] = ()
    """Concerns of which this stage only takes away what is no longer wished for."""


PRE_DEPLOY = Stage(
    "pre-deploy", "pre_deploy.yml", "Provisioning", "before the release", BEFORE_RELEASE
)
POST_DEPLOY = Stage(
    "post-deploy",
    "post_deploy.yml",
    "Finishing",
    "after the deploy",
    ("dns", *AFTER_DEPLOY),
    ending=("dns",),
)
POST_DELETE = Stage(
    "post-delete",
    "post_delete.yml",
    "Cleaning up after",
    "it was destroyed",
    ("dns",),
    ending=("dns",),
)


def run_stage(
    context: Context,
    stage: Stage,
    desired: Desired,
    moment: Moment,
    seen: list[Event] | None = None,
) -> list[Event]:
    """Run the stage and return its events; nothing is started where there is nothing to do.

    Raises DeployError when a step failed; what was done until then is recorded, and in ``seen``.
    """
    seen = [] if seen is None else seen
    has_plays = moment.own_plays and context.settings.allows("custom-plays")
    play = desired.play(stage.name) if has_plays else None
    idle = _idle(stage, desired) if moment.converge else set(CONCERNS)
    if not play and idle.issuperset(stage.concerns):
        return seen
    doing = "Plan for" if moment.check else stage.doing
    context.report.heading(f"{doing} {context.app} ({stage.title})")
    with _run_folder(context, moment) as folder:
        learn = _learner(context, desired)
        mask = desired.mask
        mask.add(dns.secrets(context))
        if play:
            mask.add(learn())
        run = Run(
            app=context.app,
            folder=folder,
            playbook=stage.playbook,
            variables=_variables(context, stage, desired, moment),
            plays=(play,) if play else (),
            skipped=(*sorted(idle), *(() if play else ("facts",))),
            check=moment.check,
            vault_password=context.folder.vault_password,
            galaxy=_galaxy(context, desired, moment, folder, mask) if play else None,
            mask=mask,
            learn=learn if play or "services" not in idle else tuple,
        )
        if play and not moment.check:
            files.make_folder(context.folder.path / "data")
        return _recorded(context, stage, run, seen)


def _idle(stage: Stage, desired: Desired) -> set[str]:
    """The concerns that have nothing to do in this stage."""
    ended = {name for name in stage.ending if name not in desired.absent}
    return {*desired.idle, *ended}


def _variables(
    context: Context, stage: Stage, desired: Desired, moment: Moment
) -> dict[str, object]:
    """What the manifest says, how this host makes DNS records, and who issues certificates."""
    found = variables(desired, context.app, describe(context, stage, desired, moment))
    found |= dns.host_variables(context, desired.app.name)
    if "dns" in stage.ending:
        found |= {"dns_records": [], "dns_by_hand": []}
    else:  # a name that goes leads here until the release is live: the deploy may still fail
        found["dns_absent"] = []
    if "tls" in stage.concerns and moment.converge and "tls" not in desired.idle:
        found |= issuing.variables(context, desired, check=moment.check)
    if "backups" in stage.concerns and "backups" not in desired.idle:
        found |= schedule.variables(context, desired)
    if "monitoring" in stage.concerns and "monitoring" not in desired.idle:
        found |= watch.variables(context, desired, moment)
    return found


def _galaxy(
    context: Context, desired: Desired, moment: Moment, folder: Path, mask: Mask
) -> Path | None:
    """What the app's requirements.yml asks for; a plan installs it for itself alone."""
    kept = context.folder.galaxy
    place = folder / "galaxy" if moment.check and not kept.is_dir() else kept
    return galaxy.installed(context, desired.folder / "requirements.yml", place, mask)


@contextmanager
def _run_folder(context: Context, moment: Moment) -> Iterator[Path]:
    """A folder that is kept with the app's record; a plan leaves nothing behind."""
    if not moment.check:
        yield new_run(context.folder, int(context.settings["keep-runs"]))
        return
    with scratch(context.layout.data) as folder:
        yield folder


def _recorded(context: Context, stage: Stage, run: Run, events: list[Event]) -> list[Event]:
    """Run it, print the concerns as they finish, and keep what happened in the run's folder."""
    progress = Progress(context.report)

    def watch(event: Event) -> None:
        events.append(event)
        progress(event)

    record: dict[str, object] = {
        "stage": stage.name,
        "began": now(),
        "build": context.build,
    }
    try:
        run_playbook(context.layout, run, watch)
        record["outcome"] = "done"
    except DeployError as error:
        record |= {"outcome": "failed", "problem": run.mask(str(error))}
        raise
    finally:
        progress.finish()
        record["ended"] = now()
        record["events"] = [event.as_json() for event in events]
        files.write_json(run.folder / "run.json", record)
    return events


def _learner(context: Context, desired: Desired) -> Callable[[], list[str]]:
    """Reads the values that the app has on the server and that do not stand in its repository."""
    public = {value for value in desired.manifest.config.values.values() if isinstance(value, str)}

    def learn() -> list[str]:
        words = ("config:export", "--format", "json", context.app)
        answer = context.dokku.run(*words, check=False)
        values = json.loads(answer.stdout).values() if answer.exit == 0 else ()
        return [value for value in values if value not in public]

    return learn


def describe(context: Context, stage: Stage, desired: Desired, moment: Moment) -> dict[str, object]:
    """What the app's own plays are told as ``ansible_deploy``, before anything is observed."""
    manifest = desired.manifest
    return {
        "app": context.app,
        "stage": stage.name,
        "revision": moment.revision,
        "image": moment.image,
        "domains": list(manifest.domains.names),
        "ports": list(manifest.ports.items(desired.app)),
        "services": [
            {
                "key": service.key,
                "kind": service.kind,
                "name": service.name(desired.app),
                "variable": service.variable,
            }
            for service in manifest.services.services
        ],
        "volumes": [
            {"name": v.source, "directory": v.directory(desired.app), "path": v.path}
            for v in manifest.storage.volumes
        ],
        "data_directory": str(context.folder.path / "data"),
    }
