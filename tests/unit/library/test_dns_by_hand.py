"""Which records people have to make: only those that do not lead where they should."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import dns_answers, dns_by_hand
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_answers import Answer

ANSWERS = {
    "right.example.org": Answer("right.example.org", frozenset({"203.0.113.7"})),
    "wrong.example.org": Answer("wrong.example.org", frozenset({"192.0.2.2", "192.0.2.1"})),
    "none.example.org": Answer("none.example.org"),
    "broken.example.org": Answer("broken.example.org", problem="no name server answers"),
}


@pytest.fixture(autouse=True)
def _answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(names: Any, resolver: str = "", timeout: float = 5) -> list[Answer]:
        assert (resolver, timeout) == ("192.0.2.53", 3.0)
        return [ANSWERS[name] for name in names]

    monkeypatch.setattr(dns_answers, "look_up", look_up)


def notes(*records: dict[str, object]) -> tuple[str, ...]:
    params = {"records": list(records), "resolver": "192.0.2.53", "timeout": 3.0}
    result = dns_by_hand.converge(Dokku(), params, check=False)
    assert not result.changed
    return result.notes


def record(name: str, kind: str = "A", value: str = "203.0.113.7") -> dict[str, object]:
    return {"name": name, "type": kind, "ttl": 300, "values": [value]}


def test_a_record_that_is_there_is_not_mentioned() -> None:
    assert notes(record("right.example.org")) == ()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("wrong.example.org", "it leads to 192.0.2.1, 192.0.2.2 now"),
        ("none.example.org", "it does not answer yet"),
        ("broken.example.org", "no name server answers"),
    ],
)
def test_what_is_missing_is_told_with_what_is_there(name: str, said: str) -> None:
    assert notes(record(name)) == (f"create A {name} 203.0.113.7 ({said})",)


def test_an_address_of_the_other_kind_is_missing_by_itself() -> None:
    found = notes(record("right.example.org"), record("right.example.org", "AAAA", "2001:db8::7"))
    assert found == ("create AAAA right.example.org 2001:db8::7 (it leads to 203.0.113.7 now)",)


def test_other_records_are_named_and_not_looked_up() -> None:
    found = notes(record("example.org", "MX", "10 mail.example.org"))
    assert found == ("create MX example.org 10 mail.example.org (not looked up)",)
