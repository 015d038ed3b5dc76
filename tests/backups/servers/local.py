"""A folder of this machine."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tests.backups.servers.place import FolderStore, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def local(folder: Path) -> Iterator[Place]:
    """Gives a folder."""
    disk = folder / "disk"
    disk.mkdir()
    yield Place("local", str(disk), FolderStore(disk), unreachable=str(folder / "not-mounted"))
