"""Signed updates: keys, refusals, races, and servers that do not behave."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_deadline import Deadline
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_engine import open_engine
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_model import (
    Access,
    DnsError,
    Key,
    RecordSet,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_plan import (
    Changed,
    Wish,
    Write,
    decide,
)
from tests.dns.conftest import rfc2136_credentials
from tests.dns.keeper import Keeper, told
from tests.dns.servers import odd
from tests.dns.servers.process import free_port
from tests.dns.servers.zones import (
    FULL_KEY,
    NARROW_KEY,
    OTHER_ZONE,
    SECRET,
    STRANGER_KEY,
    WRONG_SECRET,
    ZONE,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from tests.dns.servers.named import Named


def with_key(keeper: Keeper, folder: Path, key: str, secret: str = SECRET) -> Keeper:
    """Returns the same keeper with another key."""
    path = rfc2136_credentials(folder, keeper.server.port, key=key, secret=secret)
    return replace(keeper, credentials_file=path)


def access_of(keeper: Keeper, app: str = "shop") -> Access:
    """Returns what the library needs to get at the zones."""
    return Access("rfc2136", str(keeper.credentials_file), keeper.zones, "this", app, timeout=10.0)


@pytest.fixture(params=["bind_keeper", "knot_keeper"])
def updater(request: pytest.FixtureRequest) -> Keeper:
    """Returns someone with a full key for each name server in turn."""
    found: Keeper = request.getfixturevalue(request.param)
    return found


def test_a_first_look_sends_no_update_and_a_run_sends_one(
    bind: Named, bind_keeper: Keeper, name: str
) -> None:
    before = bind.writes()
    assert bind_keeper.conflicts(f"A {name} 203.0.113.7") == []
    assert bind.writes() == before
    bind_keeper.converge(f"A {name} 203.0.113.7", f"AAAA {name} ::7", f"MX {name} 5 {name}")
    assert bind.writes() == before + 1


def test_a_doubt_is_settled_without_a_change(bind: Named, bind_keeper: Keeper) -> None:
    serial = bind_keeper.ask(ZONE, "SOA")
    before = bind.writes()
    assert bind_keeper.conflicts(f"A doubt.wild.{ZONE} 203.0.113.7") == []
    assert bind_keeper.conflicts(f"A hand.{ZONE} 203.0.113.7")
    assert bind.writes() == before + 2
    assert bind_keeper.ask(ZONE, "SOA") == serial


def test_an_unknown_key_is_named(updater: Keeper, tmp_path: Path) -> None:
    stranger = with_key(updater, tmp_path, STRANGER_KEY)
    with pytest.raises(DnsError, match=f"does not know the key {STRANGER_KEY}, or does not"):
        stranger.conflicts(f"A x.{ZONE} 203.0.113.7")


def test_a_wrong_secret_is_told_and_not_shown(updater: Keeper, tmp_path: Path) -> None:
    wrong = with_key(updater, tmp_path, FULL_KEY, WRONG_SECRET)
    result = wrong.converge(f"A x.{ZONE} 203.0.113.7")
    assert result.pending == (
        f"A x.{ZONE}: the name server 127.0.0.1:{updater.server.port} does not accept the secret"
        " of the key full: compare the secret"
    )
    assert WRONG_SECRET not in repr(result)
    assert updater.ask(f"x.{ZONE}", "A") == set()


def test_clocks_that_differ_are_told(updater: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 3600)
    with pytest.raises(DnsError, match="has another time than this host: compare both clocks"):
        updater.conflicts(f"A x.{ZONE} 203.0.113.7")


def test_a_refusal_says_the_least_rule_that_would_do(
    updater: Keeper, tmp_path: Path, name: str
) -> None:
    narrow = with_key(updater, tmp_path, NARROW_KEY)
    result = narrow.converge(f"A {name} 203.0.113.7", f"AAAA *.{name} ::7")
    assert told(result) == []
    assert f"grant narrow subdomain {name}. A AAAA TXT;" in result.pending
    words = "answered REFUSED to the update|knows the key narrow but does not let it do this"
    assert re.search(words, result.pending)
    assert updater.ask(name, "A") == set()


def test_the_least_rule_is_enough(updater: Keeper, tmp_path: Path) -> None:
    """The server's policy for this key is the rule that the message of a refusal gives."""
    narrow = with_key(updater, tmp_path, NARROW_KEY)
    wish = (f"A only.{ZONE} 203.0.113.7", f"A *.only.{ZONE} 203.0.113.7")
    assert narrow.conflicts(*wish) == []
    assert len(told(narrow.converge(*wish))) == 2
    updater.converge(f"A by-others.only.{ZONE} 203.0.113.7", app="other")
    assert narrow.conflicts(f"A by-others.only.{ZONE} 203.0.113.7")
    assert narrow.conflicts(f"A free.only.{ZONE} 203.0.113.7") == []
    assert len(told(narrow.converge(absent=[f"A only.{ZONE}", f"A *.only.{ZONE}"]))) == 2


