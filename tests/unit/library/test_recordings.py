"""The readers understand what a real Dokku 0.38.27 answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import (
    app,
    checks,
    config,
    docker_options,
    domains,
    network,
    ports,
    properties,
    proxy,
    resources,
    service_creation,
    service_links,
    storage,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.services import KINDS
from tests.unit.library.scripted import ScriptedDokku

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDINGS = Path(__file__).parents[2] / "recordings"
POSTGRES = KINDS["postgres"]
LINK = service_links.DesiredLink(POSTGRES, "rec-db", "rec-s")


def recorded(file: str, line: str, number: int) -> dict[str, Any]:
    """Returns the answer to the command at its n-th time in a scenario, as a table's entry."""
    rows = [json.loads(row) for row in (RECORDINGS / file).read_text("utf-8").splitlines()]
    found = [row for row in rows if " ".join(row["argv"]) == line]
    return {key: found[number][key] for key in ("exit", "stdout", "stderr")}


READ: list[tuple[str, str, int, Any, object]] = [
    ("apps.jsonl", "apps:exists rec-a", 0, lambda d: app.read(d, "rec-a"), False),
    ("apps.jsonl", "apps:exists rec-a", 1, lambda d: app.read(d, "rec-a"), True),
    (
        "config.jsonl",
        "config:export --format json rec-a",
        2,
        lambda d: config.read(d, "rec-a"),
        {"B": "two words", "C": "3", "D": "multi\nline", "E": 'quo"te $x'},
    ),
    (
        "domains.jsonl",
        "domains:report rec-a --format json",
        1,
        lambda d: domains.read(d, "rec-a"),
        domains.Domains(
            ("rec-a.dk.local", "one.example.com", "two.example.com"), True, ("dk.local",)
        ),
    ),
    (
        "domains.jsonl",
        "domains:report --global --format json",
        0,
        lambda d: domains.read(d, "--global"),
        domains.Domains(("dk.local",)),
    ),
    ("ports.jsonl", "ports:report rec-a --ports-map", 0, lambda d: ports.read(d, "rec-a"), ()),
    (
        "ports.jsonl",
        "ports:report rec-a --ports-map",
        1,
        lambda d: [str(each) for each in ports.read(d, "rec-a")],
        ["http:80:5000", "https:443:5000"],
    ),
    (
        "proxy.jsonl",
        "proxy:report rec-a --format json",
        0,
        lambda d: proxy.read(d, "rec-a"),
        proxy.Proxy(True, "", "nginx"),
    ),
    (
        "proxy.jsonl",
        "proxy:report rec-a --format json",
        1,
        lambda d: proxy.read(d, "rec-a").is_enabled,
        False,
    ),
    (
        "proxy.jsonl",
        "nginx:report rec-a --format json",
        1,
        lambda d: properties.read(d, "rec-a", "nginx")["hsts"],
        "false",
    ),
    (
        "proxy.jsonl",
        "checks:report rec-a --format json",
        0,
        lambda d: checks.read(d, "rec-a"),
        checks.Checks(),
    ),
    (
        "storage.jsonl",
        "storage:list rec-a --format json",
        1,
        lambda d: [str(each) for each in storage.read(d, "rec-a")],
        ["/var/lib/dokku/data/storage/rec-a:/data"],
    ),
    ("storage.jsonl", "network:exists rec-net", 0, lambda d: network.read(d, "rec-net"), False),
    ("storage.jsonl", "network:exists rec-net", 1, lambda d: network.read(d, "rec-net"), True),
    (
        "ps.jsonl",
        "resource:report rec-a --format json",
        0,
        lambda d: resources.read(d, "rec-a"),
        {"web.limit.cpu": "1", "web.limit.memory": "256m", "web.reserve.memory": "128m"},
    ),
    (
        "ps.jsonl",
        "docker-options:report rec-a --format json",
        0,
        lambda d: docker_options.read(d, "rec-a", "run"),
        [("--memory", "64m"), ("--memory", "64m")],
    ),
    (
        "services.jsonl",
        "postgres:exists rec-db",
        0,
        lambda d: service_creation.read(d, POSTGRES, "rec-db"),
        False,
    ),
    (
        "services.jsonl",
        "postgres:exists rec-db",
        1,
        lambda d: service_creation.read(d, POSTGRES, "rec-db"),
        True,
    ),
    (
        "services.jsonl",
        "postgres:info rec-db --version",
        0,
        lambda d: service_creation.read_image(d, POSTGRES, "rec-db"),
        "postgres:18.4",
    ),
    (
        "services.jsonl",
        "postgres:linked rec-db rec-s",
        0,
        lambda d: service_links.read(d, LINK).is_linked,
        False,
    ),
    (
        "services.jsonl",
        "postgres:linked rec-db rec-s",
        1,
        lambda d: service_links.read(d, LINK).is_linked,
        True,
    ),
    (
        "services.jsonl",
        "--quiet postgres:app-links rec-s",
        0,
        lambda d: service_links.read_names(d, POSTGRES, "rec-s"),
        ["rec-db", "rec-db2"],
    ),
]


@pytest.mark.parametrize(
    ("file", "line", "number", "read", "expected"), READ, ids=[f"{r[1]} {r[2]}" for r in READ]
)
def test_reader_understands_a_recorded_answer(
    file: str, line: str, number: int, read: Callable[[ScriptedDokku], object], expected: object
) -> None:
    """Each reader asks for what was recorded and makes of it what is expected."""
    dokku = ScriptedDokku({line: recorded(file, line, number)})
    assert read(dokku) == expected
    assert tuple(line.split()) in dokku.calls
