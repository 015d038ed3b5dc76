"""Sorts what is asked for into wishes, one for each zone, with records as we write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .dns_model import MARKER_TTL, Access, Key, RecordSet, zone_of
from .dns_plan import Wish
from .dns_rdata import normalized, with_shortest_ttl
from .words import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Asked:
    """What the caller wants: records, what goes, and names whose records may be taken over."""

    records: Sequence[RecordSet]
    absent: Sequence[Key]
    adopt: frozenset[str]

    @property
    def keys(self) -> list[Key]:
        return [*(record.key for record in self.records), *self.absent]


def wishes(access: Access, shortest_ttl: int, asked: Asked) -> Iterable[Wish]:
    """Yields what is asked for, zone by zone, with records as we write them."""
    records = [with_shortest_ttl(normalized(one), shortest_ttl) for one in asked.records]
    _check_company(records)
    by_zone: dict[str, list[RecordSet]] = {}
    for record in records:
        by_zone.setdefault(_zone(record, access), []).append(record)
    leaving: dict[str, list[Key]] = {}
    for key in asked.absent:
        zone = zone_of(key.name, access.zones)
        if zone:
            leaving.setdefault(zone, []).append(key)
    for zone in dict.fromkeys((*by_zone, *leaving)):
        yield Wish(
            zone,
            tuple(by_zone.get(zone, ())),
            tuple(leaving.get(zone, ())),
            asked.adopt,
            max(MARKER_TTL, shortest_ttl),
        )


def _zone(record: RecordSet, access: Access) -> str:
    zone = zone_of(record.name, access.zones)
    if zone is None:
        raise InvalidValue(f"{record.name} is in none of the zones {', '.join(access.zones)}")
    if record.type == "CNAME" and record.name == zone:
        raise InvalidValue(f"{zone} cannot have a CNAME, for it is the top of its zone")
    return zone


def _check_company(records: Sequence[RecordSet]) -> None:
    aliases = {record.name for record in records if record.type == "CNAME"}
    seen: set[Key] = set()
    for record in records:
        if record.key in seen:
            raise InvalidValue(f"{record.key} is asked for twice; give all its values at once")
        if record.name in aliases and record.type != "CNAME":
            raise InvalidValue(f"{record.name} has a CNAME and cannot have other records")
        seen.add(record.key)
