"""The backups that a repository holds of one app: its seals, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import restic
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import (
    Repository,
    Snapshot,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import timestamp

from ..errors import DeployError
from ..layout import PLUGIN_NAME
from .contents import LARGEST, NAME, Contents, unpack

SHORT = 8
"""How many letters of restic's id people see, as restic itself shows it."""

SKEW = timedelta(minutes=5)
"""How far another host's clock may be ahead of ours."""


@dataclass(frozen=True)
class Backup:
    """One backup, known by its seal."""

    snapshot: Snapshot

    @property
    def id(self) -> str:
        """What people call it."""
        return self.snapshot.id[:SHORT]

    @property
    def at(self) -> str:
        """When it was made, ISO, in UTC."""
        return timestamp(self.snapshot.time)

    @property
    def is_ahead(self) -> bool:
        """Whether it was made later than it is now: by a clock that was wrong, or ours is."""
        return self.snapshot.time > datetime.now(UTC) + SKEW

    @property
    def reason(self) -> str:
        """Why it was made, one of ``make.REASONS``."""
        return self.snapshot.tag("reason")

    @property
    def revision(self) -> str:
        """The git revision of the release that ran, empty where none did."""
        return self.snapshot.tag("revision")

    @property
    def server(self) -> str:
        """The word of the server that made it."""
        return self.snapshot.tag("server")

    @property
    def group(self) -> str:
        """The word that its parts have in common with it."""
        return self.snapshot.tag("backup")


def list_backups(repository: Repository, origin: str) -> list[Backup]:
    """Return the backups of the app first provisioned as ``origin``, oldest first."""
    seals = restic.snapshots(repository, f"app:{origin}", "seal")
    return [Backup(seal) for seal in seals]


def find(backups: list[Backup], word: str, app: str, server: str) -> Backup:
    """Return the backup whose id begins with ``word``.

    Where it is empty the newest one of this server, and where it has made none the newest of all;
    never one that is ahead of this host's clock, for it need not be the newest.
    """
    command = f"dokku {PLUGIN_NAME}:backups {app}"
    if not backups:
        make = f"dokku {PLUGIN_NAME}:backup {app}"
        raise DeployError(f"there is no backup of {app} yet; to make one: {make}")
    if not word:
        return _newest(backups, app, server)
    found = [backup for backup in backups if backup.snapshot.id.startswith(word.lower())]
    if len(found) != 1:
        what = "more than one backup" if found else "no backup"
        raise DeployError(f'there is {what} of {app} called "{word}"; see: {command}')
    return found[0]


def of_revision(backups: list[Backup], revision: str, app: str, server: str) -> Backup:
    """Return the newest backup of the data that a revision worked with, as ``find`` has it."""
    found = [backup for backup in backups if backup.revision.startswith(revision)]
    if not found:
        command = f"dokku {PLUGIN_NAME}:backups {app}"
        raise DeployError(f"there is no backup of {app} from revision {revision}; see: {command}")
    return _newest(found, app, server)


def _newest(backups: list[Backup], app: str, server: str) -> Backup:
    past = [backup for backup in backups if not backup.is_ahead]
    if not past:
        what = f"backup {backups[-1].id} of {app} was made at {backups[-1].at}, and that is to come"
        raise DeployError(f"{what}; mend the clock, or name the backup that you want")
    return ([backup for backup in past if backup.server == server] or past)[-1]


def read_seal(repository: Repository, backup: Backup) -> tuple[Contents, dict[str, str]]:
    """Return what the backup holds, and the config variables in it."""
    return unpack(restic.read(repository, backup.snapshot.id, NAME, limit=LARGEST))
