"""Choose a loopback port for a server that keeps it for good.

A service's port stands in the apps' configuration, so it must be free again after a restart of the
sandbox: ports that the kernel hands out to outgoing connections are not used.
"""

import socket
import zlib
from collections.abc import Container

from sandbox.servers.errors import ServerError

LOOPBACK = "127.0.0.1"
PORTS = range(20000, 32000)


def choose_port(seed: str, taken: Container[int]) -> int:
    """Choose a free port that is not in `taken`; another `seed` begins to look elsewhere."""
    begin = zlib.crc32(seed.encode()) % len(PORTS)
    candidates: tuple[int, ...] = (*PORTS[begin:], *PORTS[:begin])
    for port in candidates:
        if port not in taken and is_free(port):
            return port
    raise ServerError(f"no loopback port between {PORTS.start} and {PORTS.stop} is free")


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
