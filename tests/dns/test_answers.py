"""Where names lead, as a given server says and as their own servers do."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import dns.message
import dns.resolver
import dns.rrset
import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import dns_questions
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_answers import (
    Answer,
    look_up,
    wait_until,
)
from tests.dns.servers.process import free_port
from tests.dns.servers.zones import ZONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.dns.keeper import Keeper
    from tests.dns.servers.named import Named


@pytest.fixture
def resolver(bind: Named) -> str:
    """Returns the server as an operator would name it."""
    return f"127.0.0.1:{bind.port}"


def test_addresses_of_names_and_wildcards(resolver: str, bind_keeper: Keeper) -> None:
    bind_keeper.converge(
        f"A both.{ZONE} 203.0.113.7",
        f"A both.{ZONE} 203.0.113.8",
        f"AAAA both.{ZONE} 2001:db8::7",
        f"CNAME chain.{ZONE} link.{ZONE}",
        f"CNAME link.{ZONE} both.{ZONE}",
    )
    both = frozenset({"203.0.113.7", "203.0.113.8", "2001:db8::7"})
    assert look_up([f"both.{ZONE}", f"chain.{ZONE}", f"*.wild.{ZONE}"], resolver) == [
        Answer(f"both.{ZONE}", both),
        Answer(f"chain.{ZONE}", both),
        Answer(f"*.wild.{ZONE}", frozenset({"192.0.2.40"})),
    ]


def test_what_does_not_answer_is_told(resolver: str) -> None:
    none, mail, refused = look_up([f"none.{ZONE}", f"mail.{ZONE}", "x.example.com"], resolver)
    assert none == Answer(f"none.{ZONE}", problem=f"{resolver} knows no address for it")
    assert mail == Answer(f"mail.{ZONE}", problem=f"{resolver} knows no address for it")
    assert refused == Answer("x.example.com", problem=f"{resolver} answers REFUSED")


def test_a_server_that_is_down_or_nonsense() -> None:
    down = f"127.0.0.1:{free_port()}"
    (answer,) = look_up([f"x.{ZONE}"], down, 1)
    assert answer == Answer(f"x.{ZONE}", problem=f"{down} does not answer")
    (answer,) = look_up([f"x.{ZONE}"], "ns.example.org", 1)
    assert answer.problem == "'ns.example.org' is not an address, with or without :port"
    assert look_up([], down) == []


def test_a_server_that_never_answers_is_given_up(tmp_path: object) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        started = time.monotonic()
        names = [f"n{number}.{ZONE}" for number in range(30)]
        answers = look_up(names, f"127.0.0.1:{silent.getsockname()[1]}", 0.5)
        assert time.monotonic() - started < 5
    assert all(answer.problem for answer in answers)


def test_waiting_ends_when_all_lead_here(resolver: str, bind_keeper: Keeper, name: str) -> None:
    ours = frozenset({"203.0.113.7", "2001:db8::7"})
    (late,) = wait_until([name, f"hand.{ZONE}"], frozenset({"192.0.2.10"}), resolver, 0)
    assert late.name == name
    timer = threading.Timer(0.3, bind_keeper.converge, [f"A {name} 203.0.113.7"])
    timer.start()
    try:
        assert wait_until([name], ours, resolver, 30) == []
    finally:
        timer.join()
    assert wait_until([name], frozenset(), resolver, 0) == []
    (other,) = wait_until([name], frozenset({"203.0.113.9"}), resolver, 0.1)
    assert other.addresses == {"203.0.113.7"}


class Toy(threading.Thread):
    """A name server that gives one address for everything, or something else."""

    def __init__(self, address: str, *, is_authoritative: bool = True) -> None:
        super().__init__()
        self._address = address
        self._is_authoritative = is_authoritative
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def run(self) -> None:
        """Answers until it is sent nothing."""
        while True:
            content, sender = self._socket.recvfrom(4096)
            if not content:
                return
            question = dns.message.from_wire(content)
            answer = dns.message.make_response(question)
            if self._is_authoritative:
                answer.flags |= dns.flags.AA
            (asked,) = question.question
            if asked.rdtype == dns.rdatatype.A and self._address:
                answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "A", self._address))
            self._socket.sendto(answer.to_wire(), sender)

    def end(self) -> None:
        """Makes it stop."""
        with socket.socket(type=socket.SOCK_DGRAM) as messenger:
            messenger.sendto(b"", ("127.0.0.1", self.port))
        self.join(5)
        self._socket.close()


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Toy]]:
    """Runs name servers that a test adds, as those of every name."""
    servers: list[Toy] = []
    monkeypatch.setattr(
        dns_questions,
        "_authoritative",
        lambda *_: [
            dns_questions.Server(f"ns{number}", ("127.0.0.1",), toy.port)
            for number, toy in enumerate(servers, 1)
        ],
    )
    yield servers
    for toy in servers:
        if toy.is_alive():
            toy.end()


def add(toys: list[Toy], address: str, *, is_authoritative: bool = True) -> Toy:
    """Starts one more name server."""
    toy = Toy(address, is_authoritative=is_authoritative)
    toy.start()
    toys.append(toy)
    return toy


def test_an_address_counts_when_all_servers_give_it(toys: list[Toy]) -> None:
    add(toys, "203.0.113.7")
    add(toys, "203.0.113.7")
    assert look_up(["x.example.com"]) == [Answer("x.example.com", frozenset({"203.0.113.7"}))]
    add(toys, "")
    (answer,) = look_up(["x.example.com"])
    assert answer.addresses == frozenset()
    assert answer.problem.startswith("its name servers do not agree yet: ns1 says 203.0.113.7,")
    assert answer.problem.endswith("ns3 says nothing")


def test_a_silent_or_lame_server_is_named_and_does_not_count(toys: list[Toy]) -> None:
    add(toys, "203.0.113.7")
    add(toys, "192.0.2.1", is_authoritative=False)
    add(toys, "192.0.2.1").end()
    (answer,) = look_up(["x.example.com"])
    assert answer.addresses == {"203.0.113.7"}
    assert answer.problem == "ns2 is not authoritative for it; ns3 does not answer"


def test_the_servers_of_a_name_are_found_by_the_system(
    bind: Named, bind_keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's resolver is BIND here, and so is the server of the zone, on its port."""
    system = dns.resolver.Resolver(configure=False)
    system.nameservers, system.port = ["127.0.0.1"], bind.port
    monkeypatch.setattr(dns_questions, "_system", lambda: system)
    monkeypatch.setattr(dns_questions, "PORT", bind.port)
    bind_keeper.converge(f"A deep.below.{ZONE} 203.0.113.7")
    found = look_up([f"deep.below.{ZONE}", f"none.below.{ZONE}", "shop.example.com"])
    assert found[0] == Answer(f"deep.below.{ZONE}", frozenset({"203.0.113.7"}))
    assert found[1].problem == f"ns.{ZONE} knows no address for it"
    reason = "shop.example.com (all that it asked failed)"
    assert found[2].problem == f"the resolver of this host could not find {reason}"
