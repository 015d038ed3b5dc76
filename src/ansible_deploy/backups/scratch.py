"""What a proof or a restore makes for itself: fresh services and directories.

Each is written down before it is made, so that the next job can remove what a killed one left.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Collection
from pathlib import Path

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import (
    directories,
    service_creation,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.services import KINDS

from .. import files
from ..context import Context
from .failure import explained

DAY = 24 * 3600.0
"""How many seconds Dokku may take to remove what is large."""

LONGEST_SERVICE = 49
"""How long a service's name may be: its container is a host ``dokku.postgres.<name>``, and Linux
knows host names of 64 characters (dokku-postgres 1.48.0, functions)."""

LONGEST = 45
"""How many characters Dokku allows in the name of a storage entry (0.38.27, plugins/storage)."""


def claim_service(context: Context, kind: str, name: str) -> None:
    """Write down that a service is ours to remove."""
    _write(context, [*_read(context), {"kind": kind, "name": name}])


def claim_directory(context: Context, path: Path) -> None:
    """Write down that a directory is ours to remove."""
    _write(context, [*_read(context), {"directory": str(path)}])


def keep(context: Context, used: Collection[str]) -> None:
    """These are in use from now on: services as ``postgres:shop-postgres``, and directories.

    What else is claimed is from another job, that was killed, and stays ours to remove.
    """
    _write(context, [row for row in _read(context) if _word(row) not in used])


def sweep(context: Context) -> None:
    """Remove all that was claimed; raises HostError where something cannot be removed."""
    rows = _read(context)
    while rows:
        row = rows[-1]
        with explained("left over from an earlier job"):
            if "kind" in row:
                remove_service(context, row["kind"], row["name"])
            else:
                remove_directory(context, Path(row["directory"]))
        rows.pop()
        _write(context, rows)


def remove_service(context: Context, kind: str, name: str) -> None:
    """Destroy a service that was ours alone; nothing happens where there is none."""
    dokku = context.dokku.within(DAY)
    if service_creation.read(dokku, KINDS[kind], name):
        dokku.run(f"{kind}:destroy", name, "--force")


def remove_directory(context: Context, path: Path) -> None:
    """Remove a directory with all that is in it.

    Below Dokku's own storage directory files may belong to other users, and Dokku has the rights
    to remove them; it does so for its storage entries (0.38.27, plugins/storage).
    """
    if not path.is_dir():
        return
    if path.parent != directories.storage_root(context.dokku):
        _open(path)
        files.remove(path)
        return
    dokku = context.dokku.within(DAY)
    dokku.run("storage:create", path.name, str(path), "--chown", "false")
    dokku.run("storage:destroy", path.name, "--force", "--destroy-host-dir")


def service_name(name: str, mark: str) -> str:
    """Return the name of a service beside another one; a long name is cut and stays its own."""
    room = LONGEST_SERVICE - len(mark) - 1
    if len(name) > room:
        name = f"{name[: room - 7]}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    return f"{name}-{mark}"


def _open(path: Path) -> None:
    """Let us remove what is in restored directories, which may be closed to everybody."""
    path.chmod(0o700)
    for place, names, _ in os.walk(path):
        for folder in (Path(place, name) for name in names):
            if not folder.is_symlink():
                folder.chmod(0o700)


def directory_name(*words: str) -> str:
    """Make up a name that is free, and that a storage entry may have."""
    stem = re.sub(r"[^a-z0-9]+", "-", "-".join(("restored", *words)).lower())
    return f"{stem[: LONGEST - 9].strip('-')}-{secrets.token_hex(4)}"


def _word(row: dict[str, str]) -> str:
    return row.get("directory") or f"{row['kind']}:{row['name']}"


def _read(context: Context) -> list[dict[str, str]]:
    return list(files.read_json(context.folder.scratch) or [])


def _write(context: Context, rows: list[dict[str, str]]) -> None:
    if rows:
        files.write_json(context.folder.scratch, rows, is_durable=True)
    else:
        files.remove(context.folder.scratch)
