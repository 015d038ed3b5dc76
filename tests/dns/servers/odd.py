"""Servers that listen and behave badly, each in its own way."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def odd_server(behave: Callable[[socket.socket], None]) -> Iterator[int]:
    """Runs a server that does this to every connection; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept: list[socket.socket] = []

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    kept.append(connection)
                    threading.Thread(target=_guarded, args=(behave, connection)).start()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for connection in kept:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                connection.close()
            thread.join(5)


def _guarded(behave: Callable[[socket.socket], None], connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        behave(connection)


def silent(connection: socket.socket) -> None:
    """Takes everything and says nothing."""
    while connection.recv(65536):
        pass


def closing(connection: socket.socket) -> None:
    """Hangs up after the question."""
    connection.recv(65536)
    connection.close()


def dripping(connection: socket.socket) -> None:
    """Promises a long answer and sends it byte by byte, for ever."""
    connection.recv(65536)
    connection.sendall(struct.pack("!H", 60000))
    stop = threading.Event()
    while not stop.wait(0.05):
        connection.sendall(b"x")


def cutting(connection: socket.socket) -> None:
    """Sends the beginning of an answer and hangs up."""
    content = connection.recv(65536)
    connection.sendall(struct.pack("!H", 100) + content[2:20])
    connection.close()


def babbling(connection: socket.socket) -> None:
    """Answers with something that is no message."""
    content = connection.recv(65536)
    connection.sendall(struct.pack("!H", 40) + content[2:4] + b"\xff" * 38)


def foreign(connection: socket.socket) -> None:
    """Answers another question."""
    connection.recv(65536)
    connection.sendall(struct.pack("!H", 12) + bytes(12))


def echoing(flags: int) -> Callable[[socket.socket], None]:
    """Returns a behaviour: to answer each question without a signature, with these flags."""

    def behave(connection: socket.socket) -> None:
        while head := connection.recv(2):
            (length,) = struct.unpack("!H", head)
            content = connection.recv(length)
            header = content[:2] + struct.pack("!HHHHH", flags, 0, 0, 0, 0)
            connection.sendall(struct.pack("!H", len(header)) + header)

    return behave


UNSIGNED = echoing(0x8400)
TRUNCATED = echoing(0x8600)
REFUSING = echoing(0x8405)


def web(status: int) -> Callable[[socket.socket], None]:
    """Returns a behaviour: to answer every request with this status."""
    return web_by_path({}, status)


def web_by_path(answers: dict[str, bytes], otherwise: int = 500) -> Callable[[socket.socket], None]:
    """Returns a behaviour: JSON for requests to these paths, a status for all others."""

    def behave(connection: socket.socket) -> None:
        path = connection.recv(65536).decode().split(" ")[1].partition("?")[0]
        status, content = (200, answers[path]) if path in answers else (otherwise, b"{}")
        head = f"HTTP/1.1 {status} so\r\nContent-Length: {len(content)}\r\nConnection: close\r\n"
        connection.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + content)
        connection.shutdown(socket.SHUT_RDWR)

    return behave