def test_one_refused_name_keeps_the_whole_zone_as_it_is(
    updater: Keeper, tmp_path: Path, name: str
) -> None:
    narrow = with_key(updater, tmp_path, NARROW_KEY)
    narrow.converge(f"A only.{ZONE} 203.0.113.7", f"A {name} 203.0.113.7")
    assert updater.ask(f"only.{ZONE}", "A") == set()


def test_what_a_key_may_not_touch_counts_as_taken(updater: Keeper, tmp_path: Path) -> None:
    narrow = with_key(updater, tmp_path, NARROW_KEY)
    (conflict,) = narrow.conflicts(f"A hand.{ZONE} 203.0.113.7")
    assert conflict.found.startswith("there is 192.0.2.10 already")


def test_a_zone_that_is_not_served(updater: Keeper) -> None:
    lost = replace(updater, zones=("example.com", f"part.{ZONE}"))
    with pytest.raises(DnsError, match=r"does it serve the zone example\.com, and may this key"):
        lost.conflicts("A shop.example.com 203.0.113.7")
    with pytest.raises(DnsError, match=f"has no zone part.{ZONE}; the name is in its zone {ZONE}"):
        lost.conflicts(f"A shop.part.{ZONE} 203.0.113.7")


def test_a_name_of_another_zone_of_the_server(updater: Keeper) -> None:
    """The zone below is not among those granted: a record above it would never be seen."""
    above = replace(updater, zones=("net",))
    with pytest.raises(DnsError, match=r"has no zone net|may this key"):
        above.conflicts("A shop.example.com.net 203.0.113.7")
    (conflict,) = above.conflicts(f"A shop.{OTHER_ZONE} 203.0.113.7")
    assert conflict.found == f"it is in the zone {OTHER_ZONE}, not in net"


def test_what_was_read_must_still_be_so(updater: Keeper, name: str) -> None:
    """Between look and write another writer makes, changes and removes: nothing is written."""
    engine = open_engine(access_of(updater), Deadline(10))
    wish = Wish(ZONE, (RecordSet(name, "A", 300, ("203.0.113.7",)),))

    def plan() -> tuple[Write, ...]:
        return decide(access_of(updater), wish, engine.observe(wish)).writes

    early = plan()
    updater.converge(f"A {name} 192.0.2.1", app="other")
    with pytest.raises(Changed):
        engine.write(wish, early)
    assert updater.ask(name, "A") == {"300 192.0.2.1"}

    updater.converge(f"A {name} 192.0.2.1", adopt=[name])
    early = plan()
    updater.converge(f"A {name} 192.0.2.2")
    with pytest.raises(Changed):
        engine.write(wish, early)
    assert updater.ask(name, "A") == {"300 192.0.2.2"}

    early = plan()
    updater.converge(f"A {name} 192.0.2.2", adopt=[name], app="other")  # only the marker moves
    with pytest.raises(Changed):
        engine.write(wish, early)
    assert updater.ask(name, "A") == {"300 192.0.2.2"}


def test_an_alias_that_appears_meanwhile_is_not_ignored_silently(
    updater: Keeper, name: str
) -> None:
    engine = open_engine(access_of(updater), Deadline(10))
    wish = Wish(ZONE, (RecordSet(name, "A", 300, ("203.0.113.7",)),))
    early = decide(access_of(updater), wish, engine.observe(wish)).writes
    updater.converge(f"CNAME {name} elsewhere.example.com", app="other")
    with pytest.raises(Changed):
        engine.write(wish, early)


