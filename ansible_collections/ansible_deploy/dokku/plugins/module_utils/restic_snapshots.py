"""What restic tells of snapshots, as types."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .restic_errors import ResticError
from .restic_words import last_message


@dataclass(frozen=True)
class Snapshot:
    """One snapshot in a repository."""

    id: str
    time: datetime
    tags: frozenset[str]
    host: str

    def tag(self, name: str) -> str:
        """Returns what follows `name:` in a tag, `` when there is none."""
        prefix = f"{name}:"
        return next((tag.removeprefix(prefix) for tag in self.tags if tag.startswith(prefix)), "")


@dataclass(frozen=True)
class Saved:
    """A snapshot that was made: its id (the first 8 digits), how many files, how many bytes.

    A folder is in it under its own name, `folder`.
    """

    id: str
    files: int
    size: int
    folder: str = ""


# Folders were once saved without their name; of an empty one there was no snapshot.
NOTHING = Saved("", 0, 0)


@dataclass(frozen=True)
class Held:
    """What a snapshot holds: how many regular files, and the numbers of the users that own them."""

    files: int
    owners: frozenset[int]


class FileCounter:
    """Counts the regular files in the lines of `restic ls --json`, and remembers their owners."""

    def __init__(self) -> None:
        """Has seen nothing yet."""
        self.files = 0
        self.owners: set[int] = set()
        self._begun = b""

    def __call__(self, piece: memoryview) -> None:
        """Looks at the next piece of the output."""
        *lines, self._begun = (self._begun + bytes(piece)).split(b"\n")
        for found in (json.loads(line) for line in lines if line):
            if found.get("type") == "file":
                self.files += 1
                self.owners.add(found["uid"])


def saved_of(said: str) -> Saved:
    """Reads the summary of a backup; raises ResticError where there is none."""
    summary = last_message(said, "summary")
    if summary is None:
        raise ResticError("failed", "restic did not say what it saved")
    files, size = summary["total_files_processed"], summary["total_bytes_processed"]
    return Saved(summary["snapshot_id"][:8], files, size)


def snapshot_of(found: dict[str, Any]) -> Snapshot:
    """Reads one entry of the list of snapshots."""
    made = datetime.fromisoformat(found["time"]).astimezone(UTC)
    return Snapshot(found["id"], made, frozenset(found.get("tags") or ()), found["hostname"])
