"""What `expose` starts: a process that carries a loopback port to a server's own port.

Dokku runs an "ambassador" container for this; here it is the program carry.py.
"""

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from sandbox.servers import daemon
from sandbox.servers.daemon import Daemon
from sandbox.servers.ports import claim_port, is_free

PROGRAM = str(Path(__file__).with_name("carry.py"))


@dataclass(frozen=True)
class Forwarder:
    """A forwarder's folder (it keeps its process number there), its log and the two ports."""

    folder: Path
    log: Path
    port: int
    server_port: int


def start(forwarder: Forwarder) -> None:
    """Start forwarding; nothing to do when it runs already."""
    place = _daemon(forwarder.folder, forwarder.log)
    if daemon.is_running(place):
        return
    claim_port(forwarder.port)
    words = (sys.executable, PROGRAM, str(forwarder.port), str(forwarder.server_port))
    daemon.start(place, words, lambda: not is_free(forwarder.port))


def stop(folder: Path) -> None:
    """Stop the forwarder of a folder, if there is one."""
    daemon.stop(_daemon(folder), signal.SIGTERM)


def _daemon(folder: Path, log: Path = Path(os.devnull)) -> Daemon:
    return Daemon(folder=folder, log=log, mark=PROGRAM, name="forwarder")
