"""Keeps records on a name server of one's own, by signed updates (RFC 2136): BIND, Knot and others.

No zone transfer is needed. What is there is read by questions; a wildcard can make an answer up,
and then an update that holds conditions only and changes nothing settles what really stands there.
What is to be written goes into one update for each zone, with the condition that everything still
is as it was seen. So the server does all of it or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.tsig
import dns.update

from .dns_model import TYPES, Access, DnsError, Key, RecordSet, marker_key
from .dns_plan import ANY, Changed, Observed, Wish, Write
from .dns_providers import host_and_port
from .dns_rdata import same
from .dns_wire import Server, UnknownKey, exchange, refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .dns_deadline import Deadline

DEFAULT_ALGORITHM = "hmac-sha1."
"""What lego signs with unless told otherwise."""

NOBODYS = '"no record says this"'

CONDITIONS = {
    dns.rcode.YXDOMAIN,
    dns.rcode.YXRRSET,
    dns.rcode.NXRRSET,
    dns.rcode.NXDOMAIN,
}
"""How a server answers when a condition of an update does not hold (RFC 2136, 2.2)."""


@dataclass(frozen=True)
class Seen:
    """What one answer tells: record sets at the name, whose zone it is in, and why it is closed."""

    sets: tuple[RecordSet, ...] = ()
    closed: str = ""


class Rfc2136:
    """The zones of one name server."""

    shortest_ttl = 1

    def __init__(self, access: Access, credentials: Mapping[str, str], deadline: Deadline) -> None:
        self._access = access
        self._server = _server(credentials)
        self._deadline = deadline
        self._is_for_updates_only = False

    def observe(self, wish: Wish, *, is_sure: bool = False) -> Observed:
        """Returns what stands in the zone; if it must be sure, without what a wildcard makes up."""
        found = self._ask(wish.zone, _questions(wish))
        beside = [
            key
            for record in wish.records
            for other in found.others(record.key)
            if (key := marker_key(other.key, wish.zone)) not in found.sets
        ]
        if beside:
            more = self._ask(wish.zone, beside)
            found = Observed({**found.sets, **more.sets}, found.closed)
        return self._without_wildcards(wish, found, is_sure=is_sure)

    def confirm(self, wish: Wish) -> None:
        """Raises DnsError where the key is not taken for updates either."""
        if self._is_for_updates_only:
            exchange(self._server, [_existence(wish.zone, Key(wish.zone, "SOA"))], self._deadline)

    def write(self, wish: Wish, writes: Sequence[Write]) -> None:
        """Writes all of it or nothing; raises Changed when something is not as it was seen."""
        update = dns.update.UpdateMessage(_name(wish.zone))
        for write in writes:
            _require(update, write)
        for write in writes:
            if not write.is_guard:
                _change(update, write)
        (answer,) = exchange(self._server, [update], self._deadline)
        self._check_update(wish.zone, writes, answer)
        self._verify(wish.zone, [write for write in writes if not write.is_guard])

    def _ask(self, zone: str, keys: Iterable[Key]) -> Observed:
        asked = list(dict.fromkeys(keys))
        answers = self._answers(asked)
        sets: dict[Key, RecordSet] = {}
        closed: dict[str, str] = {}
        for key, answer in zip(asked, answers, strict=True):
            seen = self._seen(zone, key, answer)
            sets.update({found.key: found for found in seen.sets})
            if seen.closed:
                closed[key.name] = seen.closed
        return Observed(sets, closed)

    def _answers(self, asked: Sequence[Key]) -> list[dns.message.Message]:
        """Asks with the key, for a server may show its holder other zones than all the world.

        Knot with rules that deny takes a key for updates only (3.2, seen), and is asked without.
        """
        try:
            return exchange(self._server, [_question(key) for key in asked], self._deadline)
        except UnknownKey:
            self._is_for_updates_only = True
            without = replace(self._server, key=None)
            return exchange(without, [_question(key) for key in asked], self._deadline)

    def _seen(self, zone: str, key: Key, answer: dns.message.Message) -> Seen:
        if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            remedy = f"does it serve the zone {zone}, and may this key ask it?"
            raise DnsError(f"{refused(self._server, answer)} to the question for {key}; {remedy}")
        name, top = _name(key.name), _name(zone)
        above = [found for found in answer.answer if found.rdtype == dns.rdatatype.DNAME]
        if above:
            return Seen(closed=f"DNAME {_text(above[0].name)} leads the names below it elsewhere")
        if not answer.flags & dns.flags.AA:
            return self._delegated(zone, answer)
        holders = [found.name for found in answer.authority if found.rdtype == dns.rdatatype.SOA]
        if holders and holders[0] != top and not _has(answer, name):
            return self._elsewhere(zone, holders[0])
        return Seen(
            tuple(
                RecordSet(
                    key.name,
                    dns.rdatatype.to_text(found.rdtype),
                    found.ttl,
                    tuple(sorted(rdata.to_text() for rdata in found)),
                )
                for found in answer.answer
                if found.name == name
            )
        )

    def _delegated(self, zone: str, answer: dns.message.Message) -> Seen:
        top = _name(zone)
        for found in answer.authority:
            is_below = found.name != top and found.name.is_subdomain(top)
            if found.rdtype == dns.rdatatype.NS and is_below:
                return Seen(closed=f"{_text(found.name)} is delegated to other name servers")
        raise DnsError(f"{self._server} is not authoritative for the zone {zone}")

    def _elsewhere(self, zone: str, holder: dns.name.Name) -> Seen:
        if holder.is_subdomain(_name(zone)):
            return Seen(closed=f"it is in the zone {_text(holder)}, not in {zone}")
        raise DnsError(
            f"{self._server} has no zone {zone}; the name is in its zone {_text(holder)}"
        )

    def _without_wildcards(self, wish: Wish, found: Observed, *, is_sure: bool) -> Observed:
        """Drops what does not really stand there, of all that would matter."""
        doubtful = [key for key in found.sets if is_sure or self._matters(wish, key, found)]
        if not doubtful:
            return found
        answers = exchange(
            self._server, [_existence(wish.zone, key) for key in doubtful], self._deadline
        )
        made_up = {
            key
            for key, answer in zip(doubtful, answers, strict=True)
            if answer.rcode() in CONDITIONS
        }
        sets = {key: value for key, value in found.sets.items() if key not in made_up}
        return Observed(sets, found.closed)

    def _matters(self, wish: Wish, key: Key, found: Observed) -> bool:
        """Tells whether this would be in the way, or in a write, without being known as ours."""
        ours = (self._access.marker,)
        if key in {marker_key(record.key, wish.zone) for record in wish.records}:
            return found.sets[key].values != ours
        mark = found.sets.get(marker_key(key, wish.zone))
        is_wished = key.name in {record.name for record in wish.records}
        return is_wished and not (mark and mark.values == ours)

    def _check_update(
        self, zone: str, writes: Sequence[Write], answer: dns.message.Message
    ) -> None:
        code = answer.rcode()
        if code == dns.rcode.NOERROR:
            return
        if code in CONDITIONS:
            raise Changed(f"somebody else is changing these records on {self._server}")
        remedy = ""
        if code == dns.rcode.REFUSED:
            remedy = f"; {self._least_rule(zone, writes)}"
        elif code in (dns.rcode.NOTAUTH, dns.rcode.NOTZONE):
            remedy = f"; it is not authoritative for the zone {zone}, or only as a secondary"
        raise DnsError(f"{refused(self._server, answer)} to the update of {zone}{remedy}")

    def _least_rule(self, zone: str, writes: Sequence[Write]) -> str:
        """Returns what a key must at least be allowed, in BIND's words."""
        changed = [write.key for write in writes if not write.is_guard]
        names = sorted({_owned_name(key) for key in changed})
        types = sorted({key.type for key in changed})
        rules = " ".join(
            f"grant {self._server.key_name} subdomain {name}. {' '.join(types)};" for name in names
        )
        return f"the key needs leave to change them: in BIND update-policy {{ {rules} }}"

    def _verify(self, zone: str, writes: Sequence[Write]) -> None:
        """Looks again, for a server may leave out a part of an update without a word."""
        there = self._ask(zone, [write.key for write in writes]).sets
        for write in writes:
            found = there.get(write.key)
            if write.after and not (found and same(found, write.after)):
                raise DnsError(
                    f"{self._server} took the update but has no {write.key} as it was sent;"
                    " does another record stand at this name, or does it serve an older copy?"
                )


