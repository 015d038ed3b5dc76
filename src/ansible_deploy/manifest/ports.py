"""The concern *ports*: which port of the host reaches which port of the app's container.

Reads ``port`` and ``ports``. The mapping for https is not made here: it follows a certificate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .app import App
from .fragments import Wrong
from .tree import Scalar
from .wish import Wish, items, text
from .words import did_you_mean, listed, quote

HIGHEST = 65535
SCHEMES = ("http", "https", "grpc", "grpcs", "tcp", "udp")
FORM = "scheme:host port:container port"

SCHEMA = {
    "port": {
        "description": "The port that the app listens on. Requests to port 80 go there"
        " (`http:80:<port>`), and"
        " those to port 443 once the app has a certificate. Absent: Dokku finds the port in the"
        " image.",
        "type": ["integer", "string"],
        "minimum": 1,
        "maximum": HIGHEST,
        "format": "deploy-port",
        "examples": [8000],
    },
    "ports": {
        "description": "Port mappings in Dokku's own form, `scheme:host port:container port`, in"
        " place of `port`."
        f" Schemes: {', '.join(SCHEMES)}.",
        "type": "array",
        "minItems": 1,
        "maxItems": 100,
        "items": {
            "type": "string",
            "pattern": f"^({'|'.join(SCHEMES)}):[0-9]+:[0-9]+$",
            "format": "deploy-port-mapping",
            "examples": ["http:80:3000"],
        },
        "examples": [["http:80:3000", "tcp:2222:22"]],
    },
}


@dataclass(frozen=True)
class Mapping:
    """One port of the host that leads to one port of the container."""

    scheme: str
    host: int
    container: int

    def __str__(self) -> str:
        return f"{self.scheme}:{self.host}:{self.container}"


@dataclass(frozen=True)
class Ports:
    """The port mappings; none means that Dokku's detected ones stay."""

    mappings: tuple[Mapping, ...] = ()

    def items(self, app: App) -> tuple[str, ...]:
        """Return the mappings in Dokku's form, with those for https once there is a certificate."""
        https = self.https() if app.is_https else ()
        return tuple(str(mapping) for mapping in (*self.mappings, *https))

    def https(self) -> tuple[Mapping, ...]:
        """Return the mapping of port 443 that goes with a certificate; none where one is given."""
        if any(mapping.host == 443 for mapping in self.mappings):
            return ()
        plain = (m for m in self.mappings if (m.scheme, m.host) == ("http", 80))
        return tuple(Mapping("https", 443, mapping.container) for mapping in plain)

    def variables(self, app: App) -> dict[str, object]:
        """Return what the role *ports* needs."""
        return {"ports_mappings": list(self.items(app))}


def read(wish: Wish) -> Ports:
    """Read ``port`` and ``ports``, of which only one can be given."""
    single, several = wish.settings.get("port"), wish.settings.get("ports")
    if single and several:
        line = (
            f" (line {single.where.line})"
            if single.where.file == several.where.file
            else f" ({single.where})"
        )
        wish.problems.at(several, f"stands beside port{line}", "keep one of them")
        return Ports()
    port = wish.get("port")
    if isinstance(port, Scalar):
        return Ports((Mapping("http", 80, int(port.text)),))
    _check_duplicates(wish)
    return Ports(tuple(_mapping(text(node)) for node in items(wish.get("ports"))))


def _check_duplicates(wish: Wish) -> None:
    seen: dict[tuple[bool, int], Mapping] = {}
    for node in items(wish.get("ports")):
        mapping = _mapping(text(node))
        first = seen.setdefault((mapping.scheme == "udp", mapping.host), mapping)
        if first is mapping:
            continue
        is_shared = {first.scheme, mapping.scheme} <= {"http", "https", "grpc", "grpcs"}
        if first.scheme == mapping.scheme or not is_shared:
            again = quote(str(first))
            what = f"{quote(str(mapping))} uses port {mapping.host} of the host, as {again} does"
            wish.problems.at(node, what, "keep one, or give one of them another host port")


def _mapping(words: str) -> Mapping:
    scheme, host, container = words.split(":")
    return Mapping(scheme, int(host), int(container))


def check_port(words: str) -> None:
    """Raise Wrong unless the text is a port number."""
    remedy = f"write a number from 1 to {HIGHEST}, such as 8000"
    if re.fullmatch(r"0[xX][0-9a-fA-F]{1,8}", words):
        remedy = f"write it as a decimal number: {int(words, 16)}"
    elif re.fullmatch(r"0[0-9]{1,6}", words):
        remedy = f"write it without the leading 0: {words.lstrip('0') or 8000}"
    elif ":" in words:
        remedy = 'a mapping belongs in ports: ["http:80:3000"]; port is one number'
    elif _is_port(words):
        return
    raise Wrong(f"{quote(words)} is not a port number", remedy)


def check_mapping(words: str) -> None:
    """Raise Wrong unless the text is a port mapping in Dokku's form."""
    parts = words.split(":")
    if len(parts) != 3:
        raise Wrong(f"{quote(words)} is not {FORM}", _suggest(parts))
    scheme, *numbers = parts
    if scheme not in SCHEMES:
        remedy = did_you_mean(scheme, SCHEMES) or f"write {listed(SCHEMES)}"
        raise Wrong(f"{quote(words)} has the unknown scheme {quote(scheme)}", remedy)
    for port in numbers:
        if not _is_port(port):
            what = f"{quote(words)} has {quote(port)} where a port number should be"
            raise Wrong(what, f"write numbers from 1 to {HIGHEST}")


def _suggest(parts: list[str]) -> str:
    if all(_is_port(part) for part in parts) and len(parts) <= 2:
        host = parts[0] if len(parts) == 2 else "80"
        return f"write {quote(f'http:{host}:{parts[-1]}')}"
    return 'write for example "http:80:3000" or "tcp:2222:22"'


def _is_port(words: str) -> bool:
    return bool(re.fullmatch(r"[1-9][0-9]{0,4}", words)) and int(words) <= HIGHEST


FORMATS = {"deploy-port": check_port, "deploy-port-mapping": check_mapping}
