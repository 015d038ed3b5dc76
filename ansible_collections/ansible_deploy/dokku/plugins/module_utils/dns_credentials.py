"""Reads and checks what an operator gives us for a provider: lines `NAME=value`.

They have the names that the ACME client lego uses too, so that one file serves both. No value ever
stands in a message.
"""

from __future__ import annotations

import base64
import binascii
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .dns_provider_table import PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ALGORITHMS = ("hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512")
SHORTEST_SECRET = 4
"""Shorter values are words of any sentence, and nobody's key."""


def read_credentials(text: str) -> dict[str, str]:
    """Returns the variables of a credentials file; lines that are none are left out."""
    lines = (line.strip() for line in text.splitlines())
    parts = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name: value for name, _, value in parts}


def secrets_of(credentials: dict[str, str]) -> list[str]:
    """Returns the values that nobody may see."""
    return [
        value
        for name, value in credentials.items()
        if len(value) >= SHORTEST_SECRET
        and re.search("TOKEN|SECRET|KEY|PASSWORD", name)
        and name != "RFC2136_TSIG_KEY"
    ]


def check_credentials(provider: str, text: str) -> list[str]:
    """Returns what is wrong with the credentials, in words and without their values."""
    known = PROVIDERS[provider].known
    problems = [problem for line in _lines(text) if (problem := _line_problem(line, known))]
    values = read_credentials(text)
    problems += [
        f"{name} is missing" for name in PROVIDERS[provider].variables if not values.get(name)
    ]
    problems += [
        f"{name} {problem}"
        for name, check in CHECKS.items()
        if values.get(name) and (problem := check(values[name]))
    ]
    return problems


def host_and_port(text: str, port: int = 53) -> tuple[str, int]:
    """Splits `host`, `host:port`, `address` or `[address]:port`; raises ValueError."""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        rest = rest.removeprefix(":")
    elif text.count(":") == 1:
        host, _, rest = text.partition(":")
    else:
        host, rest = text, ""
    number = int(rest) if rest else port
    if not host or not 0 < number < 65536:
        raise ValueError(text)
    return host, number


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line


def _line_problem(numbered: tuple[int, str], known: tuple[str, ...]) -> str:
    number, line = numbered
    name, sign, value = line.strip().partition("=")
    if not sign or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        return f"line {number} is not NAME=value"
    if name not in known and not re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", name):
        return f"line {number} is not NAME=value"  # not repeated, for it may be a secret
    if name not in known:
        close = get_close_matches(name.upper(), known, n=1)
        hint = f"; did you mean {close[0]}?" if close else f"; possible are {', '.join(known)}"
        return f"{name} is not a variable of this provider{hint}"
    if value[:1] in ("'", '"'):
        return f"{name} begins with a quote; write the value without quotes"
    if value != value.strip():
        return f"{name} has a blank beside its value"
    return ""


def _check_nameserver(value: str) -> str:
    try:
        host_and_port(value)
    except ValueError:
        return "is not an address or a name, with or without :port"
    return "" if re.fullmatch(r"[A-Za-z0-9.:\[\]_-]+", value) else "is not an address or a name"


def _check_algorithm(value: str) -> str:
    if value.rstrip(".").lower() in ALGORITHMS:
        return ""
    return f"is not an algorithm that can be used; possible are {', '.join(ALGORITHMS)}"


def _check_secret(value: str) -> str:
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error:
        return "is not base64"
    return ""


def _check_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return "is not an URL"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return "must begin with http:// or https:// and a name or address"
    if parts.username or parts.password:
        return "must not hold a user's name or password"
    return "must not have a path" if parts.path.strip("/") or parts.query else ""


CHECKS: dict[str, Callable[[str], str]] = {
    "RFC2136_NAMESERVER": _check_nameserver,
    "RFC2136_TSIG_ALGORITHM": _check_algorithm,
    "RFC2136_TSIG_SECRET": _check_secret,
    "PDNS_API_URL": _check_url,
}
