"""What holds on every kind of server: BIND and Knot by updates, PowerDNS by its interface."""

from __future__ import annotations

import pytest

from tests.dns.keeper import Keeper, told
from tests.dns.servers.zones import OTHER_ZONE, ZONE

OURS = '"heritage=dokku-ansible-deploy,host=this,app=shop"'
FOREIGN = {
    ("hand", "A"): {"3600 192.0.2.10"},
    ("mail", "MX"): {"3600 10 mx.example.com."},
    ("alias", "CNAME"): {"3600 elsewhere.example.com."},
    ("taken", "A"): {"3600 192.0.2.20"},
    ("_owner.a.taken", "TXT"): {'3600 "heritage=dokku-ansible-deploy,host=this,app=blog"'},
    ("foreign", "A"): {"3600 192.0.2.30"},
    ("_owner.a.foreign", "TXT"): {'3600 "heritage=dokku-ansible-deploy,host=that,app=shop"'},
    ("any.wild", "A"): {"3600 192.0.2.40"},
}


def survivors(keeper: Keeper) -> dict[tuple[str, str], set[str]]:
    """Returns what others put into the zone, as the server says."""
    return {(host, kind): keeper.ask(f"{host}.{ZONE}", kind) for host, kind in FOREIGN}


def test_a_record_is_made_with_its_marker(keeper: Keeper, name: str) -> None:
    result = keeper.converge(f"A {name} 203.0.113.7")
    assert told(result) == [f"+ A {name} 203.0.113.7"]
    assert result.pending == ""
    assert keeper.ask(name, "A") == {"300 203.0.113.7"}
    assert keeper.ask(f"_owner.a.{name}", "TXT") == {f"300 {OURS}"}
    assert survivors(keeper) == FOREIGN


def test_check_mode_tells_the_same_and_writes_nothing(keeper: Keeper, name: str) -> None:
    before = keeper.server.writes(), keeper.ask(ZONE, "SOA")
    planned = keeper.converge(f"A {name} 203.0.113.7", check=True)
    assert (keeper.server.writes(), keeper.ask(ZONE, "SOA")) == before
    assert keeper.ask(name, "A") == set()
    assert planned == keeper.converge(f"A {name} 203.0.113.7")


def test_a_second_run_sends_no_write(keeper: Keeper, name: str) -> None:
    wish = (f"A {name} 203.0.113.7", f"AAAA {name} 2001:db8::7", f"A *.{name} 203.0.113.7")
    keeper.converge(*wish)
    before = keeper.server.writes()
    assert before > 0
    result = keeper.converge(*wish, absent=[f"A gone.{name}"])
    assert keeper.server.writes() == before
    assert (told(result), result.pending) == ([], "")


def test_address_and_ttl_change(keeper: Keeper, name: str) -> None:
    keeper.converge(f"A {name} 203.0.113.7")
    result = keeper.converge(f"A {name} 203.0.113.8")
    assert told(result) == [f"~ A {name} 203.0.113.7 -> 203.0.113.8"]
    result = keeper.converge(f"A {name} 203.0.113.8", ttl=60)
    assert told(result) == [f"~ A {name} ttl 300 -> 60"]
    assert keeper.ask(name, "A") == {"60 203.0.113.8"}
    assert result.before == {"records": [f"{name} 300 A 203.0.113.8"]}
    assert result.after == {"records": [f"{name} 60 A 203.0.113.8"]}


def test_a_removed_record_takes_its_marker_along(keeper: Keeper, name: str) -> None:
    keeper.converge(f"A {name} 203.0.113.7", f"AAAA {name} 2001:db8::7")
    result = keeper.converge(f"A {name} 203.0.113.7", absent=[f"AAAA {name}"])
    assert told(result) == [f"- AAAA {name}"]
    assert keeper.ask(name, "AAAA") == keeper.ask(f"_owner.aaaa.{name}", "TXT") == set()
    assert keeper.ask(name, "A") == {"300 203.0.113.7"}
    assert told(keeper.converge(absent=[f"A {name}"])) == [f"- A {name}"]
    assert told(keeper.converge(absent=[f"A {name}"])) == []
    assert keeper.ask(name, "A") == keeper.ask(f"_owner.a.{name}", "TXT") == set()
    assert survivors(keeper) == FOREIGN


