"""The call log: every call of `dokku`, and the fault that a test may order (see README).

A program of a plugin, whether trigger or subcommand, leaves a note while it runs; so a call finds
above itself where it comes from. Environment variables would not do, for a plugin may well give its
children a clean environment.
"""

import fcntl
import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from sandbox.dokku import deploy_lock
from sandbox.dokku.host import Host


@dataclass(frozen=True)
class Origin:
    """The programs of plugins above a call: the nearest one, and how many are triggers."""

    name: str = ""
    pid: int = 0
    depth: int = 0

    @property
    def is_subcommand(self) -> bool:
        """Tell whether the nearest is a subcommand and no trigger."""
        return ":" in self.name


@dataclass(frozen=True)
class Record:
    """A call that has begun."""

    argv: tuple[str, ...]
    began: float
    origin: Origin
    fault: str


def begin(host: Host, argv: list[str]) -> Record:
    """Note who calls; a fault with the moment "before" strikes here."""
    origin = find_origin(host)
    fault = due_fault(host) if origin.pid else ""
    record = Record(tuple(argv), time.time(), origin, fault)
    if fault == "before":
        append(host, record, None)
        strike(record)
    return record


def end(host: Host, record: Record, status: int) -> None:
    """Write the line of a call; a fault with the moment "after" strikes here."""
    append(host, record, status)
    if record.fault == "after":
        strike(record)


def append(host: Host, record: Record, status: int | None) -> None:
    """Append a call to the log; one write, so that concurrent calls do not mix."""
    line = {
        "argv": record.argv,
        "pid": os.getpid(),
        "depth": record.origin.depth,
        "trigger": None if record.origin.is_subcommand else record.origin.name or None,
        "subcommand": record.origin.name if record.origin.is_subcommand else None,
        "exit": status,
        "at": round(record.began, 3),
        "ms": round((time.time() - record.began) * 1000),
    }
    with open(host.root / "log/calls.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def run_noted(host: Host, name: str, words: list[str], *, has_input: bool = True) -> int:
    """Run a plugin's program, with a note that says what it is; returns its status."""
    import subprocess  # here and elsewhere: most calls of dokku start no program

    stdin = None if has_input else subprocess.DEVNULL
    process = subprocess.Popen(words, pass_fds=deploy_lock.held(), stdin=stdin)
    note = host.run / "triggers" / str(process.pid)
    note.write_text(name, encoding="utf-8")
    try:
        status = process.wait()
    finally:
        note.unlink(missing_ok=True)
    return status if status >= 0 else 128 - status


def find_origin(host: Host) -> Origin:
    """Return what is above this process."""
    notes, names, nearest = host.run / "triggers", [], 0
    pid = os.getppid()
    while pid > 1:
        note = notes / str(pid)
        if note.exists():
            names.append(note.read_text(encoding="utf-8"))
            nearest = nearest or pid
        pid = parent(pid)
    return Origin(names[0] if names else "", nearest, sum(":" not in name for name in names))


def parent(pid: int) -> int:
    """Return a process's parent, 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(text.rpartition(")")[2].split()[1])


def due_fault(host: Host) -> str:
    """Count this call against the fault file; returns the fault's moment when its turn has come."""
    file = host.root / "fault.json"
    if not file.exists():
        return ""
    with open(file, "r+", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        fault = json.loads(stream.read() or "{}")
        count = int(fault.get("count", 0)) + 1
        if count == fault.get("at"):
            file.unlink(missing_ok=True)
            return str(fault.get("moment", "before"))
        stream.seek(0)
        stream.truncate()
        stream.write(json.dumps({**fault, "count": count}))
    return ""


def strike(record: Record) -> None:
    """Kill the plugin's whole process tree with SIGKILL, this process last."""
    for pid in [record.origin.pid, *descendants(record.origin.pid)]:
        if pid != os.getpid():
            _kill(pid)
    _kill(os.getpid())


def descendants(root: int) -> list[int]:
    """Return the pids of all processes below one."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            children.setdefault(parent(int(entry)), []).append(int(entry))
    found, todo = [], [root]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
