"""Keeps records on a name server of one's own, by signed updates (RFC 2136): BIND, Knot and others.

No zone transfer is needed. What is there is read by questions; a wildcard can make an answer up,
and then an update that holds conditions only and changes nothing settles what really stands there.
What is to be written goes into one update for each zone, with the condition that everything still
is as it was seen. So the server does all of it or nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import dns.rcode
import dns.tsig

from .dns_credentials import host_and_port
from .dns_model import Access, DnsError, Key, RecordSet, marker_key
from .dns_plan import Changed, Observed, Wish, Write
from .dns_rdata import same
from .dns_reading import question, questions, understood
from .dns_update import CONDITIONS, existence, least_rule, update_message
from .dns_wire import Server, UnknownKey, exchange, refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import dns.message

    from .dns_deadline import Deadline

DEFAULT_ALGORITHM = "hmac-sha1."
"""What lego signs with unless told otherwise."""


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
        found = self._ask(wish.zone, questions(wish))
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
            exchange(self._server, [existence(wish.zone, Key(wish.zone, "SOA"))], self._deadline)

    def write(self, wish: Wish, writes: Sequence[Write]) -> None:
        """Writes all of it or nothing; raises Changed when something is not as it was seen."""
        try:
            update = update_message(wish.zone, writes)
            (answer,) = exchange(self._server, [update], self._deadline)
        except UnknownKey:
            if self._is_for_updates_only:
                raise
            # It knew the key when it was asked. Knot says so of what its rules do not allow.
            knows = f"{self._server} knows the key {self._server.key_name}"
            rule = least_rule(self._server.key_name, writes)
            raise DnsError(f"{knows} but does not let it do this; {rule}") from None
        self._check_update(wish.zone, writes, answer)
        self._verify(wish.zone, [write for write in writes if not write.is_guard])

    def _ask(self, zone: str, keys: Iterable[Key]) -> Observed:
        asked = list(dict.fromkeys(keys))
        answers = self._answers(asked)
        sets: dict[Key, RecordSet] = {}
        closed: dict[str, str] = {}
        for key, answer in zip(asked, answers, strict=True):
            seen = understood(self._server, zone, key, answer)
            sets.update({found.key: found for found in seen.sets})
            if seen.closed:
                closed[key.name] = seen.closed
        return Observed(sets, closed)

    def _answers(self, asked: Sequence[Key]) -> list[dns.message.Message]:
        """Asks with the key, for a server may show its holder other zones than all the world.

        Knot with rules that deny takes a key for updates only (3.2, seen), and is asked without.
        """
        try:
            return exchange(self._server, [question(key) for key in asked], self._deadline)
        except UnknownKey:
            self._is_for_updates_only = True
            without = replace(self._server, key=None)
            return exchange(without, [question(key) for key in asked], self._deadline)

    def _without_wildcards(self, wish: Wish, found: Observed, *, is_sure: bool) -> Observed:
        """Drops what does not really stand there, of all that would matter."""
        doubtful = [key for key in found.sets if is_sure or self._matters(wish, key, found)]
        if not doubtful:
            return found
        updates = [existence(wish.zone, key) for key in doubtful]
        try:
            answers = exchange(self._server, updates, self._deadline)
        except UnknownKey:  # then the key may not change these names anyway: they count as there
            return found
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
            remedy = f"; {least_rule(self._server.key_name, writes)}"
        elif code in (dns.rcode.NOTAUTH, dns.rcode.NOTZONE):
            remedy = f"; it is not authoritative for the zone {zone}, or only as a secondary"
        raise DnsError(f"{refused(self._server, answer)} to the update of {zone}{remedy}")

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
