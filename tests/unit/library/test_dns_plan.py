"""What is decided about one zone, without a server."""

from __future__ import annotations

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.change import Change
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_model import (
    Access,
    Key,
    RecordSet,
    marker_key,
    zone_of,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_plan import (
    Observed,
    Wish,
    Write,
    ZonePlan,
    decide,
)

ZONE = "example.org"
ACCESS = Access("rfc2136", "", (ZONE,), "this", "shop")
SHOP = RecordSet("shop.example.org", "A", 300, ("203.0.113.7",))
OLD = RecordSet("shop.example.org", "A", 300, ("192.0.2.1",))
ALIAS = RecordSet("shop.example.org", "CNAME", 300, ("elsewhere.example.com.",))
ALIAS_ABSENT = Write(ALIAS.key, None, None)


def marker(record: RecordSet, access: Access = ACCESS) -> RecordSet:
    """Returns the marker beside a record."""
    place = marker_key(record.key, ZONE)
    return RecordSet(place.name, "TXT", 300, (access.marker,))


def plan(*wished: RecordSet, there: tuple[RecordSet, ...] = (), **options: object) -> ZonePlan:
    """Decides about a zone with these records."""
    observed = Observed({record.key: record for record in there})
    return decide(ACCESS, Wish(ZONE, wished, **options), observed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("shop.example.org", "example.org"),
        ("example.org", "example.org"),
        ("a.b.deep.example.org", "deep.example.org"),
        ("*.deep.Example.ORG.", "deep.example.org"),
        ("notexample.org", None),
        ("org", None),
    ],
)
def test_the_longest_zone_that_holds_a_name(name: str, zone: str | None) -> None:
    assert zone_of(name, ("example.org", "Deep.example.org.", "example.net")) == zone


@pytest.mark.parametrize(
    ("kind", "name", "place"),
    [
        ("A", "shop.example.org", "_owner.a.shop.example.org"),
        ("AAAA", "example.org", "_owner.aaaa.example.org"),
        ("A", "*.shop.example.org", "_owner.a._wildcard.shop.example.org"),
        ("TXT", "*.example.org", "_owner.txt._wildcard.example.org"),
    ],
)
def test_markers_have_the_names_that_octodns_gives_them(kind: str, name: str, place: str) -> None:
    assert marker_key(Key(name, kind), ZONE) == Key(place, "TXT")
    assert marker_key(Key(name, kind), ZONE).is_marker


def test_a_new_record_needs_its_place_free() -> None:
    decided = plan(SHOP)
    assert decided.changes == (Change("+", "A shop.example.org 203.0.113.7"),)
    assert decided.writes == (
        Write(SHOP.key, None, SHOP),
        ALIAS_ABSENT,
        Write(marker(SHOP).key, None, marker(SHOP)),
    )


def test_a_new_alias_needs_a_name_that_nobody_uses() -> None:
    assert Write(Key("shop.example.org", "ANY"), None, None) in plan(ALIAS).writes


def test_what_is_right_needs_nothing() -> None:
    assert plan(SHOP, there=(SHOP, marker(SHOP))) == ZonePlan()


def test_a_change_needs_record_and_marker_as_they_were_read() -> None:
    decided = plan(SHOP, there=(OLD, marker(OLD)))
    assert decided.changes == (Change("~", "A shop.example.org", "192.0.2.1 -> 203.0.113.7"),)
    guard = Write(marker(OLD).key, marker(OLD), marker(OLD))
    assert decided.writes[0] == Write(SHOP.key, OLD, SHOP)
    assert guard in decided.writes
    assert guard.is_guard


def test_a_removal_needs_them_too_and_takes_both() -> None:
    decided = plan(there=(OLD, marker(OLD)), absent=(OLD.key,))
    assert decided.changes == (Change("-", "A shop.example.org"),)
    assert decided.writes == (
        Write(OLD.key, OLD, None),
        Write(marker(OLD).key, marker(OLD), None),
    )


def test_a_marker_without_its_record_goes_silently() -> None:
    decided = plan(there=(marker(OLD),), absent=(OLD.key,))
    assert decided.changes == ()
    assert decided.writes == (
        Write(OLD.key, None, None),
        Write(marker(OLD).key, marker(OLD), None),
    )


def test_what_was_never_there_needs_nothing() -> None:
    assert plan(absent=(OLD.key,)) == ZonePlan()


def test_a_record_of_others_is_named_and_in_no_write() -> None:
    other = Access("rfc2136", "", (ZONE,), "this", "blog")
    for there in ((OLD,), (OLD, marker(OLD, other)), (SHOP,)):
        decided = plan(SHOP, there=there)
        assert (decided.writes, decided.changes) == ((), ())
        assert [str(conflict)[:28] for conflict in decided.conflicts] == [
            "A shop.example.org: there is"
        ]
        assert plan(there=there, absent=(OLD.key,)).writes == ()


def test_a_marker_that_says_more_than_ours_is_not_ours() -> None:
    mark = RecordSet(marker(OLD).name, "TXT", 300, (ACCESS.marker, '"something"'))
    assert plan(SHOP, there=(OLD, mark)).conflicts


def test_adoption_replaces_a_foreign_marker() -> None:
    foreign = marker(OLD, Access("rfc2136", "", (ZONE,), "that", "blog"))
    decided = plan(SHOP, there=(OLD, foreign), adopt=frozenset({SHOP.name}))
    assert decided.conflicts == ()
    assert Write(foreign.key, foreign, marker(SHOP)) in decided.writes
    assert decided.changes[0].detail == "192.0.2.1 -> 203.0.113.7, adopted"


def test_an_alias_of_ours_makes_room_even_when_it_was_forgotten() -> None:
    decided = plan(SHOP, there=(ALIAS, marker(ALIAS)))
    assert [change.sign for change in decided.changes] == ["-", "+"]
    assert Write(ALIAS.key, ALIAS, None) in decided.writes
    assert ALIAS_ABSENT not in decided.writes


def test_adoption_never_clears_a_name_for_an_alias() -> None:
    mail = RecordSet(SHOP.name, "MX", 300, ("10 mail.example.com.",))
    decided = plan(ALIAS, there=(mail,), adopt=frozenset({SHOP.name}))
    assert decided.writes == ()
    assert not decided.conflicts[0].is_adoptable


def test_a_long_text_does_not_fill_the_screen() -> None:
    text = RecordSet("shop.example.org", "TXT", 300, ('"' + "x" * 200 + '"',))
    assert len(plan(text).changes[0].subject) < 100
