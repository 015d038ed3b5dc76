"""Exchanges signed messages with one name server over TCP, several at once, in bounded time.

Needs dnspython, but not its module `dns.query`, which takes longer to import than all we do here.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dns.exception
import dns.message
import dns.rcode
import dns.tsig

from .dns_deadline import Deadline, within
from .dns_model import DnsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

AT_ONCE = 50
"""Messages sent before their answers are read; few enough for everybody's buffers."""

KEY_TROUBLE: dict[type[Exception], str] = {
    # Knot says this of a key, too, that none of its rules lets do what was asked (3.2, seen).
    dns.tsig.PeerBadKey: "does not know the key {key}, or does not let it do this: compare the"
    " key's name and algorithm, and what the server lets it change",
    dns.tsig.PeerBadSignature: "does not accept the secret of the key {key}: compare the secret",
    dns.tsig.PeerBadTime: "has another time than this host: compare both clocks",
    dns.tsig.PeerBadTruncation: "does not accept the length of the signatures of the key {key}",
    dns.tsig.BadTime: "has another time than this host: compare both clocks",
}

UNSIGNED = {
    dns.rcode.FORMERR,
    dns.rcode.NOTAUTH,
    dns.rcode.NOTIMP,
    dns.rcode.REFUSED,
    dns.rcode.SERVFAIL,
}
"""How a server may answer without a signature: that it will not or cannot do it."""


class UnknownKey(DnsError):
    """Says that a name server does not take messages that are signed with the key."""


@dataclass(frozen=True)
class Server:
    """A name server, and the key that messages to it are signed with, if they are."""

    host: str
    port: int
    key: dns.tsig.Key | None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"the name server {host}:{self.port}"

    @property
    def key_name(self) -> str:
        """Returns the name of the key as people write it."""
        return self.key.name.to_text(omit_final_dot=True) if self.key else ""


def exchange(
    server: Server, messages: Sequence[dns.message.Message], deadline: Deadline
) -> list[dns.message.Message]:
    """Returns the answer to each of these messages, in their order; raises DnsError."""
    waiting: dict[int, dns.message.Message] = {}
    for message in messages:
        message.id = _unused_id(message.id, waiting)
        if server.key:
            message.use_tsig(server.key)
        waiting[message.id] = message
    order = list(waiting)
    answers: dict[int, dns.message.Message] = {}
    while len(answers) < len(order):
        batch = [waiting[number] for number in order if number not in answers][:AT_ONCE]
        found = _converse(server, batch, deadline)
        if not found:
            raise DnsError(f"{server} closed the connection without an answer")
        answers.update(found)
    return [answers[number] for number in order]


def refused(server: Server, answer: dns.message.Message) -> str:
    """Returns what the server answered, as a sentence without what to do."""
    return f"{server} answered {dns.rcode.to_text(answer.rcode())}"


def _unused_id(number: int, used: Any) -> int:
    while number in used:
        number = (number + 1) % 65536
    return number


def _converse(
    server: Server, messages: list[dns.message.Message], deadline: Deadline
) -> dict[int, dns.message.Message]:
    """Sends all messages and reads answers until all are there, or the server hangs up."""
    by_id = {message.id: message for message in messages}
    answers: dict[int, dns.message.Message] = {}
    try:
        with _connected(server, deadline) as connection:
            connection.settimeout(deadline.remaining(str(server)))
            connection.sendall(b"".join(map(_framed, messages)))
            for content in _frames(server, connection, deadline):
                answer = _parsed(server, content, by_id)
                answers[answer.id] = answer
                if len(answers) == len(by_id):
                    break
    except TimeoutError as error:
        raise DnsError(f"{server} did not answer within {deadline.seconds:g} s") from error
    except OSError as error:
        if not answers:
            raise DnsError(f"{server} cannot be reached: {error.strerror or error}") from error
    return answers


def _connected(server: Server, deadline: Deadline) -> socket.socket:
    def addresses() -> list[Any]:
        return socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)

    trouble: OSError = OSError("it has no address")
    for family, kind, protocol, _, address in within(deadline, str(server), addresses):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(deadline.remaining(str(server)))
            connection.connect(address)
        except OSError as error:
            connection.close()
            trouble = error
        else:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
    raise trouble


def _framed(message: dns.message.Message) -> bytes:
    try:
        content = message.to_wire(max_size=65535)
    except dns.exception.TooBig:
        raise DnsError("the records are too many or too long for one update; use fewer") from None
    return struct.pack("!H", len(content)) + content


def _frames(server: Server, connection: socket.socket, deadline: Deadline) -> Iterator[bytes]:
    """Yields one message after the other, until the server hangs up."""
    while True:
        head = _read(server, connection, 2, deadline)
        if len(head) < 2:
            return
        (length,) = struct.unpack("!H", head)
        content = _read(server, connection, length, deadline)
        if len(content) < length:
            raise DnsError(f"{server} hung up in the middle of an answer")
        yield content


def _read(server: Server, connection: socket.socket, count: int, deadline: Deadline) -> bytes:
    content = b""
    while len(content) < count:
        connection.settimeout(deadline.remaining(str(server)))
        piece = connection.recv(count - len(content))
        if not piece:
            break
        content += piece
    return content


def _parsed(
    server: Server, content: bytes, sent: dict[int, dns.message.Message]
) -> dns.message.Message:
    """Returns the answer, whose signature is good; raises DnsError for any other."""
    question = sent.get(int.from_bytes(content[:2], "big"))
    if question is None:
        raise DnsError(f"{server} answered something that was not asked")
    try:
        answer = dns.message.from_wire(content, keyring=server.key, request_mac=question.mac)
    except tuple(KEY_TROUBLE) as error:
        words = KEY_TROUBLE[type(error)].format(key=server.key_name)
        kind = UnknownKey if isinstance(error, dns.tsig.PeerBadKey) else DnsError
        raise kind(f"{server} {words}") from error
    except (dns.exception.DNSException, ValueError):
        answer = _unsigned(server, content)
    if answer.flags & dns.flags.TC:
        raise DnsError(f"{server} sent only a part of its answer")
    if server.key and not answer.had_tsig and answer.rcode() not in UNSIGNED:
        raise DnsError(f"{server} did not sign its answer with the key {server.key_name}")
    return answer


def _unsigned(server: Server, content: bytes) -> dns.message.Message:
    """Returns an answer without a signature, which can tell of a failure but of nothing else."""
    try:
        return dns.message.from_wire(content)
    except (dns.exception.DNSException, ValueError) as error:
        raise DnsError(f"{server} sent an answer that cannot be read") from error