def test_what_a_server_leaves_out_is_found_out(updater: Keeper, name: str) -> None:
    """Beside a CNAME a server drops an address without a word (RFC 2136, 3.4.2.2)."""
    updater.converge(f"CNAME {name} elsewhere.example.com")
    engine = open_engine(access_of(updater), Deadline(10))
    record = RecordSet(name, "A", 300, ("203.0.113.7",))
    with pytest.raises(DnsError, match="took the update but has no A"):
        engine.write(Wish(ZONE, (record,)), [Write(Key(name, "A"), None, record)])


def test_of_two_writers_at_once_one_wins(updater: Keeper) -> None:
    apps = ("one", "two")
    names = [f"race{number}.{ZONE}" for number in range(10)]
    said: dict[tuple[str, str], str] = {}

    def run(app: str) -> None:
        for host in names:
            result = updater.converge(f"A {host} 203.0.113.7", app=app)
            said[app, host] = result.pending

    threads = [threading.Thread(target=run, args=(app,)) for app in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for host in names:
        (winner,) = (app for app in apps if not said[app, host])
        (loser,) = (app for app in apps if app != winner)
        assert f"made for the app {winner}" in said[loser, host]
        (marker,) = updater.ask(f"_owner.a.{host}", "TXT")
        assert marker.endswith(f'host=this,app={winner}"')


def test_a_server_that_is_down(tmp_path: Path) -> None:
    port = free_port()
    keeper = keeper_at(tmp_path, port)
    result = keeper.converge(f"A x.{ZONE} 203.0.113.7", absent=[f"A y.{ZONE}"])
    assert result.pending == (
        f"A x.{ZONE}, A y.{ZONE}: the name server 127.0.0.1:{port} cannot be reached:"
        " Connection refused"
    )
    with pytest.raises(DnsError, match="cannot be reached"):
        keeper.conflicts(f"A x.{ZONE} 203.0.113.7")


@pytest.mark.parametrize("behave", [odd.silent, odd.dripping])
def test_a_server_that_never_answers_is_given_up(
    behave: Callable[[socket.socket], None], tmp_path: Path
) -> None:
    with odd.odd_server(behave) as port:
        keeper = keeper_at(tmp_path, port)
        started = time.monotonic()
        result = keeper.converge(
            f"A x.{ZONE} 203.0.113.7", f"A x.{OTHER_ZONE} 203.0.113.7", timeout=0.5
        )
        assert time.monotonic() - started < 5
    assert result.pending.count("did not answer within 0.5 s") == 2


@pytest.mark.parametrize(
    ("behave", "words"),
    [
        (odd.closing, "closed the connection without an answer|cannot be reached"),
        (odd.cutting, "hung up in the middle of an answer"),
        (odd.babbling, "sent an answer that cannot be read"),
        (odd.foreign, "answered something that was not asked"),
        (odd.UNSIGNED, "did not sign its answer with the key full"),
        (odd.TRUNCATED, "sent only a part of its answer"),
        (odd.REFUSING, "answered REFUSED to the question for A x.example.org; does it serve"),
    ],
)
def test_a_server_that_does_not_behave(
    behave: Callable[[socket.socket], None], words: str, tmp_path: Path
) -> None:
    with odd.odd_server(behave) as port, pytest.raises(DnsError, match=words):
        keeper_at(tmp_path, port).conflicts(f"A x.{ZONE} 203.0.113.7")


def test_a_server_by_name(bind: Named, bind_keeper: Keeper, name: str) -> None:
    path = bind_keeper.credentials_file
    path.write_text(path.read_text("utf-8").replace("127.0.0.1", "localhost"), "utf-8")
    assert told(bind_keeper.converge(f"A {name} 203.0.113.7"))
    path.write_text(path.read_text("utf-8").replace("localhost", "nowhere.invalid"), "utf-8")
    assert "nowhere.invalid" in bind_keeper.converge(f"A {name} 203.0.113.7").pending


def test_many_records_go_in_one_update(bind: Named, bind_keeper: Keeper) -> None:
    before = bind.writes()
    wish = [f"A many{number}.{ZONE} 203.0.113.7" for number in range(120)]
    assert len(told(bind_keeper.converge(*wish))) == 120
    assert bind.writes() == before + 1
    assert told(bind_keeper.converge(*wish)) == []


def keeper_at(folder: Path, port: int) -> Keeper:
    """Returns someone with a full key for whatever listens there."""

    class Unknown:
        def __init__(self) -> None:
            self.port = port

        def writes(self) -> int:
            raise NotImplementedError

    return Keeper("rfc2136", rfc2136_credentials(folder, port), Unknown())
