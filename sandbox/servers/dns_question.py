"""One question to the sandbox's DNS server by UDP, for programs that have no library of DNS."""

import socket
import struct
from collections.abc import Iterator

from sandbox.servers.ports import LOOPBACK

ADDRESS, SOA = 1, 6  # types of records
IN = 1  # their class
LIMIT = 0.5


def ask(port: int, name: str, kind: int, limit: float = LIMIT) -> bytes:
    """Return the server's answer as it came; raises OSError where there is none in time."""
    labels = name.rstrip(".").encode("idna").split(b".")
    question = b"".join(bytes([len(label)]) + label for label in labels)
    with socket.socket(type=socket.SOCK_DGRAM) as connection:
        connection.settimeout(limit)
        connection.connect((LOOPBACK, port))
        head = struct.pack(">6H", 1, 0, 1, 0, 0, 0)
        connection.send(head + question + struct.pack(">B2H", 0, kind, IN))
        return connection.recv(4096)


def find_addresses(port: int, name: str) -> list[str]:
    """Return the IPv4 addresses of a name, those behind a CNAME too; none for an unknown name."""
    answer = ask(port, name, ADDRESS)
    return [socket.inet_ntoa(data) for kind, data in _records(answer) if kind == ADDRESS]


def _records(answer: bytes) -> Iterator[tuple[int, bytes]]:
    questions, answers = struct.unpack(">2H", answer[4:8])
    place = 12
    for _ in range(questions):
        place = _after_name(answer, place) + 4
    for _ in range(answers):
        place = _after_name(answer, place) + 10
        kind, _, _, size = struct.unpack(">2HIH", answer[place - 10 : place])
        yield kind, answer[place : place + size]
        place += size


def _after_name(answer: bytes, place: int) -> int:
    while size := answer[place]:
        if size >= 0xC0:  # the rest of the name stands elsewhere in the answer
            return place + 2
        place += size + 1
    return place + 1