def test_a_record_that_is_gone_already_leaves_no_marker(keeper: Keeper, name: str) -> None:
    keeper.converge(f"A {name} 203.0.113.7")
    marker = f"_owner.a.{name}"
    assert keeper.ask(marker, "TXT")
    keeper.converge(f"TXT {marker} x", adopt=[marker], app="by hand")  # then both are others'
    keeper.converge(absent=[f"A {name}"])
    assert keeper.ask(name, "A") == {"300 203.0.113.7"}


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("hand", "there is 192.0.2.10 already, made by hand or by another program"),
        ("taken", "there is 192.0.2.20 already, made for the app blog"),
        (
            "foreign",
            "there is 192.0.2.30 already, made for the app shop on another host (that)",
        ),
        (
            "alias",
            "there is CNAME elsewhere.example.com. already, made by hand or by another program",
        ),
        ("sub", f"sub.{ZONE} is delegated to other name servers"),
        ("below.sub", f"sub.{ZONE} is delegated to other name servers"),
    ],
)
def test_what_is_not_ours_is_a_conflict_and_stays(keeper: Keeper, host: str, found: str) -> None:
    line = f"A {host}.{ZONE} 203.0.113.7"
    (conflict,) = keeper.conflicts(line)
    assert (conflict.name, conflict.type, conflict.found) == (f"{host}.{ZONE}", "A", found)
    result = keeper.converge(line, f"A beside.{ZONE} 203.0.113.7")
    assert f"A {host}.{ZONE}: {found}" in result.pending
    assert ("adopt" in result.pending) == ("delegated" not in found)
    assert told(result) == []
    assert keeper.ask(f"beside.{ZONE}", "A") == set()
    assert survivors(keeper) == FOREIGN


def test_the_same_record_without_a_marker_is_a_conflict_too(keeper: Keeper) -> None:
    assert keeper.conflicts(f"A hand.{ZONE} 192.0.2.10")
    assert keeper.conflicts(f"A hand.{ZONE} 192.0.2.10", adopt=frozenset({f"hand.{ZONE}"})) == []


def test_what_is_not_ours_is_not_removed(keeper: Keeper) -> None:
    result = keeper.converge(absent=[f"A hand.{ZONE}", f"A taken.{ZONE}", f"CNAME alias.{ZONE}"])
    assert told(result) == []
    assert len(result.warnings) == 3
    assert f"A taken.{ZONE} stays, for 192.0.2.20 is made for the app blog" in result.warnings
    assert survivors(keeper) == FOREIGN


def test_an_adopted_record_is_ours_from_then_on(keeper: Keeper) -> None:
    line = f"A adopted.{ZONE} 203.0.113.7"
    keeper.converge(f"A adopted.{ZONE} 192.0.2.99", app="another")
    assert keeper.conflicts(line)
    result = keeper.converge(line, adopt=[f"adopted.{ZONE}"])
    assert told(result) == [f"~ A adopted.{ZONE} 192.0.2.99 -> 203.0.113.7, adopted"]
    assert keeper.conflicts(line) == []
    assert keeper.ask(f"_owner.a.adopted.{ZONE}", "TXT") == {f"300 {OURS}"}
    assert told(keeper.converge(absent=[f"A adopted.{ZONE}"])) == [f"- A adopted.{ZONE}"]


