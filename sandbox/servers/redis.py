"""One Redis server per service: its configuration, start, stop, and the words of its client."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from sandbox.servers import daemon
from sandbox.servers.daemon import Daemon
from sandbox.servers.ports import LOOPBACK, claim_port
from sandbox.servers.programs import find_program

PAUSE = 0.01


@dataclass(frozen=True)
class Store:
    """A Redis server's files, address and password."""

    data: Path
    configuration: Path
    log: Path
    port: int
    password: str


def create_store(store: Store) -> None:
    """Write the configuration; the server is not started."""
    store.data.mkdir(parents=True, exist_ok=True)
    store.configuration.parent.mkdir(parents=True, exist_ok=True)
    store.configuration.touch(mode=0o600)
    store.configuration.write_text(
        f"bind {LOOPBACK}\nport {store.port}\ndir {store.data}\n"
        f'requirepass "{store.password}"\n'
        # Otherwise Redis writes over its command line, by which is_running recognises it.
        "set-proc-title no\n"
    )


def start(store: Store) -> None:
    """Start the server and wait until it answers, if only that it still reads its data."""
    if is_running(store):
        return
    claim_port(store.port)
    words = (find_program("redis-server"), str(store.configuration))
    daemon.start(_daemon(store), words, lambda: _listens(store))


def stop(store: Store) -> None:
    """Stop the server; it writes its dump first, as Redis does on SIGTERM."""
    daemon.stop(_daemon(store), signal.SIGTERM)


def is_running(store: Store) -> bool:
    """Tell whether this store's server runs."""
    return daemon.is_running(_daemon(store))


def started_at(store: Store) -> float:
    """Tell when the server was started, in seconds as the clock counts them."""
    try:
        return _daemon(store).pid_file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def wait_for_save(store: Store, limit: float) -> None:
    """Wait until the server's save in the background has ended, or the limit is over."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if "rdb_bgsave_in_progress:1" not in ask(store, "INFO", "persistence"):
            return
        time.sleep(PAUSE)


def ask(store: Store, *words: str) -> str:
    """Put one question to the server; the answer without its line end."""
    done = subprocess.run(
        [*client(store), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=client_environment(store),
    )
    return done.stdout.strip()


def client(store: Store) -> list[str]:
    """The words that run redis-cli against the store."""
    return [find_program("redis-cli"), "-h", LOOPBACK, "-p", str(store.port)]


def client_environment(store: Store) -> dict[str, str]:
    """The environment of redis-cli: the password stays off the command line."""
    return {**os.environ, "REDISCLI_AUTH": store.password, "LC_ALL": "C.UTF-8"}


def _listens(store: Store) -> bool:
    # Dokku waits for the port only, which is open before the data is read.
    return ask(store, "PING").startswith(("PONG", "LOADING"))


def _daemon(store: Store) -> Daemon:
    return Daemon(folder=store.data.parent, log=store.log, mark=str(store.configuration))
