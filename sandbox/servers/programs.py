"""Where Debian's packages put the servers' programs."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from sandbox.servers.errors import ServerError

PROGRAMS = {"postgresql": "postgres", "redis-server": "redis-server"}
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


def missing_packages() -> list[str]:
    """Name the packages that are not installed."""
    found = {"postgresql": find_postgres, "redis-server": find_redis}
    return [package for package, find in found.items() if not _is_found(find, PROGRAMS[package])]


def _is_found(find: Callable[[str], str], program: str) -> bool:
    try:
        return bool(find(program))
    except ServerError:
        return False


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0
