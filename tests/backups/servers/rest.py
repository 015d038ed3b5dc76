"""A REST server for restic: rclone, on a folder, with a user and a password."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tests.backups.servers.place import FolderStore, Place
from tests.dns.servers.process import accepts, free_port, program, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USER, PASSWORD = "shop", "p@ss:word/1"


@contextlib.contextmanager
def rest(folder: Path, *, append_only: bool = False) -> Iterator[Place]:
    """Runs the server; an append-only one removes nothing but locks."""
    disk, port = folder / "disk", free_port()
    disk.mkdir()
    words = [program("rclone", "rclone"), "serve", "restic", str(disk), "--config", "/dev/null"]
    words += ["--addr", f"127.0.0.1:{port}", "--user", USER, "--pass", PASSWORD]
    words += ["--cache-objects=false", *(["--append-only"] if append_only else [])]
    with running(words, folder, lambda: accepts(port)):
        yield Place(
            "rest",
            f"rest:http://127.0.0.1:{port}",
            FolderStore(disk),
            {"RESTIC_REST_USERNAME": USER, "RESTIC_REST_PASSWORD": PASSWORD},
            {"RESTIC_REST_USERNAME": USER, "RESTIC_REST_PASSWORD": "wr:ong"},
            f"rest:http://127.0.0.1:{free_port()}",
        )
