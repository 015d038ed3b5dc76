"""Keeps records with a provider by octoDNS's library for it: look, plan, apply; nothing else of it.

A zone is read whole, so nothing needs to be guessed about wildcards. octoDNS then plans and applies
a zone that holds only what we write; what others have in it never gets that far. Its own limits for
the share of changes count the whole zone and are not used: we never remove more than our own.
"""

from __future__ import annotations

import logging
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from octodns.processor.base import BaseProcessor
from octodns.provider.plan import Plan
from octodns.zone import Zone

from .dns_clients import Client, connect
from .dns_credentials import secrets_of
from .dns_deadline import Deadline, within
from .dns_failure import explained
from .dns_model import TYPES, Access, DnsError, Key, marker_key
from .dns_octodns_records import from_octodns, key_of, to_octodns
from .dns_plan import ANY, Changed, Observed, Wish, Write
from .dns_provider_table import PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from .dns_model import RecordSet

Found = TypeVar("Found")


class OctoDns:
    """The zones of one provider."""

    def __init__(self, access: Access, credentials: Mapping[str, str], deadline: Deadline) -> None:
        self._kind = PROVIDERS[access.provider]
        self._credentials = dict(credentials)
        self._deadline = deadline
        self._client: Client | None = None
        self.shortest_ttl = self._kind.shortest_ttl

    def observe(self, wish: Wish, *, is_sure: bool = False) -> Observed:
        """Returns what stands in the zone; if it must be sure, nothing remembered is used."""
        if is_sure:
            self._client = None
        zone = self._bounded(wish.zone, lambda: self._populated(wish.zone))
        return Observed(self._sets(zone, _names(wish)), _closed(zone, wish))

    def confirm(self, wish: Wish) -> None:
        """Does nothing more, for an interface that may be read has checked the credentials."""

    def write(self, wish: Wish, writes: Sequence[Write]) -> None:
        """Writes what was planned; raises Changed when something is not as it was seen."""
        self._refuse_unsupported(writes)
        plan = self._bounded(wish.zone, lambda: self._planned(wish, writes))
        steps = [plan.changes] if self._kind.is_atomic else _in_safe_order(plan.changes)
        for changes in filter(None, steps):
            step = partial(self._applied, Plan(plan.existing, plan.desired, changes, True))
            try:
                self._bounded(wish.zone, step)
            except DnsError as error:
                raise self._half_done(error) from None

    def _provider(self) -> Any:
        return self._opened().provider

    def _opened(self) -> Client:
        if self._client is None:
            self._client = connect(
                self._kind.name, self._kind.title, self._credentials, self._deadline
            )
        return self._client

    def _populated(self, name: str) -> Zone:
        """Returns the zone as the provider has it; a failed request is never an empty zone."""
        zone = Zone(f"{name}.", [])
        exists = self._provider().populate(zone, target=True, lenient=True)
        is_listed = zone.name in (getattr(self._provider(), "zones", None) or ())
        if not exists and not is_listed:
            raise DnsError(
                f"{self._kind.title} has no zone {name}, or these credentials may not see it"
            )
        self._check_read(name)
        return zone

    def _check_read(self, zone: str) -> None:
        if self._opened().failures:
            raise DnsError(f"{self._kind.title} could not tell what is in the zone {zone}")

    def _planned(self, wish: Wish, writes: Sequence[Write]) -> Plan:
        """Returns octoDNS's plan for what we write, or raises Changed."""
        desired = Zone(f"{wish.zone}.", [])
        for write in writes:
            if write.after:
                record = to_octodns(desired, write.after, self._kind.name)
                desired.add_record(record, lenient=True)
        only = OnlyOurs({write.key for write in writes})
        plan = self._provider().plan(desired, processors=[only], lenient=True)
        self._check_read(wish.zone)
        self._check_unchanged(only, writes)
        wanted = {write.key for write in writes if not write.is_guard}
        changes = [one for one in plan.changes if key_of(one.record) in wanted] if plan else []
        missing = wanted - {key_of(one.record) for one in changes}
        if missing:
            kept = ", ".join(map(str, sorted(missing)))
            raise DnsError(f"the library for {self._kind.title} sees nothing to do about {kept}")
        return Plan(plan.existing, plan.desired, changes, True)

    def _applied(self, plan: Plan) -> None:
        self._provider().apply(plan)

    def _check_unchanged(self, only: OnlyOurs, writes: Sequence[Write]) -> None:
        names = {write.key.name for write in writes}
        sets = self._sets(only.seen, names) if only.seen else {}
        for write in writes:
            if write.key.type == ANY:
                is_same = not any(key.name == write.key.name for key in sets)
            else:
                is_same = sets.get(write.key) == write.before
            if not is_same:
                raise Changed(f"somebody else is changing these records at {self._kind.title}")

    def _sets(self, zone: Zone, names: Collection[str]) -> dict[Key, RecordSet]:
        records = [record for record in zone.records if _plain(record.fqdn) in names]
        return {key_of(record): from_octodns(record, self._kind.name) for record in records}

    def _refuse_unsupported(self, writes: Sequence[Write]) -> None:
        kinds = {write.after.type for write in writes if write.after}
        unsupported = kinds - self._provider().SUPPORTS
        if unsupported:
            raise DnsError(f"{self._kind.title} cannot keep {', '.join(sorted(unsupported))}")

    def _half_done(self, error: DnsError) -> DnsError:
        if self._kind.is_atomic:
            return error
        return DnsError(f"{error}; some of it may be done already, the next run completes it")

    def _bounded(self, zone: str, function: Callable[[], Found]) -> Found:
        """Returns what the function returns, in time; every failure of a library is a DnsError."""

        def quiet() -> Found:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # octoDNS's providers use its old functions
                return function()

        failures = self._opened().failures
        failures.clear()
        before = logging.root.manager.disable
        logging.disable(logging.CRITICAL)  # they log answers of the provider, and to nobody
        try:
            return within(self._deadline, self._kind.title, quiet)
        except DnsError as error:
            reason = explained(self._kind, zone, failures, error)
        except Exception as error:  # whatever a library may raise
            reason = explained(self._kind, zone, failures, error)
        finally:
            logging.disable(before)
        raise _masked(reason, secrets_of(self._credentials)) from None


