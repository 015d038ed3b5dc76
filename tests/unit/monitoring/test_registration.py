"""When registrations end, asked of an RDAP server on this machine (RFC 9082, RFC 9083)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from ansible_deploy.errors import HostError
from ansible_deploy.monitoring.registration import Registry
from tests.loopback import Handler, serving

ANSWERS: dict[str, object] = {
    "example.org": {
        "objectClassName": "domain",
        "events": [
            {"eventAction": "registration", "eventDate": "1995-08-31T04:00:00Z"},
            {"eventAction": "expiration", "eventDate": "2027-08-30T06:00:00+02:00"},
        ],
    },
    "shop.co.uk": {"events": [{"eventAction": "expiration", "eventDate": "2027-01-01T00:00:00Z"}]},
    "silent.de": {"objectClassName": "domain"},
    "broken.org": ["no", "object"],
    "undated.org": {"events": [{"eventAction": "expiration"}]},
    "late.org": {
        "events": [{"eventAction": "expiration", "eventDate": "9999-12-31T23:59:59-05:00"}]
    },
}

UNREADABLE = ["down.org", "broken.org", "undated.org", "late.org", "garbled.org", "deep.org"]


@dataclass
class Rdap:
    """A server that remembers what it was asked for."""

    address: str = ""
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def rdap() -> Iterator[Rdap]:
    found = Rdap()

    class Answering(Handler):
        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            found.asked.append(name)
            if name == "moved.org":
                self.send_response(302)
                self.send_header("Location", "/domain/example.org")
                self.end_headers()
            elif name == "garbled.org":
                self.wfile.write(b"no HTTP\r\n\r\n")
            elif name == "deep.org":
                self.answer(200, b"[" * 200_000)
            else:
                status = 200 if name in ANSWERS else 500 if "down" in name else 404
                self.answer(status, json.dumps(ANSWERS.get(name)).encode())

    with serving(Answering) as found.address:
        yield found


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("example.org", "2027-08-30T04:00:00Z"),
        ("*.shop.example.org", "2027-08-30T04:00:00Z"),
        ("moved.org", "2027-08-30T04:00:00Z"),
        ("www.shop.co.uk", "2027-01-01T00:00:00Z"),
        ("www.silent.de", ""),
        ("unknown.example", ""),
        ("localhost", ""),
    ],
)
def test_expiry(rdap: Rdap, domain: str, expected: str) -> None:
    assert Registry(rdap.address).expiry(domain) == expected


def test_nothing_is_asked_twice(rdap: Rdap) -> None:
    registry = Registry(f"{rdap.address}/")
    for name in ("a.example.org", "b.example.org", "a.shop.co.uk", "b.shop.co.uk"):
        registry.expiry(name)
    assert rdap.asked == ["example.org", "co.uk", "shop.co.uk"]


@pytest.mark.parametrize("domain", UNREADABLE)
def test_no_answer_is_an_error_and_not_absent(rdap: Rdap, domain: str) -> None:
    with pytest.raises(HostError, match=f"/domain/{domain}: "):
        Registry(rdap.address).expiry(domain)


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(HostError, match="refused"):
        Registry("http://127.0.0.1:1").expiry("example.org")
