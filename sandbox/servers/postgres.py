"""One PostgreSQL server per service: start, stop, and the words of its clients."""

import os
import signal
import subprocess
from pathlib import Path

from sandbox.servers import daemon
from sandbox.servers.cluster import Cluster, Login
from sandbox.servers.daemon import Daemon
from sandbox.servers.identity import find_identity
from sandbox.servers.ports import LOOPBACK, claim_port
from sandbox.servers.programs import find_postgres


def start(cluster: Cluster) -> None:
    """Start the server and wait until it accepts connections; recovers by itself after a crash."""
    if is_running(cluster):
        return
    identity = find_identity(cluster.data.parent)
    _clear_stale_lock(cluster)
    claim_port(cluster.port)
    server = (find_postgres("postgres"), "-D", str(cluster.data), "-p", str(cluster.port))
    daemon.start(_daemon(cluster), (*identity.words, *server), lambda: _accepts(cluster))


def stop(cluster: Cluster) -> None:
    """Stop the server in order, and by force when it does not listen."""
    daemon.stop(_daemon(cluster), signal.SIGINT, signal.SIGQUIT)
    _clear_stale_lock(cluster)


def is_running(cluster: Cluster) -> bool:
    """Tell whether this cluster's server runs."""
    return daemon.is_running(_daemon(cluster))


def client(program: str, cluster: Cluster, *words: str) -> list[str]:
    """The words that run psql, pg_dump or pg_restore against the cluster."""
    address = ["-h", LOOPBACK, "-p", str(cluster.port), "-U", "postgres", "-w"]
    return [find_postgres(program), *address, *words]


def client_environment(login: Login) -> dict[str, str]:
    """The environment of a client: the password, and nothing of the user's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "PGPASSWORD": login.password, "PSQLRC": "/dev/null", "LC_ALL": "C.UTF-8"}


def _daemon(cluster: Cluster) -> Daemon:
    return Daemon(folder=cluster.data.parent, log=cluster.log, mark=str(cluster.data))


def _accepts(cluster: Cluster) -> bool:
    # The eighth line of the server's own lock file is its state.
    try:
        lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


def _clear_stale_lock(cluster: Cluster) -> None:
    # A killed server leaves its lock, and its number may belong to somebody else by now. What is
    # left of its children goes first: while one lives the files are in use.
    for pid in daemon.find_by_folder(cluster.data, frozenset({"postgres"})):
        daemon.end(pid, signal.SIGQUIT)
    lock = cluster.data / "postmaster.pid"
    if lock.exists():
        _free_shared_memory(lock.read_text().splitlines())
        lock.unlink()


def _free_shared_memory(lock: list[str]) -> None:
    # The seventh line names the few bytes of System V memory by which PostgreSQL notices a second
    # server: key and number. Nobody else removes them when the server was killed.
    words = lock[6].split() if len(lock) > 6 else []
    known = [line.split()[:2] for line in Path("/proc/sysvipc/shm").read_text().splitlines()]
    if words in known:
        subprocess.run(["ipcrm", "--shmem-id", words[1]], capture_output=True, check=False)
