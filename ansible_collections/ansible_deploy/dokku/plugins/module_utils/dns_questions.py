"""Finds the name servers of a name and asks each of them, following aliases into other zones.

Needs dnspython; a file of its own so that who only imports `dns_answers` does not pay for that.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .dns_credentials import host_and_port
from .dns_model import DnsError
from .dns_rdata import missing

try:
    import dns.exception
    import dns.flags
    import dns.message
    import dns.name
    import dns.query
    import dns.rcode
    import dns.rdatatype
    import dns.resolver
except ModuleNotFoundError as error:
    raise missing("dnspython") from error

if TYPE_CHECKING:
    from .dns_deadline import Deadline

PORT = 53
ALIASES = 8
"""How many aliases are followed, one after the other."""

TRY = 1.5
"""Seconds for one question; a second one follows."""

REASONS: dict[type[Exception], str] = {
    dns.resolver.LifetimeTimeout: "it did not answer in time",
    dns.resolver.NoNameservers: "all that it asked failed",
    dns.resolver.NoRootSOA: "it knows of no zone that the name could be in",
}
"""What the errors of dnspython mean to an operator."""

NOBODY = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)


@dataclass(frozen=True)
class Server:
    """A name server: its addresses, of which the first that answers counts."""

    name: str
    addresses: tuple[str, ...]
    port: int
    is_authoritative: bool = True


@dataclass(frozen=True)
class Found:
    """What one server knows: addresses, or the name that an alias leads to, or a problem."""

    server: str
    addresses: frozenset[str] = frozenset()
    alias: str = ""
    problem: str = ""


def find_addresses(name: str, resolver: str, deadline: Deadline) -> tuple[frozenset[str], str]:
    """Returns the addresses that all servers of a name give, and what is wrong, if anything."""
    for _ in range(ALIASES):
        servers = [_given(resolver)] if resolver else _authoritative(name, deadline)
        found = [_ask(server, name, deadline) for server in servers]
        answered = [one for one in found if not one.problem]
        aliases = {one.alias for one in answered}
        if len(answered) and len(aliases) == 1 and "" not in aliases:
            name = aliases.pop()
            continue
        return _common(found, answered)
    return frozenset(), f"more than {ALIASES} aliases follow one another"


def _common(found: list[Found], answered: list[Found]) -> tuple[frozenset[str], str]:
    problem = "; ".join(f"{one.server} {one.problem}" for one in found if one.problem)
    if not answered:
        return frozenset(), problem
    common = frozenset.intersection(*(one.addresses for one in answered))
    if len({one.addresses for one in answered}) > 1:
        told = (f"{one.server} {_shown(one.addresses)}" for one in answered)
        problem = f"its name servers do not agree yet: {', '.join(told)}"
    elif not common:
        problem = problem or f"{answered[0].server} knows no address for it"
    return common, problem


def _shown(addresses: frozenset[str]) -> str:
    return f"says {' '.join(sorted(addresses))}" if addresses else "says nothing"


def _given(resolver: str) -> Server:
    try:
        host, port = host_and_port(resolver)
        ipaddress.ip_address(host)
    except ValueError:
        raise DnsError(f"{resolver!r} is not an address, with or without :port") from None
    return Server(resolver, (host,), port, is_authoritative=False)


def _authoritative(name: str, deadline: Deadline) -> list[Server]:
    """Returns the servers of the zone that the name is in, by the system's resolver."""
    resolver = _system()
    zone = _zone(resolver, name, deadline)
    servers = []
    for host in _texts(resolver, zone, "NS", deadline):
        addresses = [
            *_texts(resolver, host, "A", deadline),
            *_texts(resolver, host, "AAAA", deadline),
        ]
        servers.append(Server(host.rstrip("."), tuple(addresses), PORT))
    if not servers:
        raise DnsError(f"no name server is known for {zone.rstrip('.')}")
    return servers


def _system() -> dns.resolver.Resolver:
    try:
        return dns.resolver.Resolver()
    except dns.exception.DNSException as error:
        raise DnsError(f"this host has no resolver to ask: {error}") from None


def _zone(resolver: dns.resolver.Resolver, name: str, deadline: Deadline) -> str:
    left = deadline.remaining("the resolver of this host")
    try:
        zone = dns.resolver.zone_for_name(name, resolver=resolver, lifetime=left)
    except (dns.exception.DNSException, OSError) as error:
        raise _unresolved(name, error) from None
    return zone.to_text()


def _texts(resolver: dns.resolver.Resolver, name: str, kind: str, deadline: Deadline) -> list[str]:
    left = deadline.remaining("the resolver of this host")
    try:
        answer = resolver.resolve(name, kind, lifetime=left, search=False)
    except NOBODY:
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise _unresolved(name, error) from None
    return [rdata.to_text() for rdata in answer]


def _unresolved(name: str, error: Exception) -> DnsError:
    named = str(error) if isinstance(error, OSError) else type(error).__name__
    reason = REASONS.get(type(error), named)
    return DnsError(f"the resolver of this host could not find {name.rstrip('.')} ({reason})")


def _ask(server: Server, name: str, deadline: Deadline) -> Found:
    if not server.addresses:
        return Found(server.name, problem="has no address")
    for address in server.addresses:
        try:
            return _ask_at(server, address, name, deadline)
        except (dns.exception.DNSException, DnsError, OSError, EOFError) as error:
            trouble = error
    return Found(server.name, problem=_unreachable(trouble))


def _ask_at(server: Server, address: str, name: str, deadline: Deadline) -> Found:
    addresses: set[str] = set()
    alias = ""
    for kind in ("A", "AAAA"):
        answer = _exchange(server, address, name, kind, deadline)
        code = answer.rcode()
        if code not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            return Found(server.name, problem=f"answers {dns.rcode.to_text(code)}")
        if server.is_authoritative and not answer.flags & dns.flags.AA:
            return Found(server.name, problem="is not authoritative for it")
        end = _end_of_aliases(answer, dns.name.from_text(name))
        given = answer.get_rrset(
            answer.answer, end, dns.rdataclass.IN, dns.rdatatype.from_text(kind)
        )
        if given:
            addresses |= {rdata.to_text() for rdata in given}
        elif end != dns.name.from_text(name):
            alias = end.to_text(omit_final_dot=True)
    return Found(server.name, frozenset(addresses), "" if addresses else alias)


def _exchange(
    server: Server, address: str, name: str, kind: str, deadline: Deadline
) -> dns.message.Message:
    question = dns.message.make_query(name, kind, use_edns=0, payload=1232)
    if server.is_authoritative:
        question.flags &= ~dns.flags.RD
    for last in (False, True):
        limit = min(TRY, deadline.remaining(server.name))
        try:
            answer, _ = dns.query.udp_with_fallback(
                question, address, timeout=limit, port=server.port, ignore_unexpected=True
            )
        except dns.exception.Timeout:
            if last:
                raise
        else:
            break
    return answer


def _end_of_aliases(answer: dns.message.Message, name: dns.name.Name) -> dns.name.Name:
    for _ in range(ALIASES):
        alias = answer.get_rrset(answer.answer, name, dns.rdataclass.IN, dns.rdatatype.CNAME)
        if not alias:
            break
        name = alias[0].target
    return name


def _unreachable(error: Exception) -> str:
    if isinstance(error, dns.exception.Timeout | DnsError | TimeoutError):
        return "does not answer"
    if isinstance(error, OSError):
        return f"cannot be reached: {error.strerror or error}"
    return "sends an answer that cannot be read"
