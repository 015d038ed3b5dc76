"""The program by which a probe reaches the sandbox's host as a visitor does: by DNS and its ports.

forward_proxy PORTS DNS_PORT PORT

It looks a name up in the sandbox's DNS server, and connects to what plays the host's port there (80
and 443; the file PORTS has them all). It leads nowhere else: neither to a port that nginx does not
have, nor to another machine.
"""

import asyncio
import ipaddress
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.servers.carry import carry
from sandbox.servers.dns_question import find_addresses
from sandbox.servers.ports import LOOPBACK

LIMIT = 10.0
READY = "/-/ready"
CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
DROPPED = ("connection", "proxy-connection", "keep-alive")  # headers between client and proxy


class Unreachable(Exception):
    """A visitor would not get there either; the text says why."""


@dataclass(frozen=True)
class Proxy:
    """Where the ports of the host are written down, and the DNS server's port."""

    ports: Path
    dns: int

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection, whatever comes."""
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), LIMIT)
            await self.lead(head.decode("latin-1"), reader, writer)
        except Unreachable as reason:
            writer.write(answer("502 Bad Gateway", f"{reason}\n"))
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.write(answer("400 Bad Request", "this is a proxy for HTTP\n"))
        writer.close()

    async def lead(
        self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Connect to what the request is for, and carry both directions."""
        method, target, _ = head.split("\r\n", 1)[0].split(" ")
        if target == READY:
            writer.write(answer("200 OK", "ready\n"))
            return
        is_tunnel = method == "CONNECT"
        url = urlsplit(f"//{target}" if is_tunnel else target)
        if not url.hostname:
            raise ValueError(target)
        answers, questions = await self.connect(url.hostname, url.port or 80)
        if is_tunnel:
            writer.write(CONNECTED)
        else:
            questions.write(for_server(head))
        await asyncio.gather(
            carry(reader, questions), carry(answers, writer), return_exceptions=True
        )

    async def connect(
        self, name: str, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to a name's address at a port of the host; raises Unreachable."""
        known: dict[str, int] = json.loads(self.ports.read_text(encoding="utf-8"))
        # nginx's redirects name the port that plays 443, so that a browser can follow them.
        found = known.get(str(port), port if port in known.values() else 0)
        if not found:
            raise Unreachable(f"nothing listens on port {port} of the host")
        address = await asyncio.to_thread(find_address, self.dns, name)
        try:
            return await asyncio.open_connection(address, found)
        except OSError as error:
            raise Unreachable(f"{address}, port {port} of the host: {error.strerror}") from error


def find_address(dns: int, name: str) -> str:
    """Return the loopback address of a name; raises Unreachable where there is none."""
    try:
        found = [name] if is_address(name) else find_addresses(dns, name)
    except OSError as error:
        raise Unreachable(f"the DNS server does not answer: {error}") from error
    for address in found:
        if ipaddress.ip_address(address).is_loopback:
            return address
    raise Unreachable(f"{name} leads to {', '.join(found)}" if found else f"no address of {name}")


def is_address(name: str) -> bool:
    """Tell whether this is an address already."""
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def for_server(head: str) -> bytes:
    """Return a request as a server takes it: its path alone, and one request a connection."""
    first, *headers = head.rstrip("\r\n").split("\r\n")
    method, target, version = first.split(" ")
    url = urlsplit(target)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    kept = [line for line in headers if line.partition(":")[0].lower() not in DROPPED]
    lines = [f"{method} {path} {version}", *kept, "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1")


def answer(status: str, text: str) -> bytes:
    """Return an answer of the proxy's own."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
    return f"{head}Content-Length: {len(text.encode())}\r\nConnection: close\r\n\r\n{text}".encode()


async def serve(proxy: Proxy, port: int) -> None:
    """Accept on `port` for good."""
    async with await asyncio.start_server(proxy.accept, LOOPBACK, port) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Proxy(Path(sys.argv[1]), int(sys.argv[2])), int(sys.argv[3])))
