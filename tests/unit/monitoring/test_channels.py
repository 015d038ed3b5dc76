"""Alert channels: which words are taken, who sees which, and who is told by default."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_deploy.layout import GLOBAL, Layout
from ansible_deploy.monitoring.channels import chosen, complaint, parse, unknown, visible
from ansible_deploy.settings import write_setting

HOOK = "webhook:https://hooks.example.org/x\n"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        "webhook:https://hooks.example.org/a?b=c",
        "webhook:http://127.0.0.1:8080/\ntoken=t0ken",
        "webhook:https://user:p%40ss@[2001:db8::1]:8443/{a}|b",
        "slack:https://hooks.slack.com/services/T/B/x",
        "ntfy:https://ntfy.sh/topic\ntoken=tk_1",
        "mailto:ops@example.org",
        "mailto:ops@example.org\nsmarthost=mail.example.org:587\nusername=u\npassword=p=w\ntls=on",
        "ping:https://hc-ping.com/uuid",
    ],
)
def test_taken(words: str) -> None:
    assert complaint(words) == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "its first line is none of"),
        ("https://hooks.example.org", "its first line is none of"),
        ("webhook:hooks.example.org", "what follows webhook: is no address"),
        ("webhook:https://a b", "what follows webhook: is no address"),
        ("webhook:https://host/%zz", "what follows webhook: is no address"),
        ("mailto:o@e.org\npassword=a\x7fb", "a character that cannot be seen"),
        ("webhook:https://host:x/", "what follows webhook: is no address"),
        ("webhook:https://u:p{s3cret@host/x", "what follows webhook: is no address"),
        ("webhook:https://h^st/s3cret", "what follows webhook: is no address"),
        ("webhook:https://[host]/", "what follows webhook: is no address"),
        ("mailto:ops", "what follows mailto: is no address of a mailbox"),
        ("slack:https://h/x\ntoken=1", "for slack NAME is one of: none"),
        ("webhook:https://h/x\ntokn=s3cret", "for webhook NAME is one of: token"),
        ("mailto:o@e.org\nsmarthost=mail", "smarthost is a name and a port"),
        ("mailto:o@e.org\ntls=maybe", "tls is on or off"),
    ],
)
def test_refused_without_repeating_what_may_be_secret(words: str, said: str) -> None:
    assert said in complaint(words)
    assert "s3cret" not in complaint(words)


def test_options_stand_below_the_address() -> None:
    found = parse("ops", "ntfy:https://ntfy.sh/t\n\n token=a=b \n")
    assert (found.kind, found.address, found.options) == (
        "ntfy",
        "https://ntfy.sh/t",
        {"token": "a=b"},
    )


def test_an_app_sees_those_for_all_and_its_own(layout: Layout) -> None:
    write_setting(layout, GLOBAL, "alert-channel.ops", HOOK)
    write_setting(layout, GLOBAL, "alert-channel.beat", "ping:https://hc-ping.com/x\n")
    write_setting(layout, "shop", "alert-channel.owner", HOOK)
    write_setting(layout, "blog", "alert-channel.ops", HOOK)
    assert {name: each.label for name, each in visible(layout, "shop").items()} == {
        "ops": "ops",
        "owner": "shop/owner",
    }
    assert {name: each.label for name, each in visible(layout, "blog").items()} == {
        "ops": "blog/ops"
    }


def test_who_is_told(layout: Layout) -> None:
    write_setting(layout, GLOBAL, "alert-channel.ops", HOOK)
    assert chosen(layout, "shop", None) == ("default",)
    assert chosen(layout, "shop", ("ops", "gone")) == ("ops",)
    assert chosen(layout, "shop", ()) == ()
    write_setting(layout, "shop", "alert-channel.owner", HOOK)
    assert chosen(layout, "shop", None) == ("shop/owner",)


def test_an_unknown_channel_names_the_command(layout: Layout) -> None:
    write_setting(layout, GLOBAL, "alert-channel.ops", HOOK)
    assert str(unknown(layout, "shop", "oops", "deploy.d/deploy.yml:4")) == (
        "deploy.d/deploy.yml:4: monitoring: there is no alert channel oops; the operator sets it"
        " up: dokku ansible-deploy:set shop alert-channel oops < FILE; or write one of these: ops"
    )
