"""Reads and writes one file of the host: what it holds, and whose it is."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .words import InvalidValue

ATTRIBUTES = ("owner", "group", "mode")
PRIVATE, PUBLIC = 0o600, 0o644


@dataclass(frozen=True)
class File:
    """What a file holds and whose it is; an empty owner or group is nobody's concern."""

    content: str
    owner: str = ""
    group: str = ""
    mode: str = "0644"

    def attributes(self, wanted: File) -> dict[str, str]:
        """Returns whose it is, as far as the wanted file says."""
        return {key: getattr(self, key) for key in ATTRIBUTES if getattr(wanted, key)}


def read(path: Path) -> File | None:
    """Returns what is there, or nothing; raises InvalidValue when it cannot be read."""
    try:
        content, status = path.read_text("utf-8"), path.stat()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise InvalidValue(f"cannot read {path}: {error}") from None
    mode = f"{status.st_mode & 0o7777:04o}"
    return File(content, _user(status.st_uid), _group(status.st_gid), mode)


def write(path: Path, wanted: File) -> None:
    """Replaces the file in one step; raises InvalidValue when it cannot be written."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(wanted.content)
            _hand_over(temporary, wanted)
            os.chmod(temporary, int(wanted.mode, 8))
            os.replace(temporary, path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except (OSError, ValueError, LookupError) as error:
        raise InvalidValue(f"cannot write {path}: {error}") from None


def replace(path: Path, text: str, mode: int = PRIVATE) -> None:
    """Replaces a file that is ours, as `write` does.

    For one that others read, directories that are missing are made for others too.
    """
    try:
        if mode == PUBLIC:
            _make_public_folder(path.parent)
    except OSError as error:
        raise InvalidValue(f"cannot write {path}: {error}") from None
    write(path, File(text, mode=f"{mode:04o}"))


def _make_public_folder(path: Path) -> None:
    if not path.is_dir():
        _make_public_folder(path.parent)
        path.mkdir(exist_ok=True)
        path.chmod(0o755)  # mkdir would obey the umask


def _hand_over(path: str, wanted: File) -> None:
    if wanted.owner:
        shutil.chown(path, user=wanted.owner)
    if wanted.group:
        shutil.chown(path, group=wanted.group)


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
