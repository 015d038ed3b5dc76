"""What is written down of an app's processes, and whether it should answer visitors."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from ansible_deploy.context import Context, make_context
from ansible_deploy.layout import Layout
from ansible_deploy.monitoring import state
from tests.unit.library.scripted import ScriptedDokku

WORLD: dict[str, Any] = {
    "ps:report shop --format json": {"deployed": "true", "status-web-1": "running (CID: 1)"},
    "ps:scale shop --format json": [{"process_type": "web", "quantity": 2}],
    "proxy:report shop --format json": {"enabled": "true", "type": "", "computed-type": "nginx"},
    "scheduler:report shop --format json": {"computed-selected": "docker-local"},
}


def looked(layout: Layout, **world: Any) -> tuple[Context, dict[str, int]]:
    """What the metrics say once it was looked at; ``world`` by the first word of the question."""
    table = {line: world.get(line.partition(":")[0], said) for line, said in WORLD.items()}
    if "scale" in world:
        table["ps:scale shop --format json"] = world["scale"]
    context = replace(make_context("shop"), dokku=ScriptedDokku(table))
    context.folder.path.mkdir(parents=True, exist_ok=True)
    state.look(context)
    text = layout.monitoring.metrics("shop", "state").read_text()
    values = re.findall(r'^ansible_deploy_(\w+)\{app="shop",host="[^"]+"\} (\d+)$', text, re.M)
    return context, {name: int(value) for name, value in values}


def test_the_processes_of_an_app(layout: Layout) -> None:
    context, found = looked(layout)
    assert found.pop("processes_timestamp_seconds")
    assert found == {"web_wanted": 1, "processes_wanted": 2, "processes_running": 1}
    assert '"running": 1' in context.folder.processes.read_text()


@pytest.mark.parametrize(
    "world",
    [
        {"scale": [{"process_type": "web", "quantity": 0}]},
        {"scale": [{"process_type": "worker", "quantity": 1}]},
        {"proxy": {"enabled": "false", "type": "", "computed-type": "nginx"}},
    ],
)
def test_an_app_that_is_to_serve_nobody(layout: Layout, world: dict[str, Any]) -> None:
    assert looked(layout, **world)[1]["web_wanted"] == 0


def test_what_dokku_cannot_count_is_no_process_that_is_missing(layout: Layout) -> None:
    """On k3s there are no files of containers, so none would be seen to run."""
    context, _ = looked(layout)
    context, found = looked(layout, scheduler={"computed-selected": "k3s"})
    assert found == {"web_wanted": 1}
    assert not context.folder.processes.exists()
