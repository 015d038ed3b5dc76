"""Brings the values of records into one form, so that equal ones look equal.

Needs dnspython, which is imported when it is first used.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .dns_model import TYPES, DnsError, RecordSet, plain_name
from .words import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_STRING = 255
"""Bytes in one string of a TXT record (RFC 1035, 3.3)."""

SHORTEST_TTL, LONGEST_TTL = 1, 2**31 - 1
CASELESS = {"CNAME", "MX", "PTR", "SRV"}
"""Types whose values are numbers and names; names mean the same in upper and lower case."""

LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
NAME = re.compile(rf"(\*\.)?({LABEL}\.)*{LABEL}")


LONGEST_NAME = 225
"""A name has 253 characters at most, of which the longest marker needs 28 for itself."""


def normalized(record: RecordSet) -> RecordSet:
    """Returns the record set as we write it; raises InvalidValue for what no server would take."""
    name, kind = plain_name(record.name), record.type.upper()
    if kind not in TYPES:
        raise InvalidValue(f"{kind} records are not for apps; possible are {', '.join(TYPES)}")
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise InvalidValue(
            f"{record.name!r} is not a usable name of a record, or longer than {LONGEST_NAME}"
            " characters, which leave room for the marker beside it"
        )
    if not SHORTEST_TTL <= record.ttl <= LONGEST_TTL:
        raise InvalidValue(f"{kind} {name}: the ttl must be {SHORTEST_TTL} to {LONGEST_TTL}")
    values = tuple(sorted({_checked_value(kind, name, value) for value in record.values}))
    if not values or (kind == "CNAME" and len(values) > 1):
        count = "exactly one value" if kind == "CNAME" else "at least one value"
        raise InvalidValue(f"{kind} {name} needs {count}")
    return RecordSet(name, kind, record.ttl, values)


def same(one: RecordSet, other: RecordSet) -> bool:
    """Tells whether two record sets say the same; values that stand on a server may be any."""
    return one.ttl == other.ttl and comparable(one) == comparable(other)


def comparable(record: RecordSet) -> frozenset[str]:
    """Returns the values in the form in which equal ones are equal."""
    return frozenset(value_text(record.type, value) for value in record.values)


def with_shortest_ttl(record: RecordSet, shortest: int) -> RecordSet:
    """Returns the record set with a ttl that the provider keeps as it is."""
    return record if record.ttl >= shortest else replace(record, ttl=shortest)


def value_text(kind: str, value: str) -> str:
    """Returns one value as in a zone file, names absolute; raises dns.exception.DNSException."""
    dns = library()
    if kind == "TXT":
        return quoted(text_bytes(value))
    rdata = dns.rdata.from_text("IN", kind, value, origin=dns.name.root, relativize=False)
    text: str = rdata.to_text()
    return text.lower() if kind in CASELESS else text


def text_bytes(value: str) -> bytes:
    """Returns what a TXT value says: of quoted strings all together, else the plain text."""
    if not value.startswith('"'):
        return value.encode()
    return b"".join(_strings(value))


def quoted(text: bytes) -> str:
    """Returns a text of any length as the quoted strings of one TXT record."""
    dns = library()
    pieces = [text[at : at + LONGEST_STRING] for at in range(0, len(text), LONGEST_STRING)]
    shown: str = dns.rdtypes.ANY.TXT.TXT("IN", "TXT", pieces or [b""]).to_text()
    return shown


def library() -> Any:
    """Returns dnspython; raises DnsError where it is not installed."""
    try:
        import dns.exception
        import dns.name
        import dns.rdata
        import dns.rdtypes.ANY.TXT
        import dns.tokenizer
    except ModuleNotFoundError as error:
        raise missing("dnspython") from error
    return dns


def missing(package: str) -> DnsError:
    """Returns the error for a library that is not installed."""
    remedy = "on a Dokku host run the plugin's install as root, elsewhere use pip"
    return DnsError(f"the Python package {package} is not installed; {remedy}")


def _checked_value(kind: str, name: str, value: str) -> str:
    dns = library()
    try:
        return value_text(kind, value)
    except (dns.exception.DNSException, ValueError) as error:
        raise InvalidValue(f"{kind} {name}: {value!r} is not a usable value ({error})") from None


def _strings(value: str) -> Iterator[bytes]:
    tokenizer = library().tokenizer.Tokenizer(value)
    while True:
        token = tokenizer.get()
        if token.is_eol_or_eof():
            return
        if not token.is_quoted_string():
            raise ValueError("a text that begins with a quote must be quoted to its end")
        yield token.unescape_to_bytes().value
