"""What an app looks like from several sides at once."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Answer, AppMissing
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.snapshot import (
    READERS,
    Wanted,
    observe,
)
from tests.unit.library.scripted import ScriptedDokku

WORLD: dict[str, Any] = {
    "config:export --format json shop": {"A": "secret-one", "B": "2"},
    "domains:report shop --format json": {
        "app-enabled": "true",
        "app-vhosts": "b.example.org a.example.org",
        "global-vhosts": "",
    },
    "ports:report shop --ports-map": "http:80:5000\n",
    "proxy:report shop --format json": {"enabled": "true", "type": "", "computed-type": "nginx"},
    "storage:list shop --format json": [{"host_path": "/data", "container_path": "/data"}],
    "resource:report shop --format json": {"web.limit.cpu": "1", "resource-web.limit.cpu": "1"},
    "nginx:report shop --format json": {"hsts": "", "client-max-body-size": "50m", "x": "y"},
    "--quiet postgres:app-links shop": "shop-db\n",
}
EVERYTHING = Wanted(
    concerns=frozenset(READERS),
    config=frozenset({"A", "MISSING"}),
    properties={"nginx": frozenset({"client-max-body-size", "hsts"})},
    services=frozenset({"postgres"}),
)


def test_an_ordinary_app_takes_eight_calls_and_is_plain_data() -> None:
    """Each side is one call, and no value of a variable is in the answer."""
    dokku = ScriptedDokku(WORLD)
    observed = observe(dokku, "shop", EVERYTHING)
    assert len(dokku.calls) == 8
    text = json.dumps(observed)
    assert "secret-one" not in text
    assert observed["domains"] == {"names": ["b.example.org", "a.example.org"], "enabled": True}
    assert observed["ports"] == ["http:80:5000"]
    assert observed["storage"] == ["/data:/data"]
    assert observed["resources"] == {"web.limit.cpu": "1"}
    assert observed["properties nginx"] == {"client-max-body-size": "50m", "hsts": ""}
    assert observed["services postgres"] == ["shop-db"]


def test_a_variable_that_changes_or_goes_is_seen() -> None:
    """Digests differ, and an unset variable has none."""
    seen = [
        observe(ScriptedDokku({**WORLD, "config:export --format json shop": values}), "shop", only)
        for only in [Wanted(config=frozenset({"A"}))]
        for values in ({"A": "1"}, {"A": "2"}, {"B": "1"}, {"A": "1", "B": "3"})
    ]
    assert seen[0] == seen[3]
    assert seen[0] != seen[1]
    assert seen[2] == {"config": {"A": None}}


def test_what_cannot_be_read_is_an_error() -> None:
    """A missing app is not an app without anything."""
    missing = {"exit": 20, "stderr": " !     App shop does not exist\n"}
    dokku = ScriptedDokku({**WORLD, "ports:report shop --ports-map": missing})
    with pytest.raises(AppMissing):
        observe(dokku, "shop", EVERYTHING)


def test_two_calls_run_at_the_same_time() -> None:
    """Each of two readers waits for the other one to have begun."""
    together = threading.Barrier(2, timeout=10)

    class Meeting(ScriptedDokku):
        def _call(self, words: tuple[str, ...], stdin: str | None) -> Answer:
            together.wait()
            return super()._call(words, stdin)

    observe(Meeting(WORLD), "shop", Wanted(concerns=frozenset({"ports", "proxy"})))
