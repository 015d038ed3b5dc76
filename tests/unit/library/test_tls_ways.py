"""Proxy and scheduler decide who issues; what a push must not change is said to the operator."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import tls_ways
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import InvalidValue
from tests.unit.library.scripted import ScriptedDokku

TABLE: list[tuple[str, str, bool, str, str]] = [
    ("nginx", "docker-local", True, "letsencrypt", "nginx"),
    ("nginx", "docker-local", False, "none", "nginx"),
    ("null", "docker-local", True, "none", "null"),
    ("caddy", "docker-local", True, "proxy", "caddy"),
    ("traefik", "docker-local", True, "proxy", "traefik"),
    ("openresty", "docker-local", True, "proxy", "openresty"),
    ("haproxy", "docker-local", True, "proxy", "haproxy"),
    ("haproxy", "docker-local", False, "none", "haproxy"),
    ("own-proxy", "docker-local", True, "none", "own-proxy"),
    ("nginx", "k3s", True, "k3s", "scheduler-k3s"),
    ("caddy", "k3s", False, "k3s", "scheduler-k3s"),
    ("nginx", "null", True, "none", "null"),
    ("nginx", "nomad", True, "none", "nomad"),
]


@pytest.mark.parametrize(("proxy", "scheduler", "is_enabled", "issuer", "name"), TABLE)
def test_way(proxy: str, scheduler: str, is_enabled: bool, issuer: str, name: str) -> None:
    """The scheduler comes first, then whether the app is proxied, then by what."""
    way = tls_ways.way_of(proxy, scheduler, is_enabled=is_enabled)
    assert (way.issuer, way.name) == (issuer, name)


def test_way_of_an_app_is_read_from_two_reports() -> None:
    """What holds for it, be it set for all apps or for this one."""
    proxy = {"enabled": "true", "type": "", "computed-type": "caddy"}
    dokku = ScriptedDokku(
        {
            "scheduler:report shop --format json": {"computed-selected": "docker-local"},
            "proxy:report shop --format json": proxy,
        }
    )
    assert tls_ways.read(dokku, "shop") == tls_ways.PROXIES["caddy"]
    assert len(dokku.calls) == 2


def test_certificates_of_ones_own_and_wildcards() -> None:
    """Only nginx has both."""
    ways = {**tls_ways.PROXIES, **tls_ways.SCHEDULERS}
    assert {name for name, way in ways.items() if way.takes_own} == {"nginx", "k3s"}
    assert {name for name, way in ways.items() if way.takes_wildcards} == {"nginx"}


@pytest.mark.parametrize("name", ["caddy", "traefik", "openresty", "haproxy"])
def test_operator_is_told_the_command_that_is_missing(name: str) -> None:
    """And nothing once the global address is set; nothing is written either way."""
    way = tls_ways.PROXIES[name]
    for email, is_missing in (("", True), ("admin@example.org", False)):
        report: dict[str, Any] = {"global-letsencrypt-email": email}
        dokku = ScriptedDokku({f"{name}:report --global --format json": report})
        said = tls_ways.missing(dokku, way)
        assert bool(said) == is_missing
        assert dokku.writes == []
    assert f"dokku {name}:set --global letsencrypt-email <address>" in tls_ways.missing(
        ScriptedDokku({f"{name}:report --global --format json": {}}), way
    )


def test_other_ways_ask_nothing_of_the_operator() -> None:
    """Not even a look is taken."""
    dokku = ScriptedDokku({})
    for way in (tls_ways.NGINX, tls_ways.SCHEDULERS["k3s"], tls_ways.Way("none", "null")):
        assert tls_ways.missing(dokku, way) == ""
    assert dokku.calls == []


@pytest.mark.parametrize(
    ("email", "server", "values"),
    [
        ("a@b.org", "", {"letsencrypt-server": "prod", "letsencrypt-email-prod": "a@b.org"}),
        ("a@b.org", "default", {"letsencrypt-server": "prod", "letsencrypt-email-prod": "a@b.org"}),
        (
            "a@b.org",
            "https://acme-staging-v02.api.letsencrypt.org/directory",
            {"letsencrypt-server": "staging", "letsencrypt-email-stag": "a@b.org"},
        ),
        ("", "staging", {"letsencrypt-server": "staging"}),
    ],
)
def test_properties_on_k3s(email: str, server: str, values: dict[str, str]) -> None:
    """Without an address the global one holds."""
    assert tls_ways.k3s_properties(email, server) == values


def test_k3s_is_told_to_stop() -> None:
    """By a server of its own."""
    wish = tls_ways.k3s_properties("a@b.org", "", is_wanted=False)
    assert wish == {"letsencrypt-server": "false"}


def test_k3s_knows_no_other_server() -> None:
    """The way out is said."""
    with pytest.raises(InvalidValue, match="cert-issuer-name"):
        tls_ways.k3s_properties("a@b.org", "https://acme.example.org/directory")
