"""Certificates and keys are read as they are, and nothing of a key is ever said."""

from __future__ import annotations

import sys
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.certificates import (
    Unreadable,
    not_covered,
    parse,
    parse_key,
    problem,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import timestamp
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import InvalidValue
from tests.made_certificates import NOW, key_text, make, private_key

DAY = timedelta(days=1)


def test_certificate_tells_names_issuer_and_dates() -> None:
    """Names in lower case, addresses too."""
    pair = make(("Shop.example.org", "*.shop.example.org", "192.0.2.1"), end=10 * DAY)
    certificate = parse(pair.certificate)
    assert certificate.names == ("shop.example.org", "*.shop.example.org", "192.0.2.1")
    assert certificate.issuer == "Test Trust T1"
    assert certificate.not_after == NOW + 10 * DAY
    assert certificate.not_before == NOW - DAY
    assert timestamp(NOW) == NOW.isoformat().replace("+00:00", "Z")


def test_self_signed_certificate_without_alternative_names() -> None:
    """Its common name counts, as in the time before there were others."""
    certificate = parse(make(("shop.example.org",), is_self_signed=True).certificate)
    assert certificate.names == ("shop.example.org",)
    assert certificate.issuer == "shop.example.org"


def test_chain_follows_the_servers_own_certificate() -> None:
    """The first counts, all are kept, and what stands around them is not."""
    first, second = make(("a.example.org",)), make(("b.example.org",))
    text = f"subject=a\r\n{first.certificate}\n# é\n{second.certificate}trailing"
    certificate = parse(text)
    assert certificate.names == ("a.example.org",)
    assert certificate.text == first.certificate + second.certificate
    assert certificate.digest not in {parse(first.certificate).digest, ""}


def test_same_certificate_in_another_form_is_the_same() -> None:
    """Line ends and comments make no difference."""
    text = make(("a.example.org",)).certificate
    assert parse(text.replace("\n", "\r\n")).digest == parse(f"comment\n{text}").digest


@pytest.mark.parametrize("text", ["", "x", key_text(), "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_what_is_no_certificate_is_refused(text: str) -> None:
    """By one sentence that says which form is wanted."""
    with pytest.raises(Unreadable, match="not in PEM form"):
        parse(text)


def test_broken_certificate_is_refused() -> None:
    """Also one that looks like it from outside."""
    with pytest.raises(Unreadable, match="not in PEM form"):
        parse("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")


def test_key_and_certificate_belong_together() -> None:
    """Their public parts are the same."""
    pair = make(("a.example.org",))
    assert problem(parse(pair.certificate), parse_key(f"junk\n{pair.key}"), NOW) == ""
    said = problem(parse(pair.certificate), parse_key(key_text(1)), NOW)
    assert "does not belong" in said


def test_dates_are_a_problem_before_and_after() -> None:
    """Only what is valid now can be installed."""
    key = parse_key(key_text())
    ended = parse(make(("a.example.org",), start=-3 * DAY, end=-DAY).certificate)
    assert problem(ended, key, NOW) == f"the certificate ended on {NOW - DAY:%Y-%m-%d}"
    early = parse(make(("a.example.org",), start=DAY).certificate)
    assert "not valid before" in problem(early, key, NOW)


def test_keys_in_every_form_are_read_but_encrypted_ones() -> None:
    """An error holds nothing of the key."""
    key = private_key(2)
    old = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    assert parse_key(old.decode()).public_key == parse_key(key_text(2)).public_key
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    for text in (locked.decode(), "", key_text(2).replace("A", "!"), "garbage"):
        with pytest.raises(Unreadable) as caught:
            parse_key(text)
        assert str(caught.value) == "the key is not a private key in PEM form without a passphrase"
        assert caught.value.__cause__ is None


def test_key_is_not_shown() -> None:
    """Not even by a debugger that prints it."""
    assert "PRIVATE" not in repr(parse_key(key_text()))


def test_wildcard_covers_one_label() -> None:
    """As browsers have it: neither the name itself nor two labels below."""
    certificate = parse(make(("*.a.example.org", "b.example.org")).certificate)
    names = ("x.a.example.org", "a.example.org", "x.y.a.example.org", "b.example.org", "*.b.org")
    assert not_covered(certificate, names) == ("a.example.org", "x.y.a.example.org", "*.b.org")


def test_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.setitem(sys.modules, "cryptography", None)
    for read in (parse, parse_key):
        with pytest.raises(InvalidValue, match="library `cryptography` is missing") as caught:
            read("x")
        assert not isinstance(caught.value, Unreadable)
