"""Where Debian's packages put the servers' programs."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from sandbox.servers.errors import ServerError

PROGRAMS = {
    "knot": "knotd",
    "knot-dnsutils": "knsupdate",
    "lego": "lego",
    "openssl": "openssl",
    "pebble": "pebble",
    "postgresql": "postgres",
    "prometheus": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "prometheus-blackbox-exporter": "prometheus-blackbox-exporter",
    "prometheus-node-exporter": "prometheus-node-exporter",
    "redis-server": "redis-server",
}
POSTGRES_FOLDERS = Path("/usr/lib/postgresql")


@cache
def find_postgres(name: str) -> str:
    """Find a program of the newest PostgreSQL; Debian's own wrappers in /usr/bin are slow."""
    folders = sorted(POSTGRES_FOLDERS.glob("*/bin"), key=_version)
    if not folders or not (folders[-1] / name).exists():
        raise ServerError("PostgreSQL is not installed; run script/bootstrap")
    return str(folders[-1] / name)


@cache
def find_program(name: str) -> str:
    """Find any other program; those of knot lie where only root's search path looks."""
    path = shutil.which(name, path="/usr/bin:/usr/sbin:/usr/local/bin")
    if path is None:
        raise ServerError(f"{name} is not installed; run script/bootstrap")
    return path


def missing_packages() -> list[str]:
    """Name the packages that are not installed."""
    found = {"postgresql": find_postgres}
    return [
        package
        for package, program in PROGRAMS.items()
        if not _is_found(found.get(package, find_program), program)
    ]


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
