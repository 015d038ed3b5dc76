"""The call log: every call of `dokku`, and the fault that a test may order (see README)."""

import fcntl
import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from sandbox.dokku.host import Host


@dataclass(frozen=True)
class Record:
    """A call that has begun."""

    argv: tuple[str, ...]
    began: float
    trigger: str | None
    trigger_pid: int
    depth: int
    fault: str


def begin(host: Host, argv: list[str]) -> Record:
    """Note who calls; a fault with the moment "before" strikes here."""
    trigger, pid, depth = find_trigger(host)
    fault = due_fault(host) if trigger else ""
    record = Record(tuple(argv), time.time(), trigger, pid, depth, fault)
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
        "depth": record.depth,
        "trigger": record.trigger,
        "exit": status,
        "at": round(record.began, 3),
        "ms": round((time.time() - record.began) * 1000),
    }
    with open(host.root / "log/calls.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def find_trigger(host: Host) -> tuple[str | None, int, int]:
    """Return the nearest trigger above this process, its pid, and how many there are.

    The trigger runner leaves a note for each plugin's process; environment variables would not
    do, for a plugin may well give its children a clean environment.
    """
    notes, name, nearest, depth = host.run / "triggers", None, 0, 0
    pid = os.getppid()
    while pid > 1:
        note = notes / str(pid)
        if note.exists():
            depth += 1
            if not nearest:
                name, nearest = note.read_text(encoding="utf-8"), pid
        pid = parent(pid)
    return name, nearest, depth


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
    for pid in [record.trigger_pid, *descendants(record.trigger_pid)]:
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