def test_an_adopted_record_may_be_right_already(keeper: Keeper) -> None:
    keeper.converge(f"A right.{ZONE} 203.0.113.7", app="another")
    result = keeper.converge(f"A right.{ZONE} 203.0.113.7", adopt=[f"right.{ZONE}"])
    assert told(result) == [f"~ A right.{ZONE} adopted"]
    assert keeper.ask(f"_owner.a.right.{ZONE}", "TXT") == {f"300 {OURS}"}


def test_an_adopted_alias_makes_room(keeper: Keeper, name: str) -> None:
    keeper.converge(f"CNAME {name} elsewhere.example.com", app="another")
    result = keeper.converge(f"A {name} 203.0.113.7", adopt=[name])
    assert told(result) == [f"- CNAME {name}", f"+ A {name} 203.0.113.7"]
    assert keeper.ask(name, "CNAME") == keeper.ask(f"_owner.cname.{name}", "TXT") == set()
    assert keeper.ask(name, "A") == {"300 203.0.113.7"}


def test_two_apps_share_a_zone(keeper: Keeper, name: str) -> None:
    keeper.converge(f"A {name} 203.0.113.7")
    keeper.converge(f"A other.{name} 203.0.113.7", app="other")
    assert "made for the app shop" in keeper.converge(f"A {name} 1.2.3.4", app="other").pending
    keeper.converge(absent=[f"A {name}", f"A other.{name}"], app="other")
    assert keeper.ask(f"other.{name}", "A") == set()
    assert keeper.ask(name, "A") == {"300 203.0.113.7"}


def test_every_type_that_apps_need(keeper: Keeper, name: str) -> None:
    text = "v=DKIM1; k=rsa; p=" + "0123456789" * 40
    wish = (
        f"A {name} 203.0.113.7",
        f"A {name} 203.0.113.8",
        f"AAAA {name} 2001:0DB8:0::7",
        f"MX {name} 10 mail.example.com",
        f"MX {name} 20 Mail2.example.com.",
        f'CAA {name} 0 issue "letsencrypt.org"',
        f"SRV _sip._tcp.{name} 1 2 5060 sip.example.com",
        f"CNAME www.{name} {name}",
        f"TXT {name} v=spf1 include:example.com -all",
        f'TXT {name} "say \\"hi\\"; back\\\\slash"',
        f"TXT dkim._domainkey.{name} {text}",
    )
    result = keeper.converge(*wish)
    assert result.pending == ""
    assert len(result.changes) == 8
    assert keeper.ask(name, "A") == {"300 203.0.113.7", "300 203.0.113.8"}
    assert keeper.ask(name, "AAAA") == {"300 2001:db8::7"}
    assert keeper.ask(name, "MX") == {"300 10 mail.example.com.", "300 20 mail2.example.com."}
    assert keeper.ask(name, "CAA") == {'300 0 issue "letsencrypt.org"'}
    assert keeper.ask(f"_sip._tcp.{name}", "SRV") == {"300 1 2 5060 sip.example.com."}
    assert keeper.ask(f"www.{name}", "CNAME") == {f"300 {name}."}
    assert keeper.ask(name, "TXT") == {
        '300 "v=spf1 include:example.com -all"',
        '300 "say \\"hi\\"; back\\\\slash"',
    }
    dkim = keeper.ask(f"dkim._domainkey.{name}", "TXT")
    assert dkim == {f'300 "{text[:255]}" "{text[255:]}"'}
    before = keeper.server.writes()
    assert told(keeper.converge(*wish)) == []
    assert keeper.server.writes() == before


def test_the_top_of_the_zone_has_records_too(keeper: Keeper) -> None:
    result = keeper.converge(f"A {OTHER_ZONE} 203.0.113.7", f"TXT {OTHER_ZONE} hello")
    assert told(result) == [f"+ A {OTHER_ZONE} 203.0.113.7", f'+ TXT {OTHER_ZONE} "hello"']
    assert keeper.ask(f"_owner.a.{OTHER_ZONE}", "TXT") == {f"300 {OURS}"}
    assert keeper.ask(OTHER_ZONE, "NS") == {f"3600 ns.{OTHER_ZONE}."}
    keeper.converge(absent=[f"A {OTHER_ZONE}", f"TXT {OTHER_ZONE}"])
    assert keeper.ask(OTHER_ZONE, "A") == keeper.ask(OTHER_ZONE, "TXT") == set()


