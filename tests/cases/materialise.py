"""Makes the folder of a case: its `deploy.d`, and what git cannot keep from its `make.json`.

`make.json` may hold, all by path below the tree: `text`, `hex` (content), `repeat` (a text and how
often), `links` and `hard_links` (to what), `pipes`, `sockets`, `numbered` (a folder and how many
files), and `archive` (members of a tar file, for deploys that come as one).
"""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def materialise(case: Path, tree: Path) -> None:
    """Make the tree that the case describes in an empty directory."""
    if (case / "deploy.d").exists():
        shutil.copytree(case / "deploy.d", tree / "deploy.d")
    for kind, entries in recipe(case).items():
        for name, what in entries.items() if kind != "archive" else ():
            place = tree / name
            place.parent.mkdir(parents=True, exist_ok=True)
            MAKERS[kind](place, what)


def recipe(case: Path) -> dict[str, Any]:
    """Return what `make.json` says; nothing when there is none."""
    path = case / "make.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def archive(case: Path) -> io.BytesIO | None:
    """Return the tar file that the case describes, if it describes one."""
    members = recipe(case).get("archive")
    if not members:
        return None
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, what in members.items():
            member = tarfile.TarInfo(name)
            content = what.get("text", "").encode()
            member.size = len(content)
            member.type = what.get("type", "0").encode()
            member.linkname = what.get("link", "")
            tar.addfile(member, io.BytesIO(content))
    stream.seek(0)
    return stream


def _number(place: Path, how_many: int) -> None:
    place.mkdir()
    for index in range(how_many):
        (place / f"{index}.txt").touch()


def _listen(place: Path, _what: object) -> None:
    here = Path.cwd()
    os.chdir(place.parent)  # the path of a socket may have only 107 letters
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(place.name)
    finally:
        os.chdir(here)


MAKERS: dict[str, Callable[[Path, Any], object]] = {
    "text": lambda place, what: place.write_text(what, "utf-8"),
    "hex": lambda place, what: place.write_bytes(bytes.fromhex(what)),
    "repeat": lambda place, what: place.write_text(what[0] * what[1], "utf-8"),
    "links": lambda place, what: place.symlink_to(what),
    "hard_links": lambda place, what: place.hardlink_to(place.parent / what),
    "pipes": lambda place, _what: os.mkfifo(place),
    "sockets": _listen,
    "numbered": _number,
}
