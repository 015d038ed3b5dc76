"""Finds and stops the processes of a sandbox, also those that a crash has orphaned."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.dokku.calls import descendants, parent
from sandbox.dokku.host import Host

MARK = "DOKKU_SANDBOX_ROOT"
# these overwrite their environment with a title; they are known by the files that they hold open
SERVERS = ("nginx", "postgres", "redis-server", "mysqld", "mariadbd")


def belonging(host: Host) -> list[int]:
    """Return the pids of all processes of the sandbox, never this one or one above it."""
    marks = (f"{MARK}={host.root}\0".encode(), f"DOKKU_LIB_ROOT={host.lib}\0".encode())
    found: set[int] = set()
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (has_mark(entry, marks) or holds_files(entry, host)):
            found.update((int(entry), *descendants(int(entry))))
    return sorted(found - ancestors(os.getpid()))


def has_mark(pid: str, marks: tuple[bytes, ...]) -> bool:
    """Say whether a process carries one of the sandbox's environment variables."""
    try:
        text = Path(f"/proc/{pid}/environ").read_bytes() + b"\0"
    except OSError:
        return False
    return any(mark in text for mark in marks)


def holds_files(pid: str, host: Host) -> bool:
    """Say whether a process is a server with open files below the root."""
    try:
        if Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() not in SERVERS:
            return False
        links = [f"/proc/{pid}/cwd", *(entry.path for entry in os.scandir(f"/proc/{pid}/fd"))]
        return any(os.readlink(link).startswith(f"{host.root}/") for link in links)
    except OSError:
        return False


def ancestors(pid: int) -> set[int]:
    """Return a process and all above it."""
    found = set()
    while pid > 0:
        found.add(pid)
        pid = parent(pid)
    return found


def stop_all(host: Host, limit: float = 10.0) -> int:
    """Ask all processes of the sandbox to end, then kill the rest; returns how many there were."""
    pids = belonging(host)
    for pid in pids:
        send(pid, signal.SIGTERM)
        send(pid, signal.SIGCONT)  # one that was frozen could not end
    ended = wait_until(lambda: not belonging(host), limit)
    if not ended:
        for pid in belonging(host):
            send(pid, signal.SIGKILL)
        wait_until(lambda: not belonging(host), limit)
    return len(pids)


def send(pid: int, number: int) -> None:
    """Send a signal to a process that may be gone."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def wait_until(condition: Callable[[], bool], limit: float) -> bool:
    """Wait for a condition; returns whether it came true in time."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()