def test_wildcards_are_names_like_others(keeper: Keeper, name: str) -> None:
    assert told(keeper.converge(f"A *.{name} 203.0.113.7")) == [f"+ A *.{name} 203.0.113.7"]
    assert keeper.ask(f"anything.{name}", "A") == {"300 203.0.113.7"}
    assert keeper.ask(f"_owner.a._wildcard.{name}", "TXT") == {f"300 {OURS}"}
    keeper.converge(absent=[f"A *.{name}"])
    assert keeper.ask(f"anything.{name}", "A") == set()


@pytest.mark.parametrize("host", ["wild", "wildtext", "wildalias"])
def test_a_wildcard_of_others_is_not_in_the_way(keeper: Keeper, host: str) -> None:
    line = f"A x.{host}.{ZONE} 203.0.113.7"
    assert keeper.conflicts(line) == []
    assert told(keeper.converge(line)) == [f"+ {line}"]
    assert told(keeper.converge(line)) == []
    assert told(keeper.converge(absent=[f"A x.{host}.{ZONE}"])) == [f"- A x.{host}.{ZONE}"]
    assert survivors(keeper) == FOREIGN


def test_a_wildcard_of_others_is_a_conflict_for_the_wildcard(keeper: Keeper) -> None:
    (conflict,) = keeper.conflicts(f"A *.wild.{ZONE} 203.0.113.7")
    assert conflict.found.startswith("there is 192.0.2.40 already")


def test_an_alias_and_an_address_take_each_others_place(keeper: Keeper, name: str) -> None:
    keeper.converge(f"A {name} 203.0.113.7")
    result = keeper.converge(f"CNAME {name} {ZONE}", absent=[f"A {name}"])
    assert sorted(told(result)) == [f"+ CNAME {name} {ZONE}.", f"- A {name}"]
    assert keeper.ask(name, "CNAME") == {f"300 {ZONE}."}
    result = keeper.converge(f"A {name} 203.0.113.7", absent=[f"CNAME {name}"])
    assert sorted(told(result)) == [f"+ A {name} 203.0.113.7", f"- CNAME {name}"]
    assert keeper.ask(name, "A") == {"300 203.0.113.7"}
    assert keeper.ask(f"_owner.cname.{name}", "TXT") == set()


def test_an_alias_needs_a_name_of_its_own(keeper: Keeper) -> None:
    (conflict,) = keeper.conflicts(f"CNAME mail.{ZONE} elsewhere.example.com")
    assert conflict.found.startswith("there is MX 10 mx.example.com. already")
    assert not conflict.is_adoptable
    keeper.converge(f"CNAME mail.{ZONE} elsewhere.example.com", adopt=[f"mail.{ZONE}"])
    assert survivors(keeper) == FOREIGN


def test_zones_are_written_one_by_one(keeper: Keeper, name: str) -> None:
    """A conflict in one zone does not keep another from being right."""
    elsewhere = f"free.{OTHER_ZONE}"
    result = keeper.converge(f"A hand.{ZONE} 203.0.113.7", f"A {elsewhere} 203.0.113.7")
    assert told(result) == [f"+ A {elsewhere} 203.0.113.7"]
    assert result.pending.startswith(f"no record of {ZONE} was changed: A hand.{ZONE}")
    keeper.converge(absent=[f"A {elsewhere}"])


def test_a_record_in_a_zone_no_longer_granted_is_named(keeper: Keeper) -> None:
    result = keeper.converge(absent=["A shop.example.com"])
    assert result.warnings == (
        "A shop.example.com is left in place, for its zone is no longer granted; remove it by hand",
    )
    assert result.pending == ""
