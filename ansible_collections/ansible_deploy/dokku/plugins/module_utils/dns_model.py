"""Says what records are: names and types, who they belong to, and what may go wrong.

Plain data without any DNS library, so that whoever imports it pays nothing. Names have no trailing
dot and are in lower case; values are as in a zone file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

TYPES = (
    "A",
    "AAAA",
    "CAA",
    "CNAME",
    "HTTPS",
    "MX",
    "NAPTR",
    "PTR",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "TXT",
)
"""What an app may ask for. NS and DS are not among them: they give a part of a zone away."""

MARKER_TTL = 300


class DnsError(Exception):
    """Says which server or provider could not do what, and what to do; holds no secret."""


@dataclass(frozen=True, order=True)
class Key:
    """What identifies a record set in a zone."""

    name: str
    type: str

    @property
    def is_marker(self) -> bool:
        """Tells whether this is where the marker of a record set stands."""
        return self.type == "TXT" and self.name.startswith("_owner.")

    def __str__(self) -> str:
        return f"{self.type} {self.name}"


@dataclass(frozen=True)
class RecordSet:
    """All records of one name and type."""

    name: str
    type: str
    ttl: int
    values: tuple[str, ...]

    @property
    def key(self) -> Key:
        """Returns name and type."""
        return Key(self.name, self.type)


@dataclass(frozen=True)
class Access:
    """Where records are kept, how one gets at them, and in whose name."""

    provider: str
    credentials_file: str
    zones: tuple[str, ...]
    owner: str
    app: str
    timeout: float = 20.0

    @property
    def marker(self) -> str:
        """Returns what our marker beside a record set says, as a value of a TXT record."""
        return f'"heritage=dokku-ansible-deploy,host={self.owner},app={self.app}"'


@dataclass(frozen=True)
class Conflict:
    """A record that is wished for, and what stands in its way that is not ours."""

    name: str
    type: str
    found: str
    is_adoptable: bool = True

    def __str__(self) -> str:
        return f"{self.type} {self.name}: {self.found}"


def plain_name(name: str) -> str:
    """Returns a name as we compare names."""
    return name.rstrip(".").lower()


def zone_of(name: str, zones: Iterable[str]) -> str | None:
    """Returns the longest of these zones that holds the name, or nothing."""
    plain = plain_name(name)
    holding = [zone for zone in map(plain_name, zones) if f".{plain}".endswith(f".{zone}")]
    return max(holding, key=len, default=None)


def marker_key(key: Key, zone: str) -> Key:
    """Returns the place of a record set's marker, named as octoDNS names them."""
    below = key.name.removesuffix(zone).rstrip(".")
    parts = ["_owner", key.type.lower(), below.replace("*", "_wildcard"), zone]
    return Key(".".join(filter(None, parts)), "TXT")
