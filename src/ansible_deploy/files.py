"""Write files so that a reader sees the old content or the new, and only we can read it.

Files are 0600 and directories 0700; a write goes to a temporary file beside the target, is synced
and renamed over it.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any


def make_folder(path: Path) -> Path:
    """Create ``path`` and what is missing above it, mode 0700; return it."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def write(path: Path, text: str) -> None:
    """Replace ``path`` by ``text`` in one step, mode 0600."""
    make_folder(path.parent)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_json(path: Path, value: object) -> None:
    """Replace ``path`` by ``value`` as JSON that a person can read."""
    write(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


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
