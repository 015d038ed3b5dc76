"""Start a server that outlives its starter, recognise it again, and end it. Linux only (/proc)."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.servers.errors import ServerError

PAUSE = 0.01
LIMIT = 30.0
# setsid --fork returns at once: from its first moment the server is in nobody's process tree, and
# who kills the starter with all below it does not kill the server; a container would survive too.
DETACH = ("setsid", "--fork", "sh", "-c", 'echo $$ >"$0" && exec "$@"')


@dataclass(frozen=True)
class Daemon:
    """A server process: its folder, its log, and a word that only its command line has.

    `environment` is what the server needs beside a search path and a locale.
    """

    folder: Path
    log: Path
    mark: str
    name: str = "server"
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def pid_file(self) -> Path:
        """Where its process number is kept."""
        return self.folder / f"{self.name}.pid"


def start(daemon: Daemon, words: Sequence[str], is_ready: Callable[[], bool]) -> None:
    """Start `words` and wait until they are ready; raises ServerError with the end of the log."""
    daemon.log.parent.mkdir(parents=True, exist_ok=True)
    daemon.pid_file.unlink(missing_ok=True)
    with daemon.log.open("ab") as output:
        subprocess.run(
            (*DETACH, str(daemon.pid_file), *words),
            cwd=daemon.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**_kept_environment(), "LC_ALL": "C.UTF-8", **daemon.environment},
            check=True,
        )
    end = time.monotonic() + LIMIT
    while time.monotonic() < end and (read_pid(daemon) is None or is_alive(read_pid(daemon))):
        if is_ready():
            return
        time.sleep(PAUSE)
    stop(daemon)
    last = "\n".join(daemon.log.read_text(errors="replace").splitlines()[-5:])
    raise ServerError(f"the server did not start; the end of {daemon.log}:\n{last}")


def is_running(daemon: Daemon) -> bool:
    """Tell whether the process still is this server: process numbers are used again."""
    return daemon.mark in read_command(read_pid(daemon))


def stop(daemon: Daemon, *signals: signal.Signals) -> None:
    """Send the first signal, wait, send the next; the last resort is SIGKILL."""
    pid = read_pid(daemon)
    if pid is not None and is_running(daemon):
        end(pid, *signals)
    daemon.pid_file.unlink(missing_ok=True)


def read_pid(daemon: Daemon) -> int | None:
    """Read the process number, None where there is none (yet)."""
    try:
        return int(daemon.pid_file.read_text())
    except (FileNotFoundError, ValueError):
        return None


def is_alive(pid: int | None) -> bool:
    """Tell whether there is such a process, and no mere zombie.

    While threads of a dead process still end, its ports and files are not free yet.
    """
    folder = Path(f"/proc/{pid}")
    try:
        text = (folder / "stat").read_text(errors="replace")
        is_alone = len(os.listdir(folder / "task")) == 1
    except OSError:
        return False
    return not is_alone or text.rpartition(")")[2].split()[0] not in ("Z", "X")


def read_command(pid: int | None) -> list[str]:
    """Read the words that started a process; nothing for one that is gone or just being started."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return []
    return words.rstrip("\0").split("\0") if words else []


def end(pid: int, *signals: signal.Signals, limit: float = 10.0) -> None:
    """End a process with the first of `signals` that helps, or with SIGKILL."""
    for number in (*signals, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        until = time.monotonic() + limit
        while time.monotonic() < until:
            if not is_alive(pid):
                return
            time.sleep(PAUSE)
    raise ServerError(f"process {pid} does not end")


def find_by_folder(folder: Path, names: frozenset[str]) -> Iterator[int]:
    """Find processes called one of `names` that work in or below `folder`: a crash's leftovers."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            place = Path(os.readlink(entry / "cwd"))
            name = (entry / "comm").read_text().strip()
        except OSError:
            continue
        if name in names and place.is_relative_to(folder):
            yield int(entry.name)


def _kept_environment() -> dict[str, str]:
    # DOKKU_LIB_ROOT tells `script/sandbox down` whose the process is.
    return {name: os.environ[name] for name in ("PATH", "DOKKU_LIB_ROOT") if name in os.environ}