def _server(credentials: Mapping[str, str]) -> Server:
    host, port = host_and_port(credentials["RFC2136_NAMESERVER"])
    algorithm = credentials.get("RFC2136_TSIG_ALGORITHM") or DEFAULT_ALGORITHM
    key = dns.tsig.Key(
        credentials["RFC2136_TSIG_KEY"],
        credentials["RFC2136_TSIG_SECRET"],
        algorithm.rstrip(".").lower(),
    )
    return Server(host, port, key)


def _questions(wish: Wish) -> Iterable[Key]:
    """Yields all that must be known before anything is decided."""
    for record in wish.records:
        # What stands beside a CNAME can only be found by asking for each.
        for kind in TYPES if record.type == "CNAME" else (record.type,):
            yield Key(record.name, kind)
        yield marker_key(record.key, wish.zone)
    for key in wish.absent:
        yield key
        yield marker_key(key, wish.zone)


def _question(key: Key) -> dns.message.Message:
    question = dns.message.make_query(_name(key.name), key.type, use_edns=False)
    question.flags &= ~dns.flags.RD
    return question


def _existence(zone: str, key: Key) -> dns.update.UpdateMessage:
    """Returns an update that changes nothing and fails where this does not really stand.

    It removes a text that nobody has from where a marker would be, for Knot takes an update without
    any change for a breach of each rule that denies something.
    """
    update = dns.update.UpdateMessage(_name(zone))
    update.present(_name(key.name), key.type)
    place = key if key.is_marker else marker_key(key, zone)
    update.delete(_name(place.name), "TXT", NOBODYS)
    return update


def _require(update: dns.update.UpdateMessage, write: Write) -> None:
    name = _name(write.key.name)
    if write.before:
        update.present(name, write.key.type, *write.before.values)
    elif write.key.type == ANY:
        update.absent(name)
    else:
        update.absent(name, write.key.type)


def _change(update: dns.update.UpdateMessage, write: Write) -> None:
    name = _name(write.key.name)
    if write.before:
        update.delete(name, write.key.type)
    if write.after:
        for value in write.after.values:
            update.add(name, write.after.ttl, write.key.type, value)


def _owned_name(key: Key) -> str:
    """Returns the name below which a key needs leave for a record and its marker."""
    name = key.name
    if name.startswith("_owner."):
        name = name.split(".", 2)[2].removeprefix("_wildcard.")
    return name.removeprefix("*.")


def _has(answer: dns.message.Message, name: dns.name.Name) -> bool:
    return any(found.name == name for found in answer.answer)


def _name(text: str) -> dns.name.Name:
    return dns.name.from_text(f"{text}.")


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True)
