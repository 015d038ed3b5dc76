"""One app's backups: what the app wishes for, where they go, and what belongs into one."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Repository

from ..bundle import FOLDER
from ..context import Context
from ..desired import Desired, load_desired
from ..errors import DeployError, HostError
from ..manifest.backups import Backups
from ..manifest.services import Service
from ..manifest.storage import Volume
from ..record import read_state
from .alone import check_alone
from .target import NO_TARGET, Target, choose, repository

DAY = 24 * 3600.0
"""How long a job may take that nobody waits for: a hung one must not stand in the way for ever."""


@dataclass(frozen=True)
class Job:
    """One app, its accepted folder, and the repository that its backups go to."""

    context: Context
    desired: Desired
    target: Target
    repository: Repository

    @property
    def origin(self) -> str:
        """The name under which the app was first provisioned, and its backups are kept."""
        return self.desired.app.name

    @property
    def services(self) -> list[Service]:
        """The services that are saved."""
        return [each for each in self.desired.manifest.services.services if each.is_backed_up]

    @property
    def volumes(self) -> list[Volume]:
        """The volumes that are saved, but for those that are left out as a whole."""
        left_out = self.desired.manifest.backups.exclude
        volumes = self.desired.manifest.storage.volumes
        return [volume for volume in volumes if volume.source not in left_out]

    def excluded(self, volume: Volume) -> list[str]:
        """What is left out of a volume, as paths below it."""
        head = f"{volume.source}/"
        words = self.desired.manifest.backups.exclude
        return [word.removeprefix(head) for word in words if word.startswith(head)]

    def within(self, clock: Clock) -> Job:
        """The same job, in which nothing takes longer than the clock still allows."""
        left = clock.left()
        context = replace(self.context, dokku=self.context.dokku.within(left))
        return replace(self, context=context, repository=replace(self.repository, seconds=left))


def open_repository(context: Context) -> tuple[Repository, str]:
    """Return where the app's backups are, and the name under which they are kept.

    An app that was not pushed yet, on a new host, has its backups at its default target.
    """
    wish, origin = Backups(), read_state(context.folder, context.app).origin
    if context.folder.accepted.is_dir():
        wish = load_desired(context, context.folder.accepted).manifest.backups
    target = choose(context, wish)
    if target is None:
        raise DeployError(NO_TARGET)
    check_alone(context, target, origin)
    return repository(context, target, origin), origin


def open_job(context: Context) -> Job:
    """Return the app's job; raises DeployError where no backups are made, with what to do."""
    if not context.folder.accepted.is_dir():
        raise DeployError(f"{context.app} has no accepted {FOLDER}; push it first")
    desired = load_desired(context, context.folder.accepted)
    if not desired.manifest.backups.is_on:
        raise DeployError(f"the {FOLDER} of {context.app} says backups: off")
    target = choose(context, desired.manifest.backups)
    if target is None:
        raise DeployError(NO_TARGET)
    check_alone(context, target, desired.app.name)
    return Job(context, desired, target, repository(context, target, desired.app.name))


class Clock:
    """How long a job has taken, and how long it still may."""

    def __init__(self, seconds: float = DAY) -> None:
        """Starts to count."""
        self._began = time.monotonic()
        self._seconds = seconds

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return time.monotonic() - self._began

    def left(self) -> float:
        """How long it may still take; raises HostError when that is over."""
        left = self._seconds - self.seconds
        if left <= 0:
            raise HostError(f"it took longer than {self._seconds:g} seconds")
        return left


def directory(job: Job, volume: Volume) -> Path:
    """Return the volume's directory on the host."""
    return Path(volume.directory(job.desired.app))
