"""Which server a backup is from, and how much room this one has.

Servers may be called alike, and two may save an app of one name at one target: a word that is made
up once keeps them apart.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from .. import files
from ..context import Context
from ..errors import HostError
from ..layout import Layout
from ..report import amount
from .contents import Contents

MARGIN = 1.1
"""How much more room there has to be than what is brought."""

ROOMY = 2 * 1024**3
"""From how many free bytes of memory two programs of restic are let run at once."""

EXPANSION = {"postgres": 4, "mongo": 4}
"""What the compressed dumps may become, as a guess; those of other kinds are plain."""


def server_word(layout: Layout) -> str:
    """Return the word of this server; it is made up when it is first asked for."""
    path = layout.data / "server"
    if not path.exists():
        files.write(path, secrets.token_hex(4))
    return path.read_text("utf-8")


def has_room_for_two() -> bool:
    """Tell whether two parts of a backup can be brought at once: each may need much memory."""
    found = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text("ascii"))
    memory = int(found[1]) * 1024 if found else 0
    return memory >= ROOMY and (os.cpu_count() or 1) > 1


def check_room(
    context: Context,
    contents: Contents,
    services_at: Path,
    volumes_at: Mapping[str, Path],
    *,
    is_proof: bool,
) -> None:
    """Raise HostError unless what a backup holds finds room on the disks that it will go to.

    ``services_at`` is a directory on the disk where Docker keeps theirs, as far as that is known,
    ``volumes_at`` the directory for each volume; all are there. Where only a guess of what services
    become says so, a proof is not made; who asks for a restore is warned, for they may have nothing
    else.
    """
    disks: dict[int, tuple[Path, int, int]] = {}
    sizes = [(services_at, each.size, EXPANSION.get(each.kind, 1)) for each in contents.services]
    sizes += [(volumes_at[each.key], each.size, 1) for each in contents.volumes]
    for place, size, times in sizes:
        first, least, most = disks.get(_device(place), (place, 0, 0))
        disks[_device(place)] = first, least + size, most + size * times
    for place, least, most in disks.values():
        needed, free = int(most * MARGIN), shutil.disk_usage(place).free
        there = f"in {place}: {amount(needed)} are needed, {amount(free)} are free"
        if free < int((most if is_proof else least) * MARGIN):
            raise HostError(f"there is not enough room {there}")
        if free < needed:
            context.report.warning(f"there may not be enough room {there}")


def _device(place: Path) -> int:
    return os.stat(place).st_dev
