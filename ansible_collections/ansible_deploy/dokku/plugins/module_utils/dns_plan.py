"""Decides what is to be done in one zone: a function of what is wished for and what is there.

It asks nobody and writes nothing. What stands there without our marker is never in a write, unless
its name is to be adopted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .change import Change
from .dns_model import MARKER_TTL, Access, Conflict, DnsError, Key, RecordSet, marker_key
from .dns_rdata import comparable, same

if TYPE_CHECKING:
    from collections.abc import Mapping

ANY = "ANY"
LONGEST_SHOWN = 60
MARKER = re.compile(r'"heritage=dokku-ansible-deploy,host=([^,"]*),app=([^,"]*)"')


class Changed(DnsError):
    """Somebody changed what was seen before it could be written."""


@dataclass(frozen=True)
class Wish:
    """What one zone should hold of ours, and what it should no longer hold."""

    zone: str
    records: tuple[RecordSet, ...]
    absent: tuple[Key, ...] = ()
    adopt: frozenset[str] = frozenset()
    marker_ttl: int = MARKER_TTL


@dataclass(frozen=True)
class Observed:
    """What stands in a zone, of all that matters here.

    `closed` tells of names where nothing can be made, and why: they belong to another zone.
    """

    sets: Mapping[Key, RecordSet]
    closed: Mapping[str, str] = field(default_factory=dict)

    def others(self, key: Key) -> list[RecordSet]:
        """Returns what cannot stand beside this: a CNAME, or for a CNAME all others."""
        return [
            found
            for found in self.sets.values()
            if found.name == key.name
            and found.type != key.type
            and "CNAME" in (found.type, key.type)
        ]


@dataclass(frozen=True)
class Write:
    """One record set, as it was seen and as it shall be; where both are the same it must stay so.

    The type ANY without anything before and after means that the name must not be in use.
    """

    key: Key
    before: RecordSet | None
    after: RecordSet | None

    @property
    def is_guard(self) -> bool:
        """Tells whether nothing is written here."""
        return self.before == self.after


@dataclass(frozen=True)
class ZonePlan:
    """What to write in a zone, how to tell people, and what is in the way."""

    writes: tuple[Write, ...] = ()
    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    warnings: tuple[str, ...] = ()


def decide(access: Access, wish: Wish, observed: Observed) -> ZonePlan:
    """Plans the writes that make the zone as wished."""
    return _Decision(access, wish, observed).plan()


class _Decision:
    """Gathers writes and changes while it goes through the wishes, in their order."""

    def __init__(self, access: Access, wish: Wish, observed: Observed) -> None:
        self._access = access
        self._wish = wish
        self._observed = observed
        self._wished = {record.key for record in wish.records}
        self._writes: dict[Key, Write] = {}
        self._changes: list[Change] = []
        self._conflicts: list[Conflict] = []
        self._warnings: list[str] = []

    def plan(self) -> ZonePlan:
        for record in self._wish.records:
            self._make(record)
        for key in self._wish.absent:
            if key not in self._wished:
                self._take_away(key)
        is_work = any(not write.is_guard for write in self._writes.values())
        return ZonePlan(
            tuple(self._writes.values()) if is_work else (),
            tuple(self._changes),
            tuple(self._conflicts),
            tuple(self._warnings),
        )

    def _make(self, record: RecordSet) -> None:
        found = self._observed.sets.get(record.key)
        conflict = self._conflict(record, found)
        if conflict:
            self._conflicts.append(conflict)
            return
        is_ours = self._is_ours(record.key)
        if found and is_ours and same(found, record):
            return
        for other in self._observed.others(record.key):
            self._remove(other)
        self._write_record(record, found)
        self._mark(record.key)
        self._changes.append(_told(record, found, is_adopted=bool(found) and not is_ours))

    def _conflict(self, record: RecordSet, found: RecordSet | None) -> Conflict | None:
        """Returns why this cannot be made, if it cannot."""
        if record.name in self._observed.closed:
            reason = self._observed.closed[record.name]
            return Conflict(record.name, record.type, reason, is_adoptable=False)
        is_adopted = record.name in self._wish.adopt
        for other in self._observed.others(record.key):
            is_alias = other.type == "CNAME"
            if not self._is_ours(other.key) and not (is_adopted and is_alias):
                reason = f"there is {other.type} {self._described(other)}"
                return Conflict(record.name, record.type, reason, is_alias)
        if found and not is_adopted and not self._is_ours(record.key):
            return Conflict(record.name, record.type, f"there is {self._described(found)}")
        return None

    def _write_record(self, record: RecordSet, found: RecordSet | None) -> None:
        after = found if found and same(found, record) else record
        self._add(Write(record.key, found, after))
        others = {other.key for other in self._observed.others(record.key)}
        beside = Key(record.name, ANY if record.type == "CNAME" else "CNAME")
        if not found and not others:
            self._writes.setdefault(beside, Write(beside, None, None))

    def _mark(self, key: Key) -> None:
        place = marker_key(key, self._wish.zone)
        found = self._observed.sets.get(place)
        mark = RecordSet(place.name, place.type, self._wish.marker_ttl, (self._access.marker,))
        self._add(Write(place, found, found if self._is_ours(key) else mark))

    def _take_away(self, key: Key) -> None:
        found = self._observed.sets.get(key)
        if self._is_ours(key):
            self._remove(found or RecordSet(key.name, key.type, 0, ()))
        elif found and key.name not in self._observed.closed:
            self._warnings.append(f"{key} stays, for {_shown(found)} is {self._owner_of(key)}")

    def _remove(self, found: RecordSet) -> None:
        """Removes a record set, if it is there, and its marker, whatever that says."""
        if found.key in self._writes:
            return
        self._add(Write(found.key, found if found.values else None, None))
        place = marker_key(found.key, self._wish.zone)
        self._add(Write(place, self._observed.sets.get(place), None))
        if found.values:
            self._changes.append(Change("-", str(found.key)))

    def _add(self, write: Write) -> None:
        self._writes[write.key] = write

    def _is_ours(self, key: Key) -> bool:
        mark = self._observed.sets.get(marker_key(key, self._wish.zone))
        return mark is not None and mark.values == (self._access.marker,)

    def _described(self, found: RecordSet) -> str:
        return f"{_shown(found)} already, {self._owner_of(found.key)}"

    def _owner_of(self, key: Key) -> str:
        mark = self._observed.sets.get(marker_key(key, self._wish.zone))
        parts = MARKER.fullmatch(mark.values[0]) if mark and len(mark.values) == 1 else None
        if not parts:
            return "made by hand or by another program"
        host = "" if parts[1] == self._access.owner else f" on another host ({parts[1]})"
        return f"made for the app {parts[2]}{host}"


def _told(record: RecordSet, found: RecordSet | None, *, is_adopted: bool) -> Change:
    if not found:
        return Change("+", f"{record.key} {_shown(record)}")
    details = []
    if comparable(found) != comparable(record):
        details.append(f"{_shown(found)} -> {_shown(record)}")
    elif found.ttl != record.ttl:
        details.append(f"ttl {found.ttl} -> {record.ttl}")
    if is_adopted:
        details.append("adopted")
    return Change("~", str(record.key), ", ".join(details))


def _shown(record: RecordSet) -> str:
    """Returns the values on one line, which a long text does not fill."""
    return ", ".join(
        value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"
        for value in record.values
    )
