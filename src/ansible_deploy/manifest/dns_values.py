"""What the value of a DNS record looks like, by type."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from . import hostnames
from .fragments import Wrong
from .words import quote


def _check_address(kind: Callable[[str], object], noun: str, example: str) -> Callable[[str], None]:
    def check(value: str) -> None:
        try:
            kind(value)
        except ValueError:
            raise Wrong(
                f"{quote(value)} is not an {noun} address", f"write for example {example}"
            ) from None

    return check


def _check_words(pattern: str, noun: str, example: str) -> Callable[[str], None]:
    def check(value: str) -> None:
        found = re.fullmatch(pattern, value)
        if not found or any(
            int(digits) > 65535 for digits in re.findall(r"(?<=^)[0-9]+|(?<= )[0-9]+(?= )", value)
        ):
            raise Wrong(f"{quote(value)} is not {noun}", f"write for example {example}")
        if "name" in found.groupdict():
            hostnames.check_plain_domain(found["name"].removesuffix("."))

    return check


def _check_text(value: str) -> None:
    if not value.isascii() or not value.isprintable():
        raise Wrong(
            f"{quote(value)} has characters that a TXT record cannot hold",
            "use plain ASCII on one line",
        )


def zone_text(kind: str, value: str) -> str:
    """Return the value as it stands in a zone file: a text is quoted and cut to what fits."""
    if kind != "TXT" or (len(value) > 1 and value[0] == value[-1] == '"'):
        return value
    escaped = [f"\\{letter}" if letter in '"\\' else letter for letter in value]
    parts = (escaped[at : at + LONGEST_STRING] for at in range(0, len(escaped), LONGEST_STRING))
    return " ".join('"' + "".join(part) + '"' for part in parts)


LONGEST_STRING = 255
"""Characters in one string of a TXT record (RFC 1035, 3.3)."""

VALUES: dict[str, Callable[[str], None]] = {
    "A": _check_address(ipaddress.IPv4Address, "IPv4", "203.0.113.7"),
    "AAAA": _check_address(ipaddress.IPv6Address, "IPv6", "2001:db8::7"),
    "CAA": _check_words(
        r'(0|128) (issue|issuewild|iodef) "[!#-~ ]{1,200}"',
        "a CAA record",
        "'0 issue \"letsencrypt.org\"'",
    ),
    "CNAME": _check_words(r"(?P<name>\S{1,254})", "a domain name", "shop.example.org"),
    "MX": _check_words(
        r"[0-9]{1,5} (?P<name>\S{1,254})", "a priority and a name", '"10 mail.example.org"'
    ),
    "SRV": _check_words(
        r"[0-9]{1,5} [0-9]{1,5} [0-9]{1,5} (?P<name>\S{1,254})",
        "a priority, a weight, a port and a name",
        '"10 5 5060 sip.example.org"',
    ),
    "TXT": _check_text,
}
