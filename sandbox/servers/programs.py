"""Where Debian's packages put the servers' programs."""

import shutil
from functools import cache
from pathlib import Path

from sandbox.servers.errors import ServerError

POSTGRES_FOLDERS = Path("/usr/lib/postgresql")


@cache
def find_postgres(name: str) -> str:
    """Find a program of the newest PostgreSQL; Debian's own wrappers in /usr/bin are slow."""
    folders = sorted(POSTGRES_FOLDERS.glob("*/bin"), key=_version)
    if not folders or not (folders[-1] / name).exists():
        raise ServerError("PostgreSQL is not installed; run script/bootstrap")
    return str(folders[-1] / name)


@cache
def find_redis(name: str) -> str:
    """Find a program of Redis."""
    path = shutil.which(name, path="/usr/bin:/usr/local/bin")
    if path is None:
        raise ServerError("Redis is not installed; run script/bootstrap")
    return path


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0
