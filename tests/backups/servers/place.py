"""A place for backups: its address, what opens it, and its files seen from behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Repository

if TYPE_CHECKING:
    from collections.abc import Mapping

PASSWORD = "a password of tests"


class Store(Protocol):
    """The files of a place, seen from behind."""

    def names(self, prefix: str) -> list[str]:
        """Returns the names of the files below `<repository>/<folder>`."""

    def read(self, name: str) -> bytes:
        """Returns a file."""

    def write(self, name: str, data: bytes) -> None:
        """Replaces a file."""


@dataclass(frozen=True)
class FolderStore:
    """Files in a folder."""

    folder: Path

    def names(self, prefix: str) -> list[str]:
        """Returns the names of the files below a folder."""
        found = (self.folder / prefix).rglob("*")
        return sorted(str(path.relative_to(self.folder)) for path in found if path.is_file())

    def read(self, name: str) -> bytes:
        """Returns a file."""
        return (self.folder / name).read_bytes()

    def write(self, name: str, data: bytes) -> None:
        """Replaces a file, also one that is read-only."""
        path = self.folder / name
        path.unlink()
        path.write_bytes(data)


@dataclass(frozen=True)
class Place:
    """Where repositories can be: `address` is what an operator sets as a target's URL.

    `wrong` are credentials with which it refuses; empty where it knows no such.
    """

    name: str
    address: str
    store: Store
    credentials: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    unreachable: str = ""

    def repository(self, folder: Path, name: str, *, cache: bool = False) -> Repository:
        """Returns the repository of this name; its secrets are written to the folder."""
        return Repository(
            f"{self.address}/{name}",
            str(secret(folder / "password", PASSWORD)),
            self.credentials_file(folder / "credentials", self.credentials),
            str(folder / "cache") if cache else "",
        )

    def credentials_file(self, path: Path, credentials: Mapping[str, str]) -> str:
        """Writes credentials; returns the path of the file, `` when there are none."""
        lines = "".join(f"{name}={value}\n" for name, value in credentials.items())
        return str(secret(path, lines)) if lines else ""

    def spoil(self, repository: str, folder: str = "data") -> None:
        """Changes one byte in the middle of each of a repository's files of this kind."""
        names = self.store.names(f"{repository}/{folder}")
        assert names, f"no files in {repository}/{folder}"
        for name in names:
            content = bytearray(self.store.read(name))
            content[len(content) // 2] ^= 0xFF
            self.store.write(name, bytes(content))


def secret(path: Path, text: str) -> Path:
    """Writes a file that only its owner reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    path.write_text(text, "utf-8")
    return path
