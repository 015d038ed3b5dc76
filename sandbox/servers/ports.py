"""Choose a loopback port for a server that keeps it for good.

A service's port stands in the apps' configuration, so it must be free again after a restart of the
sandbox: ports that the kernel hands out to outgoing connections are not used, and one that another
sandbox of this user has chosen is its own, also while nobody listens there.
"""

import fcntl
import os
import socket
import tempfile
import zlib
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.servers.errors import ServerError

LOOPBACK = "127.0.0.1"
PORTS = range(20000, 32000)


def choose_port(seed: str, taken: Container[int], preferred: int = 0) -> int:
    """Choose a free port that is not in `taken`; another `seed` begins to look elsewhere.

    The first word of the seed is a path: the port is kept for it as long as that exists.
    """
    begin, owner = zlib.crc32(seed.encode()) % len(PORTS), seed.partition(" ")[0]
    candidates: tuple[int, ...] = (preferred, *PORTS[begin:], *PORTS[:begin])
    with _reservations() as folder:
        for port in candidates:
            if port and port not in taken and is_free(port) and not _owner(folder, port):
                (folder / str(port)).write_text(owner, encoding="utf-8")
                return port
    raise ServerError(f"no loopback port between {PORTS.start} and {PORTS.stop} is free")


def keep_port(port: int, owner: str) -> bool:
    """Tell whether a port that `owner` has chosen once is there for it again."""
    with _reservations() as folder:
        if not is_free(port) or _owner(folder, port) not in ("", owner):
            return False
        (folder / str(port)).write_text(owner, encoding="utf-8")
        return True


@contextmanager
def _reservations() -> Iterator[Path]:
    """Hold the folder where a file for each chosen port says whose it is."""
    folder = Path(tempfile.gettempdir()) / f"dokku-sandbox-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _owner(folder: Path, port: int) -> str:
    """Return whose the port is, empty where it is nobody's that exists."""
    file = folder / str(port)
    owner = file.read_text(encoding="utf-8") if file.exists() else ""
    return owner if owner and Path(owner).exists() else ""


def is_free(port: int) -> bool:
    """Tell whether nobody listens on the loopback `port`, by TCP or by UDP."""
    return all(_can_bind(port, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM))


def _can_bind(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(type=kind) as probe:
        if kind == socket.SOCK_STREAM:  # old connections of a server that ended do not count
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def claim_port(port: int) -> None:
    """Raise ServerError when somebody else already listens on a server's port."""
    if not is_free(port):
        raise ServerError(f"port {port} is in use by another program; end that and start again")
