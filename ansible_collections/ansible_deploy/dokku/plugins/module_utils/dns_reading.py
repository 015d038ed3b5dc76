"""Asks a name server what stands in a zone, and understands what it answers.

A name may belong to another zone although it looks like one of ours; an answer tells that, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from .dns_model import TYPES, DnsError, Key, RecordSet, marker_key
from .dns_wire import refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .dns_plan import Wish
    from .dns_wire import Server


@dataclass(frozen=True)
class Seen:
    """What one answer tells: record sets at the name, and why nothing can be made there, if so."""

    sets: tuple[RecordSet, ...] = ()
    closed: str = ""


def questions(wish: Wish) -> Iterable[Key]:
    """Yields all that must be known before anything is decided."""
    for record in wish.records:
        # What stands beside a CNAME can only be found by asking for each.
        for kind in TYPES if record.type == "CNAME" else (record.type,):
            yield Key(record.name, kind)
        yield marker_key(record.key, wish.zone)
    for key in wish.absent:
        yield key
        yield marker_key(key, wish.zone)


def question(key: Key) -> dns.message.Message:
    """Returns the message that asks for a record set."""
    message = dns.message.make_query(full_name(key.name), key.type, use_edns=False)
    message.flags &= ~dns.flags.RD
    return message


def understood(server: Server, zone: str, key: Key, answer: dns.message.Message) -> Seen:
    """Returns what an answer tells; raises DnsError when the server does not keep the zone."""
    if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        remedy = f"does it serve the zone {zone}, and may this key ask it?"
        raise DnsError(f"{refused(server, answer)} to the question for {key}; {remedy}")
    name = full_name(key.name)
    above = [found for found in answer.answer if found.rdtype == dns.rdatatype.DNAME]
    if above:
        return Seen(closed=f"DNAME {_text(above[0].name)} leads the names below it elsewhere")
    if not answer.flags & dns.flags.AA:
        return _delegated(server, zone, answer)
    here = [found for found in answer.answer if found.name == name]
    holders = [found.name for found in answer.authority if found.rdtype == dns.rdatatype.SOA]
    if holders and holders[0] != full_name(zone) and not here:
        return _elsewhere(server, zone, holders[0])
    return Seen(tuple(_record_set(key.name, found) for found in here))


def full_name(text: str) -> dns.name.Name:
    """Returns a name of ours as dnspython's, from the root."""
    return dns.name.from_text(f"{text}.")


def _record_set(name: str, found: dns.rrset.RRset) -> RecordSet:
    kind = dns.rdatatype.to_text(found.rdtype)
    return RecordSet(name, kind, found.ttl, tuple(sorted(rdata.to_text() for rdata in found)))


def _delegated(server: Server, zone: str, answer: dns.message.Message) -> Seen:
    top = full_name(zone)
    for found in answer.authority:
        is_below = found.name != top and found.name.is_subdomain(top)
        if found.rdtype == dns.rdatatype.NS and is_below:
            return Seen(closed=f"{_text(found.name)} is delegated to other name servers")
    raise DnsError(f"{server} is not authoritative for the zone {zone}")


def _elsewhere(server: Server, zone: str, holder: dns.name.Name) -> Seen:
    if holder.is_subdomain(full_name(zone)):
        return Seen(closed=f"it is in the zone {_text(holder)}, not in {zone}")
    raise DnsError(f"{server} has no zone {zone}; the name is in its zone {_text(holder)}")


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True)
