"""Restores that a test waits for."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import restic
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Repository
from ansible_deploy.backups.bring import bringing_volumes
from ansible_deploy.backups.contents import SavedVolume
from ansible_deploy.context import Context


def restore(repository: Repository, snapshot_id: str, target: Path) -> None:
    """Puts what is in a snapshot below a folder."""
    with restic.restoring(repository, snapshot_id, target, seconds=60) as end:
        end()


def bring_volume(
    context: Context, repository: Repository, saved: SavedVolume, folder: Path
) -> frozenset[int]:
    """Restores a volume's files into a new directory; returns who owned them."""
    with bringing_volumes(context, lambda: repository, [(saved, folder)]) as brought:
        return next(brought)
