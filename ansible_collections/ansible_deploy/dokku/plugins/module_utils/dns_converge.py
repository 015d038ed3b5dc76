"""Looks at zones, decides and writes, zone by zone, and gathers what there is to tell.

How a zone is reached is the concern of `dns_rfc2136` and `dns_octodns`; what to do about a
difference is decided in `dns_plan`, without a network.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .change import Change, Result
from .dns_deadline import Deadline
from .dns_engine import Engine, open_engine
from .dns_model import Access, Conflict, DnsError, Key, RecordSet, plain_name, zone_of
from .dns_plan import Changed, decide
from .dns_wishes import Asked, wishes
from .words import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .dns_plan import Observed, Wish, ZonePlan

TRIES = 2
"""How often a zone is looked at when somebody else writes at the same time."""


@dataclass
class Outcome:
    """What was done so far, over all zones."""

    changes: list[Change] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)


def find_conflicts(
    access: Access, records: Sequence[RecordSet], adopt: frozenset[str]
) -> list[Conflict]:
    """Returns what stands in the way of these records; changes nothing."""
    if not records:
        return []
    found: list[Conflict] = []
    engine = open_engine(access, Deadline(access.timeout))
    for wish in wishes(access, engine.shortest_ttl, Asked(records, (), adopt)):
        found += decide(access, wish, engine.observe(wish)).conflicts
        engine.confirm(wish)
    return found


def converge_records(params: Mapping[str, Any], *, check: bool) -> Result:
    """Makes the records as the parameters of the module say."""
    access = Access(
        provider=params["provider"],
        credentials_file=params["credentials_file"],
        zones=tuple(params["zones"]),
        owner=params["owner"],
        app=params["app"],
        timeout=params["timeout"],
    )
    asked = Asked(
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


def _converge(access: Access, asked: Asked, outcome: Outcome, *, check: bool) -> None:
    if not asked.keys:
        return
    engine = open_engine(access, Deadline(access.timeout))
    for wish in wishes(access, engine.shortest_ttl, asked):
        try:
            _converge_zone(engine, access, wish, outcome, check=check)
        except DnsError as error:
            keys = [*(record.key for record in wish.records), *wish.absent]
            outcome.pending.append(_not_done(keys, error))


def _converge_zone(
    engine: Engine, access: Access, wish: Wish, outcome: Outcome, *, check: bool
) -> None:
    """Makes one zone as wished, all of it or nothing."""
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
