"""The way through octoDNS: order of writes, breakdowns, failures in words, and real PowerDNS."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import dns_clients
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_deadline import Deadline
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_engine import open_engine
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_model import (
    Access,
    DnsError,
    RecordSet,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_plan import (
    Changed,
    Wish,
    decide,
)
from tests.dns.keeper import Keeper, told
from tests.dns.servers import odd
from tests.dns.servers.memory import MemoryProvider
from tests.dns.servers.process import free_port
from tests.dns.servers.zones import API_KEY, ZONE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.change import Result

TOKEN = "0123456789abcdef"
HAND_MADE = {
    ("", "NS"): {"ttl": 3600, "value": "ns.example.org."},
    ("hand", "A"): {"ttl": 3600, "value": "192.0.2.10"},
    ("*.wild", "A"): {"ttl": 3600, "value": "192.0.2.40"},
    ("sub", "NS"): {"ttl": 3600, "value": "ns.elsewhere.example.com."},
}


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> MemoryProvider:
    """Puts a provider in memory in the place of a cloud that writes record by record."""
    provider = MemoryProvider(ZONE, HAND_MADE)
    monkeypatch.setitem(dns_clients.BUILDERS, "cloudflare", lambda *_: provider)
    monkeypatch.delitem(dns_clients.SESSIONS, "cloudflare")
    return provider


@pytest.fixture
def cloud(memory: MemoryProvider, tmp_path: Path) -> Keeper:
    """Returns someone with a token for it."""

    class Unknown:
        port = 0

        def writes(self) -> int:
            return len(memory.applied)

    path = tmp_path / "cloudflare"
    path.write_text(f"CLOUDFLARE_DNS_API_TOKEN={TOKEN}\n", "utf-8")
    return Keeper("cloudflare", path, Unknown())


def test_records_come_and_go(cloud: Keeper, memory: MemoryProvider) -> None:
    wish = (f"A shop.{ZONE} 203.0.113.7", f"TXT shop.{ZONE} a; b", f"A *.shop.{ZONE} 203.0.113.7")
    before = dict(memory.data)
    planned = cloud.converge(*wish, check=True)
    assert memory.data == before
    assert cloud.converge(*wish) == planned
    assert memory.data["shop", "TXT"]["value"] == "a\\; b"
    assert memory.data["_owner.a._wildcard.shop", "TXT"]["value"].startswith("heritage=dokku")
    assert told(cloud.converge(*wish)) == []
    absent = [f"A shop.{ZONE}", f"TXT shop.{ZONE}", f"A *.shop.{ZONE}"]
    assert len(told(cloud.converge(absent=absent))) == 3
    assert memory.data == before


def test_a_record_never_stands_without_its_marker(cloud: Keeper, memory: MemoryProvider) -> None:
    """Where the provider writes one by one: broken down at any write, the next run completes."""
    wish = [f"A {host}.{ZONE} 203.0.113.7" for host in ("one", "two")]
    words = [f"A {host}.{ZONE}" for host in ("one", "two")]
    clean = dict(memory.data)
    steps: list[Callable[[], Result]] = [
        lambda: cloud.converge(*wish),
        lambda: cloud.converge(absent=words),
    ]
    for step in steps:
        before = dict(memory.data)
        for count in range(4):
            memory.data, memory.applied, memory.breaks_at = dict(before), [], count
            result = step()
            assert told(result) == []
            assert "some of it may be done already, the next run completes it" in result.pending
            for host in ("one", "two"):
                assert ((host, "A") in memory.data) <= ((f"_owner.a.{host}", "TXT") in memory.data)
            memory.breaks_at = -1
            assert step().pending == ""
        assert told(step()) == []
    assert memory.data == clean


def test_what_a_library_says_is_told_without_secrets(
    cloud: Keeper, memory: MemoryProvider, capfd: pytest.CaptureFixture[str]
) -> None:
    memory.breaks_at = 0
    result = cloud.converge(f"A shop.{ZONE} 203.0.113.7")
    assert "Cloudflare could not do it: broke down with the token ***" in result.pending
    assert TOKEN not in repr(result)
    assert capfd.readouterr() == ("", "")
    assert logging.root.manager.disable == logging.NOTSET


def test_what_was_read_must_still_be_so(cloud: Keeper, memory: MemoryProvider) -> None:
    access = Access("cloudflare", str(cloud.credentials_file), (ZONE,), "this", "shop")
    engine = open_engine(access, Deadline(5))
    wish = Wish(ZONE, (RecordSet(f"shop.{ZONE}", "A", 300, ("203.0.113.7",)),))
    writes = decide(access, wish, engine.observe(wish)).writes
    memory.data["shop", "A"] = {"type": "A", "ttl": 300, "value": "192.0.2.1"}
    with pytest.raises(Changed):
        engine.write(wish, writes)
    assert memory.applied == []


def test_delegated_names_and_wildcards_are_seen(cloud: Keeper) -> None:
    (conflict,) = cloud.conflicts(f"A a.b.sub.{ZONE} 203.0.113.7")
    assert conflict.found == f"sub.{ZONE} is delegated to other name servers"
    assert cloud.conflicts(f"A x.wild.{ZONE} 203.0.113.7") == []


def test_short_times_are_those_that_the_provider_keeps(
    cloud: Keeper, memory: MemoryProvider
) -> None:
    cloud.converge(f"A shop.{ZONE} 203.0.113.7", ttl=1)
    assert memory.data["shop", "A"]["ttl"] == 60
    assert told(cloud.converge(f"A shop.{ZONE} 203.0.113.7", ttl=1)) == []


def test_what_a_library_would_garble_is_refused(cloud: Keeper, memory: MemoryProvider) -> None:
    result = cloud.converge(f'TXT shop.{ZONE} "say \\"hi\\""')
    assert "cannot keep a text with quotes, backslashes" in result.pending
    result = cloud.converge(f"TLSA shop.{ZONE} 3 1 1 {'00' * 32}")
    assert "Cloudflare cannot keep TLSA" in result.pending
    assert memory.applied == []


def test_an_unknown_zone_is_never_made(cloud: Keeper, memory: MemoryProvider) -> None:
    lost = replace(cloud, zones=("example.com",))
    with pytest.raises(DnsError, match=r"Cloudflare has no zone example\.com, or these"):
        lost.conflicts("A shop.example.com 203.0.113.7")


def test_powerdns_makes_no_unknown_zone(pdns_keeper: Keeper) -> None:
    lost = replace(pdns_keeper, zones=("example.com",))
    before = pdns_keeper.server.writes()
    result = lost.converge("A shop.example.com 203.0.113.7")
    assert "PowerDNS has no zone example.com" in result.pending
    assert pdns_keeper.server.writes() == before


def powerdns_at(keeper: Keeper, url: str, key: str = API_KEY) -> Keeper:
    """Returns the keeper with another address or key."""
    path = keeper.credentials_file.with_name("other")
    path.write_text(f"PDNS_API_URL={url}\nPDNS_API_KEY={key}\n", "utf-8")
    return replace(keeper, credentials_file=path)


def test_a_wrong_key_is_told_and_not_shown(pdns_keeper: Keeper) -> None:
    url = pdns_keeper.credentials_file.read_text("utf-8").splitlines()[0].partition("=")[2]
    result = powerdns_at(pdns_keeper, url, "a wrong key").converge(f"A x.{ZONE} 203.0.113.7")
    assert result.pending == (
        f"A x.{ZONE}: PowerDNS does not accept the credentials: check PDNS_API_URL, PDNS_API_KEY"
    )


def test_an_interface_that_is_down(pdns_keeper: Keeper) -> None:
    port = free_port()
    down = powerdns_at(pdns_keeper, f"http://127.0.0.1:{port}")
    with pytest.raises(DnsError, match=rf"reached at 127\.0\.0\.1:{port} \(Connection refused\)"):
        down.conflicts(f"A x.{ZONE} 203.0.113.7")


@pytest.mark.parametrize("behave", [odd.silent, odd.dripping])
def test_an_interface_that_never_answers_is_given_up(pdns_keeper: Keeper, behave: Any) -> None:
    with odd.odd_server(behave) as port:
        slow = powerdns_at(pdns_keeper, f"http://127.0.0.1:{port}")
        result = slow.converge(f"A x.{ZONE} 203.0.113.7", timeout=0.5)
    assert result.pending.startswith(f"A x.{ZONE}: PowerDNS ")
    assert "did not answer" in result.pending or "reached" in result.pending


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "does not allow this to the credentials"),
        (429, "asks to be left alone for a while"),
        (503, "has trouble of its own (status 503)"),
    ],
)
def test_an_interface_that_refuses(pdns_keeper: Keeper, status: int, words: str) -> None:
    with odd.odd_server(odd.web(status)) as port:
        refused = powerdns_at(pdns_keeper, f"http://127.0.0.1:{port}")
        assert words in refused.converge(f"A x.{ZONE} 203.0.113.7").pending


def test_a_failed_read_is_never_an_empty_zone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """octoDNS's library for Hetzner takes any failure to list records for none (2.0.0)."""
    real = dns_clients.BUILDERS["hetzner"]
    zone = b'{"id": 7, "name": "example.org", "ttl": 3600, "mode": "primary"}'
    answers = {"/zones": b'{"zones": [%b]}' % zone, "/zones/7": b'{"zone": %b}' % zone}
    with odd.odd_server(odd.web_by_path(answers)) as port:

        def build(credentials: Any, seconds: float) -> Any:
            provider = real(credentials, seconds)
            provider._client._hcloud._client._endpoint = f"http://127.0.0.1:{port}"
            return provider

        monkeypatch.setitem(dns_clients.BUILDERS, "hetzner", build)
        path = tmp_path / "hetzner"
        path.write_text(f"HETZNER_API_TOKEN={TOKEN}\n", "utf-8")
        keeper = Keeper("hetzner", path, odd)  # type: ignore[arg-type]
        with pytest.raises(DnsError, match=r"has trouble of its own \(status 500\)"):
            keeper.conflicts(f"A hand.{ZONE} 203.0.113.7")
