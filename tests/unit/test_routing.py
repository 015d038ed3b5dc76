"""Routing is held and let go; what Dokku and nginx make of it is in tests/e2e."""

from __future__ import annotations

import io
import shlex
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.domains import Domains
from ansible_deploy import routing
from ansible_deploy.context import Context
from ansible_deploy.layout import Layout
from ansible_deploy.report import Report
from ansible_deploy.routing import Live
from ansible_deploy.settings import Settings
from tests.unit.library.scripted import ScriptedDokku

OWNED = {"domains": ["shop.example.org"]}


def live(proxy_type: str = "") -> Live:
    return Live(proxy_type, Domains(("shop.example.org",)), (), {})


@pytest.fixture
def dokku() -> ScriptedDokku:
    """A `dokku` that says yes to everything."""
    return ScriptedDokku({})


@pytest.fixture
def context(tmp_path: Path, dokku: ScriptedDokku) -> Context:
    """The app shop in the build b1."""
    layout = Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)
    return Context("shop", layout, Settings({}), dokku, Report(io.StringIO()), "b1")


def asked(dokku: ScriptedDokku) -> list[str]:
    return [shlex.join(call) for call in dokku.calls]


def test_the_proxy_is_held_while_routing_is_written(context: Context, dokku: ScriptedDokku) -> None:
    with routing.held(context, live("caddy"), OWNED):
        assert asked(dokku) == ["proxy:set shop type null"]
    assert asked(dokku)[1:] == ["proxy:set shop type caddy"]


def test_an_app_without_a_type_of_its_own_has_none_afterwards(
    context: Context, dokku: ScriptedDokku
) -> None:
    with routing.held(context, live(), OWNED):
        pass
    assert asked(dokku) == ["proxy:set shop type null", "proxy:set shop type"]


def test_a_run_that_fails_lets_go_and_keeps_the_journal(
    context: Context, dokku: ScriptedDokku
) -> None:
    with pytest.raises(KeyError), routing.held(context, live("caddy"), OWNED):
        raise KeyError
    assert asked(dokku)[-1] == "proxy:set shop type caddy"
    journal = routing.read_journal(context)
    assert journal
    assert (journal.build, journal.proxy_type, journal.owned) == ("b1", "caddy", OWNED)
    assert journal.domains == ["shop.example.org"]


def test_an_app_that_its_operator_holds_stays_held(context: Context, dokku: ScriptedDokku) -> None:
    with routing.held(context, live("null"), OWNED):
        pass
    assert asked(dokku) == []


def test_the_journal_of_a_killed_run_says_what_was_before(
    context: Context, dokku: ScriptedDokku
) -> None:
    with routing.held(context, live("caddy"), OWNED):
        pass
    dokku.calls.clear()
    with routing.held(context, live("null"), {}):
        pass
    assert asked(dokku) == ["proxy:set shop type caddy"]
    journal = routing.read_journal(context)
    assert journal
    assert journal.owned == OWNED


def test_a_deploy_that_ended_well_leaves_no_journal(context: Context) -> None:
    with routing.held(context, live(), OWNED):
        pass
    routing.forget(context)
    assert routing.read_journal(context) is None
    assert routing.put_back(context) == []


def test_the_deploy_lock_of_dokku_tells_whether_a_deploy_is_under_way(context: Context) -> None:
    assert not routing.is_deploying(context)
    path = context.layout.lib_root / "data/apps/shop/.deploy.lock"
    path.parent.mkdir(parents=True)
    with path.open("w") as lock:
        assert not routing.is_deploying(context)
        flock(lock, LOCK_EX)
        assert routing.is_deploying(context)


def test_the_routing_of_a_deploy_under_way_is_left_alone(
    context: Context, dokku: ScriptedDokku
) -> None:
    with routing.held(context, live(), OWNED):
        pass
    dokku.calls.clear()
    assert not routing.recover(context, is_locked=True), "our own build"
    later = Context("shop", context.layout, context.settings, dokku, context.report, "b2")
    path = context.layout.lib_root / "data/apps/shop/.deploy.lock"
    path.parent.mkdir(parents=True)
    with path.open("w") as lock:
        flock(lock, LOCK_EX)
        assert not routing.recover(later, is_locked=False)
    assert asked(dokku) == []
    assert routing.read_journal(context)
