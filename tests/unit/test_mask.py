"""Secrets are taken out of text in every form in which our tools print them."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from ansible_deploy.mask import Mask

SECRETS = [
    "correct horse battery",
    "p@ss/w:rd?&=%+#",
    """both ' and " quotes""",
    "back\\slash",
    "größe-☃-🐍",
    "tab\tand bell\a",
    "{{ 'template' }}",
    "$HOME `id` $(id)",
]

FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "for a shell": shlex.quote,
    "Python": repr,
    "JSON": json.dumps,
    "JSON, with letters as they are": lambda text: json.dumps(text, ensure_ascii=False),
    "for an address": quote,
    "for an address, slashes too": lambda text: quote(text, safe=""),
    "for a form": quote_plus,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 without its end": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "base64 for an address": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "Python in JSON": lambda text: json.dumps(repr(text)),
    "for a shell in JSON": lambda text: json.dumps(shlex.quote(text)),
}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_secret_is_hidden(form: str, secret: str) -> None:
    written = FORMS[form](secret)
    bare = written.strip("\"'")
    shown = Mask([secret])(f"before <{written}> after")
    assert "***" in shown
    assert bare not in shown
    assert shown.strip("\"'") == shown
    assert shown.startswith("before <")
    assert shown.endswith("> after")
    assert set(shown.removeprefix("before <").removesuffix("> after")) <= set("*\"'\\")


def test_each_line_of_a_secret_is_hidden_by_itself() -> None:
    key = "-----BEGIN KEY-----\nabcdefgh\nijklmnop\n-----END KEY-----\n"
    assert Mask([key])("read: abcdefgh, then ijklmnop") == "read: ***, then ***"


@pytest.mark.parametrize("secret", ["", "a", "abc"])
def test_short_values_do_not_turn_words_into_stars(secret: str) -> None:
    text = "a cab of abcd"
    assert Mask([secret])(text) == text


def test_short_values_hide_no_form_of_theirs_either() -> None:
    assert Mask(["8"])(f"8 is {b'8'.hex()} and {base64.b64encode(b'8').decode()}") == (
        "8 is 38 and OA=="
    )


def test_a_secret_within_another_leaves_nothing_of_the_longer() -> None:
    assert (
        Mask(["horse", "horse battery", "correct horse battery staple"])(
            "x correct horse battery staple y horse battery z horse"
        )
        == "x *** y *** z ***"
    )


def test_secrets_that_overlap_in_the_text_leave_nothing_of_either() -> None:
    assert Mask(["user:pass", "pass@host"])("to user:pass@host now") == "to *** now"
    assert Mask(["abab"])("ababab") == "***"


def test_neighbours_are_two() -> None:
    assert Mask(["abcd", "wxyz"])("abcdwxyz") == "******"


def test_the_password_of_an_address_is_hidden_alone_too() -> None:
    mask = Mask(["postgres://shop:p4ssw0rd@db:5432/shop"])
    assert mask("connects with p4ssw0rd as shop") == "connects with *** as shop"
    assert mask("to postgres://shop:p4ssw0rd@db:5432/shop") == "to ***"


def test_an_address_that_cannot_be_read_is_hidden_as_a_whole() -> None:
    assert Mask(["http://[half"])("at http://[half") == "at ***"


def test_the_password_of_an_address_is_hidden_as_it_is_typed() -> None:
    mask = Mask(["redis://:p%40ss%2Fword@cache:6379"])
    assert mask("AUTH p@ss/word") == "AUTH ***"
    assert mask("AUTH p%40ss%2Fword") == "AUTH ***"


def test_more_secrets_are_learnt_on_the_way() -> None:
    mask = Mask(["first"])
    mask.add(["second"])
    assert mask("first second") == "*** ***"


def test_without_secrets_text_stays_as_it_is() -> None:
    assert Mask()("abcd\n") == "abcd\n"
