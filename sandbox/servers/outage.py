"""What can be done to a running server from outside: stop it, let it hang, let it go on."""

import os
import signal
from collections.abc import Iterable

from sandbox.servers import daemon
from sandbox.servers.daemon import Daemon


def stop(items: Iterable[Daemon]) -> None:
    """Stop processes, also those that were frozen."""
    for item in items:
        thaw([item])
        daemon.stop(item, signal.SIGTERM)


def freeze(items: Iterable[Daemon]) -> None:
    """Let processes hang: they take connections and questions, and answer none."""
    _send(items, signal.SIGSTOP)


def thaw(items: Iterable[Daemon]) -> None:
    """Let frozen processes go on."""
    _send(items, signal.SIGCONT)


def word(items: Iterable[Daemon]) -> str:
    """Say in one word how the processes are."""
    return "running" if all(map(daemon.is_running, items)) else "stopped"


def _send(items: Iterable[Daemon], number: signal.Signals) -> None:
    for item in items:
        pid = daemon.read_pid(item)
        if pid is not None and daemon.is_running(item):
            os.kill(pid, number)
