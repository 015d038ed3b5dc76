"""Turns our record sets into octoDNS's records and back.

octoDNS keeps a text with semicolons escaped and nothing else said: whether quotes and backslashes
are escaped depends on the library for the provider. Where that has not been seen to work, a text
with either is refused.
"""

from __future__ import annotations

from typing import Any

from octodns.record import Record
from octodns.record.rr import Rrset
from octodns.zone import Zone

from .dns_model import DnsError, Key, RecordSet
from .dns_provider_table import PROVIDERS
from .dns_rdata import quoted, text_bytes

ESCAPED = frozenset({"powerdns"})
"""Providers that get and give a text as it stands between the quotes of a zone file."""


def key_of(record: Any) -> Key:
    """Returns name and type of one of octoDNS's records."""
    return Key(record.fqdn.rstrip(".").lower(), record._type)


def to_octodns(zone: Zone, record: RecordSet, provider: str) -> Any:
    """Returns the record as octoDNS wants it; raises DnsError where its library garbles it."""
    if record.type == "TXT":
        values = [_internal(value, record.key, provider) for value in record.values]
        name = zone.hostname_from_fqdn(f"{record.name}.")
        data = {"type": "TXT", "ttl": record.ttl, "values": values}
        return Record.new(zone, name, data, lenient=True)
    rrset = Rrset(f"{record.name}.", record.type, record.ttl, record.values)
    return Record.from_rrsets(zone, [rrset], lenient=True)[0]


def from_octodns(record: Any, provider: str) -> RecordSet:
    """Returns one of octoDNS's records as we write them; of unusual types only the type counts."""
    key = key_of(record)
    if key.type == "TXT":
        texts = [_external(value, provider) for value in record.values]
        return RecordSet(key.name, key.type, record.ttl, tuple(sorted(texts)))
    try:
        values = tuple(sorted(record.to_rrset().rdatas))
    except Exception:  # a kind of the provider's own, which we never compare
        values = (f"({key.type})",)
    return RecordSet(key.name, key.type, record.ttl, values)


def _internal(value: str, key: Key, provider: str) -> str:
    if provider in ESCAPED:
        inside = value[1:-1].replace('" "', "")
        return inside.replace(";", "\\;")
    if "\\" in value:
        title = PROVIDERS[provider].title
        raise DnsError(
            f"{key}: the library for {title} cannot keep a text with quotes, backslashes or"
            " characters outside ASCII"
        )
    return text_bytes(value).decode().replace(";", "\\;")


def _external(value: str, provider: str) -> str:
    if provider in ESCAPED:
        return quoted(text_bytes(f'"{value}"'))
    return quoted(value.replace("\\;", ";").encode())
