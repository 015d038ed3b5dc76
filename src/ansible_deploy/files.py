"""Write files so that a reader sees the old content or the new, and only we can read it.

Files are 0600 and directories 0700, but where others are meant to read: then the mode says so. A
write goes to a temporary file beside the target, is synced and renamed over it.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

PRIVATE, GROUP, PUBLIC = 0o600, 0o640, 0o644
"""Who else reads a file: nobody, the group of its directory, everybody."""


def make_folder(path: Path, *, mode: int = PRIVATE) -> Path:
    """Create ``path`` and what is missing above it; return it.

    Whoever may read files of that mode may enter and list it; one that is there stays as it is.
    """
    if not path.is_dir():
        make_folder(path.parent, mode=mode)
        path.mkdir(mode=0o700, exist_ok=True)
        if mode != PRIVATE:
            path.chmod(mode | (mode & 0o444) >> 2)  # mkdir would obey the umask
    return path


def write(path: Path, text: str, *, is_durable: bool = False, mode: int = PRIVATE) -> None:
    """Replace ``path`` by ``text`` in one step.

    A durable one is there after a power loss, too, before anything that follows it.
    """
    make_folder(path.parent, mode=mode)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(temporary, path)
        if is_durable:
            _sync_folder(path.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_text(path: Path) -> str:
    """Return what a file says, nothing where there is none."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: Path, value: object, *, is_durable: bool = False, mode: int = PRIVATE) -> None:
    """Replace ``path`` by ``value`` as JSON that a person can read."""
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    write(path, text, is_durable=is_durable, mode=mode)


def read_json(path: Path) -> Any:
    """Return what ``write_json`` wrote, or None where there is no such file.

    A file that is not JSON is an error of the host and not "absent": it raises ValueError.
    """
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None


def remove(path: Path) -> None:
    """Remove a file or a whole folder; nothing happens where there is none."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def replace_folder(source: Path, target: Path) -> None:
    """Make ``source`` take the place and name of ``target``; the old content goes."""
    old = target.with_name(f".{target.name}.old")
    remove(old)
    if target.exists():
        os.rename(target, old)
    os.rename(source, target)
    remove(old)