class OnlyOurs(BaseProcessor):  # type: ignore[misc]
    """Leaves of a zone what we are about to write, and remembers all of it as it was read."""

    def __init__(self, keys: Collection[Key]) -> None:
        super().__init__("only ours")
        self._keys = keys
        self.seen: Zone | None = None

    def process_target_zone(self, existing: Zone, target: Any, lenient: bool = False) -> Zone:
        """Returns a zone without what is none of our business."""
        self.seen = existing
        narrow = Zone(existing.name, [])
        for record in existing.records:
            if key_of(record) in self._keys:
                narrow.add_record(record, lenient=True)
        return narrow


def _names(wish: Wish) -> set[str]:
    """Returns all names that matter: of records, and of the markers that may stand beside them."""
    named = {key.name for key in (*(record.key for record in wish.records), *wish.absent)}
    kinds = {*TYPES, *(key.type for key in wish.absent)}
    return named | {marker_key(Key(name, kind), wish.zone).name for name in named for kind in kinds}


def _closed(zone: Zone, wish: Wish) -> dict[str, str]:
    """Returns names where nothing can be made: delegated ones, and those of a provider's own."""
    kinds: dict[str, set[str]] = {}
    for record in zone.records:
        kinds.setdefault(_plain(record.fqdn), set()).add(record._type)
    closed = {}
    for record in wish.records:
        own = [kind for kind in kinds.get(record.name, ()) if kind == "ALIAS" or "/" in kind]
        if own:
            closed[record.name] = f"there is a record of the provider's own kind, {own[0]}"
        for above in _between(record.name, wish.zone):
            if "NS" in kinds.get(above, ()):
                closed[record.name] = f"{above} is delegated to other name servers"
            if "DNAME" in kinds.get(above, ()) and above != record.name:
                closed[record.name] = f"DNAME {above} leads the names below it elsewhere"
    return closed


def _between(name: str, zone: str) -> list[str]:
    """Returns the name and those above it, below the top of its zone."""
    labels = name.removesuffix(zone).rstrip(".").split(".")
    return [".".join([*labels[at:], zone]) for at in range(len(labels)) if labels[at]]


def _in_safe_order(changes: Sequence[Any]) -> list[list[Any]]:
    """Returns steps that may be interrupted: a record never stands without its marker."""
    marks = [one for one in changes if key_of(one.record).is_marker]
    made = [one for one in marks if one.new]
    gone = [one for one in marks if not one.new]
    rest = [one for one in changes if one not in marks]
    return [made, rest, gone]


def _plain(name: str) -> str:
    plain: str = name.rstrip(".").lower()
    return plain


def _masked(error: DnsError, secrets: Sequence[str]) -> DnsError:
    text = str(error)
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return error if text == str(error) else type(error)(text)
