"""Makes records in DNS zones and takes them away: only what differs, and only what is ours.

Every record set that we make has a marker beside it, a TXT record that names this host and the app.
What is there without our marker belongs to somebody else and is not touched. How a zone is reached
is the concern of `dns_rfc2136` and `dns_octodns`; what to do about a difference is decided in
`dns_plan`, without a network.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from .change import Change, Result
from .definition import APP, ModuleDefinition, names
from .dns_deadline import Deadline
from .dns_model import (
    MARKER_TTL,
    Access,
    Conflict,
    DnsError,
    Key,
    RecordSet,
    plain_name,
    zone_of,
)
from .words import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .client import Dokku
    from .dns_plan import Observed, Wish, Write, ZonePlan

__all__ = ["MODULE", "Access", "Conflict", "DnsError", "RecordSet", "conflicts", "zone_of"]

TRIES = 2
"""How often a zone is looked at when somebody else writes at the same time."""


class Engine(Protocol):
    """A way to look at zones and to write to them."""

    shortest_ttl: int

    def observe(self, wish: Wish, *, is_sure: bool = False) -> Observed:
        """Returns what stands in the zone; raises DnsError."""

    def confirm(self, wish: Wish) -> None:
        """Raises DnsError where the credentials are known to be wrong, though the zone was read."""

    def write(self, wish: Wish, writes: Sequence[Write]) -> None:
        """Writes what was planned; raises Changed, or DnsError."""


@dataclass
class Outcome:
    """What was done so far, over all zones."""

    changes: list[Change] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)


def conflicts(
    access: Access, records: Sequence[RecordSet], adopt: frozenset[str]
) -> list[Conflict]:
    """Looks once at the zones and returns what stands in the way of these records.

    Raises DnsError when the provider cannot be asked, InvalidValue for a record that none can have.
    """
    from .dns_plan import decide

    if not records:
        return []
    found: list[Conflict] = []
    engine = _engine(access)
    for wish in _wishes(access, engine, _Asked(records, (), adopt)):
        found += decide(access, wish, engine.observe(wish)).conflicts
        engine.confirm(wish)
    return found


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes the records as the parameters say; what is not possible now is told as pending."""
    access = Access(
        provider=params["provider"],
        credentials_file=params["credentials_file"],
        zones=tuple(params["zones"]),
        owner=params["owner"],
        app=params["app"],
        timeout=params["timeout"],
    )
    asked = _Asked(
        tuple(_record_set(entry) for entry in params["records"] or ()),
        tuple(_key(word) for word in params["absent"] or ()),
        frozenset(plain_name(name) for name in params["adopt"] or ()),
    )
    outcome = Outcome(
        warnings=[_left_in_place(key) for key in asked.absent if not _in(key, access)]
    )
    try:
        _converge(access, asked, outcome, check=check)
    except DnsError as error:
        outcome.pending.append(_not_done(asked.keys, error))
    return Result(
        tuple(outcome.changes),
        {"records": sorted(outcome.before)},
        {"records": sorted(outcome.after)},
        warnings=tuple(outcome.warnings),
        pending="; ".join(outcome.pending),
    )


@dataclass(frozen=True)
class _Asked:
    """What the caller wants: records, what goes, and names whose records may be taken over."""

    records: Sequence[RecordSet]
    absent: Sequence[Key]
    adopt: frozenset[str]

    @property
    def keys(self) -> list[Key]:
        return [*(record.key for record in self.records), *self.absent]


def _converge(access: Access, asked: _Asked, outcome: Outcome, *, check: bool) -> None:
    if not asked.keys:
        return
    engine = _engine(access)
    for wish in _wishes(access, engine, asked):
        try:
            _converge_zone(engine, access, wish, outcome, check=check)
        except DnsError as error:
            keys = [*(record.key for record in wish.records), *wish.absent]
            outcome.pending.append(_not_done(keys, error))


