"""Values of records in one form, and what no server would take."""

from __future__ import annotations

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_model import RecordSet
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_rdata import (
    normalized,
    same,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import InvalidValue


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("A", "203.0.113.7", "203.0.113.7"),
        ("AAAA", "2001:0DB8:0:0::7", "2001:db8::7"),
        ("CNAME", "Shop.Example.org", "shop.example.org."),
        ("CNAME", "shop.example.org.", "shop.example.org."),
        ("MX", "10 Mail.example.org", "10 mail.example.org."),
        ("SRV", "1 2 5060 sip.example.org", "1 2 5060 sip.example.org."),
        ("CAA", '0 issue "letsencrypt.org"', '0 issue "letsencrypt.org"'),
        ("TXT", "v=spf1 include:example.org -all", '"v=spf1 include:example.org -all"'),
        ("TXT", '"two" "strings"', '"twostrings"'),
        ("TXT", "a;b", '"a;b"'),
        ("TXT", 'say "hi"\\now', '"say \\"hi\\"\\\\now"'),
        ("TXT", '"say \\"hi\\"\\\\now\\;"', '"say \\"hi\\"\\\\now;"'),
        ("TXT", "ü", '"\\195\\188"'),
        ("TXT", '"\\195\\188"', '"\\195\\188"'),
        ("TXT", "", '""'),
        ("TXT", "x" * 256, f'"{"x" * 255}" "x"'),
        ("TXT", f'"{"x" * 600}"', f'"{"x" * 255}" "{"x" * 255}" "{"x" * 90}"'),
    ],
)
def test_values_as_in_a_zone_file(kind: str, value: str, text: str) -> None:
    record = normalized(RecordSet("shop.example.org", kind, 300, (value,)))
    assert record.values == (text,)
    assert normalized(record) == record


def test_names_types_and_values_are_brought_in_order() -> None:
    record = RecordSet("*.Shop.example.org.", "a", 300, ("203.0.113.8", "203.0.113.7") * 2)
    values = ("203.0.113.7", "203.0.113.8")
    assert normalized(record) == RecordSet("*.shop.example.org", "A", 300, values)


@pytest.mark.parametrize(
    ("name", "kind", "values", "words"),
    [
        ("shop.example.org", "NS", ("ns.example.org",), "NS records are not for apps"),
        ("shop.example.org", "A", ("203.0.113",), "'203.0.113' is not a usable value"),
        ("shop.example.org", "A", (), "A shop.example.org needs at least one value"),
        ("shop.example.org", "MX", ("mail.example.org",), "is not a usable value"),
        ("shop.example.org", "TXT", ('"open',), "is not a usable value"),
        ("shop.example.org", "TXT", ('"half" said',), "is not a usable value"),
        ("shop.example.org", "CNAME", ("a.example", "b.example"), "needs exactly one value"),
        ("shop..example.org", "A", ("203.0.113.7",), "is not a usable name"),
        ("shop.*.example.org", "A", ("203.0.113.7",), "is not a usable name"),
        ("sh op.example.org", "A", ("203.0.113.7",), "is not a usable name"),
        ("shöp.example.org", "A", ("203.0.113.7",), "is not a usable name"),
        (f"{'a' * 64}.example.org", "A", ("203.0.113.7",), "is not a usable name"),
    ],
)
def test_what_no_server_would_take(
    name: str, kind: str, values: tuple[str, ...], words: str
) -> None:
    with pytest.raises(InvalidValue, match=words):
        normalized(RecordSet(name, kind, 300, values))


def test_a_time_that_cannot_be() -> None:
    with pytest.raises(InvalidValue, match="the ttl must be 1 to 2147483647"):
        normalized(RecordSet("shop.example.org", "A", 0, ("203.0.113.7",)))


def test_strings_of_a_text_may_be_cut_anywhere_but_its_ttl_counts() -> None:
    one = RecordSet("shop.example.org", "TXT", 300, ('"ab" "c"', '"d"'))
    assert same(one, RecordSet("shop.example.org", "TXT", 300, ('"d"', '"a" "bc"')))
    assert not same(one, RecordSet("shop.example.org", "TXT", 60, ('"d"', '"abc"')))
    assert not same(one, RecordSet("shop.example.org", "TXT", 300, ('"abc"',)))
