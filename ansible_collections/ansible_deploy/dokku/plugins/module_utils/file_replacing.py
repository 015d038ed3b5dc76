"""Replaces a file in one step: a reader sees the old content or the new."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from .words import InvalidValue

PRIVATE, PUBLIC = 0o600, 0o644


def replace_file(path: Path, text: str, mode: int = PRIVATE) -> None:
    """Writes the text; raises InvalidValue in words where that cannot be.

    For a file that others read, directories that are missing are made for others too.
    """
    try:
        if mode == PUBLIC:
            _make_public_folder(path.parent)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            os.fchmod(stream.fileno(), mode)
        Path(temporary).replace(path)
    except (OSError, ValueError) as error:
        raise InvalidValue(f"cannot write {path}: {error}") from None


def _make_public_folder(path: Path) -> None:
    if not path.is_dir():
        _make_public_folder(path.parent)
        path.mkdir(exist_ok=True)
        path.chmod(0o755)  # mkdir would obey the umask