def _converge_zone(
    engine: Engine, access: Access, wish: Wish, outcome: Outcome, *, check: bool
) -> None:
    """Makes one zone as wished, all of it or nothing."""
    from .dns_plan import Changed, decide

    for attempt in range(1, TRIES + 1):
        observed = engine.observe(wish, is_sure=attempt > 1)
        plan = decide(access, wish, observed)
        if plan.conflicts:
            break
        try:
            if plan.writes and not check:
                engine.write(wish, plan.writes)
        except Changed:
            if attempt == TRIES:
                raise
        else:
            break
    _tell(plan, wish, observed, outcome)


def _tell(plan: ZonePlan, wish: Wish, observed: Observed, outcome: Outcome) -> None:
    outcome.warnings += plan.warnings
    if plan.conflicts:
        is_adoptable = any(conflict.is_adoptable for conflict in plan.conflicts)
        remedy = "; to take a record over, list its name under dns: adopt:" if is_adoptable else ""
        in_the_way = "; ".join(map(str, plan.conflicts))
        outcome.pending.append(f"no record of {wish.zone} was changed: {in_the_way}{remedy}")
        return
    outcome.changes += plan.changes
    before = {key: found for key in _keys(wish) if (found := observed.sets.get(key))}
    after: dict[Key, RecordSet | None] = dict(before)
    for write in plan.writes:
        if not write.key.is_marker:
            before |= {write.key: write.before} if write.before else {}
            after[write.key] = write.after
    outcome.before += [_line(found) for found in before.values()]
    outcome.after += [_line(found) for found in after.values() if found]


def _engine(access: Access) -> Engine:
    from . import dns_engine

    return dns_engine.open_engine(access, Deadline(access.timeout))


def _wishes(access: Access, engine: Engine, asked: _Asked) -> Iterable[Wish]:
    """Yields what is asked for, zone by zone, with records as we write them."""
    from .dns_plan import Wish
    from .dns_rdata import normalized, with_shortest_ttl

    records = [with_shortest_ttl(normalized(one), engine.shortest_ttl) for one in asked.records]
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
            max(MARKER_TTL, engine.shortest_ttl),
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


def _record_set(entry: Mapping[str, Any]) -> RecordSet:
    values = tuple(str(value) for value in entry["values"])
    return RecordSet(plain_name(entry["name"]), entry["type"].upper(), entry["ttl"], values)


def _key(word: str) -> Key:
    kind, _, name = word.strip().partition(" ")
    if not name:
        raise InvalidValue(f"{word!r} is not a type and a name, such as `A shop.example.org`")
    return Key(plain_name(name.strip()), kind.upper())


def _in(key: Key, access: Access) -> bool:
    return zone_of(key.name, access.zones) is not None


def _left_in_place(key: Key) -> str:
    return f"{key} is left in place, for its zone is no longer granted; remove it by hand"


def _not_done(keys: Iterable[Key], error: DnsError) -> str:
    return f"{', '.join(map(str, keys))}: {error}"


def _keys(wish: Wish) -> list[Key]:
    return [*(record.key for record in wish.records), *wish.absent]


def _line(found: RecordSet) -> str:
    return f"{found.name} {found.ttl} {found.type} {', '.join(found.values)}"


MODULE = ModuleDefinition(
    {
        "provider": {"type": "str", "required": True},
        "credentials_file": {"type": "path", "required": True},
        "zones": {"type": "list", "elements": "str", "required": True},
        "owner": {"type": "str", "required": True},
        "app": APP,
        "records": {
            "type": "list",
            "elements": "dict",
            "options": {
                "name": {"type": "str", "required": True},
                "type": {"type": "str", "required": True},
                "ttl": {"type": "int", "default": 300},
                "values": {"type": "list", "elements": "str", "required": True},
            },
        },
        "absent": names(),
        "adopt": names(),
        "timeout": {"type": "float", "default": 20.0},
    },
    converge,
)
