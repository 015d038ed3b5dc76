"""The tables of the stand-in name what exists."""

from __future__ import annotations

import pytest

from sandbox.dokku import core, core_triggers
from sandbox.dokku.community import PLUGINS


@pytest.mark.parametrize("trigger", core_triggers.TRIGGERS)
def test_every_part_in_a_trigger_is_a_function_of_a_known_plugin(trigger: str) -> None:
    for plugin, path in core_triggers.TRIGGERS[trigger].items():
        assert plugin in [*core.NAMES, *PLUGINS]
        assert callable(core.load(path))


@pytest.mark.parametrize("plugin", sorted({*core.NAMES, *PLUGINS}))
def test_commands_of_a_plugin_are_functions(plugin: str) -> None:
    module = core.module_of(plugin)
    try:
        commands = core.load(f"{module}.COMMANDS")
    except (ModuleNotFoundError, AttributeError):
        assert plugin in WITHOUT_COMMANDS
        return
    assert all(callable(function) for function in commands.values())


# Dokku's own plugins of which the stand-in answers no command.
WITHOUT_COMMANDS = [
    "00_dokku-standard",
    "20_events",
    "builder-null",
    "caddy-vhosts",
    "common",
    "enter",
    "haproxy-vhosts",
    "openresty-vhosts",
    "repo",
    "scheduler-null",
    "shell",
    "trace",
    "traefik-vhosts",
]
