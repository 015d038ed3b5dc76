"""App processes in the place of containers: one folder each below run/containers.

The folder holds container.json (what runs, where), log (its output) and status (see supervisor.py).
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sandbox.dokku import sandbox_settings
from sandbox.dokku.host import Host
from sandbox.servers.ports import choose_port

HERE = Path(__file__).resolve().parent
PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass
class Container:
    """One process of an app."""

    id: str
    app: str
    process: str
    index: int
    image: str
    workdir: str
    argv: list[str]
    env: dict[str, str]
    restart: str = "on-failure:10"
    mounts: list[tuple[str, str, bool]] = field(default_factory=list)
    ports: dict[str, int] = field(default_factory=dict)
    isolated: bool = False
    start: list[str] = field(default_factory=list)

    @property
    def short(self) -> str:
        """Return the first twelve characters of the id."""
        return self.id[:12]


def new_id() -> str:
    """Return an id of Docker's shape."""
    return secrets.token_hex(32)


def folder(host: Host, cid: str) -> Path:
    """Return the folder of a container."""
    return host.run / "containers" / cid


def load(host: Host, cid: str) -> Container | None:
    """Return a container, or nothing when it is gone."""
    try:
        text = (folder(host, cid) / "container.json").read_text(encoding="utf-8")
    except OSError:
        return None
    return Container(**json.loads(text))


def every(host: Host) -> list[Container]:
    """Return all containers of the host."""
    root = host.run / "containers"
    found = [load(host, path.name) for path in root.iterdir()] if root.is_dir() else []
    return [item for item in found if item]


def all_of(host: Host, app: str) -> list[Container]:
    """Return all containers of an app, retired ones too."""
    return [item for item in every(host) if item.app == app]


def create(host: Host, container: Container) -> None:
    """Write a container's folder; the process is not started yet."""
    home = folder(host, container.id)
    home.mkdir(parents=True)
    container.isolated = sandbox_settings.read(host).isolated
    container.env["DOKKU_SANDBOX_ROOT"] = str(host.root)
    taken = {port for other in every(host) for port in other.ports.values()}
    for inside in container.ports:
        container.ports[inside] = choose_port(f"{home} {inside}", taken)
        taken.add(container.ports[inside])
    if container.process == "web":
        container.env["PORT"] = str(next(iter(container.ports.values()), ""))
        extra = {f"PORT_{inside}": str(port) for inside, port in container.ports.items()}
        container.env.update(extra)
    if not container.isolated:
        for number, (source, inside, _) in enumerate(container.mounts):
            container.env[f"DOKKU_SANDBOX_MOUNT_{number}"] = f"{source}:{inside}"
    container.start = [*namespace(container.isolated), *python("confine.py"), str(home)]
    text = json.dumps(asdict(container), indent=2)
    descriptor = os.open(home / "container.json", os.O_WRONLY | os.O_CREAT, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def namespace(isolated: bool) -> list[str]:
    """Return the words that give a process a mount namespace of its own."""
    if not isolated:
        return []
    if os.getuid() == 0:
        return ["unshare", "--mount"]
    return ["unshare", "--map-root-user", "--mount"]


def python(script: str) -> list[str]:
    """Return the words that run a script beside this module."""
    return [os.path.realpath(sys.executable), "-IS", str(HERE / script)]


def start(host: Host, container: Container) -> None:
    """Start a container's process, detached from everything of the caller."""
    home = folder(host, container.id)
    with open(home / "log", "ab") as log:
        process = subprocess.Popen(
            [*python("supervisor.py"), str(home)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=home,
            env={"PATH": PATH, "DOKKU_SANDBOX_ROOT": str(host.root)},
            start_new_session=True,
        )
    (home / "pid").write_text(str(process.pid), encoding="utf-8")


def run_once(host: Host, container: Container, *, terminal: bool = False) -> int:
    """Run a container in the foreground (release tasks, `run`, `enter`) and remove it."""
    create(host, container)
    stdin = None if terminal else subprocess.DEVNULL
    try:
        return subprocess.run(container.start, check=False, stdin=stdin).returncode
    finally:
        shutil.rmtree(folder(host, container.id), ignore_errors=True)


def state(host: Host, cid: str) -> tuple[str, str]:
    """Return a container's status and number: ("running", pid), ("exited", code) ..."""
    home = folder(host, cid)
    try:
        word, _, number = (home / "status").read_text(encoding="utf-8").partition(" ")
        pid = int((home / "pid").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ("created", "") if home.is_dir() else ("missing", "")
    if word == "running" and not os.path.exists(f"/proc/{pid}"):
        return "exited", "137"
    return word, number


def stop(host: Host, cid: str, grace: float, *, remove: bool, wait: bool = True) -> None:
    """Stop a container: SIGTERM now, SIGKILL when the grace is over."""
    home = folder(host, cid)
    if not home.is_dir():
        return
    (home / "grace").write_text(str(grace), encoding="utf-8")
    if remove:
        (home / "retired").touch()
    try:
        pid = int((home / "pid").read_text(encoding="utf-8"))
        os.kill(pid, signal.SIGTERM)
    except (OSError, ValueError):
        pid = 0
    if not wait:
        return
    end = time.monotonic() + grace + 2
    while pid and _lives(pid) and time.monotonic() < end:
        time.sleep(0.01)
    if remove:
        shutil.rmtree(home, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def last_lines(host: Host, cid: str, count: int = 10) -> list[str]:
    """Return the last lines that a container wrote."""
    try:
        text = (folder(host, cid) / "log").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.splitlines()[-count:]
