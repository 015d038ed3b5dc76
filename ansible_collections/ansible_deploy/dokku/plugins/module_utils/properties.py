"""Reads and writes properties: what `<plugin>:set` sets and `<plugin>:report` shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .change import Change, Plan, Result, carry_out, command, differences, read_or_empty
from .client import DokkuError
from .definition import ModuleDefinition
from .words import checked, scalar_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .client import Dokku

GLOBAL = "--global"
HIDDEN = "(hidden)"


@dataclass(frozen=True)
class DesiredProperties:
    """Properties of one plugin for an app or `--global`; an empty value unsets."""

    app: str
    plugin: str
    values: Mapping[str, str] = field(repr=False)
    is_secret: bool = False


def read(dokku: Dokku, app: str, plugin: str) -> dict[str, str]:
    """Returns the properties that are set for the app, for `--global` the global ones."""
    report = dokku.report(f"{plugin}:report", app)
    if app != GLOBAL:
        return {name: str(value) for name, value in report.items()}
    return {
        name.removeprefix("global-"): str(value)
        for name, value in report.items()
        if name.startswith("global-")
    }


def compare(observed: Mapping[str, str], desired: DesiredProperties) -> Plan:
    """Plans one write for each property that differs."""
    old = {name: observed.get(name, "") for name in desired.values}
    written = {name: value for name, value in desired.values.items() if old[name] != value}
    commands = [
        command(f"{desired.plugin}:set", desired.app, name, *([value] if value else []))
        for name, value in written.items()
    ]
    before, after = _shown(desired, old), _shown(desired, desired.values)
    changes = differences(before, after)
    if desired.is_secret:
        changes = tuple(
            Change(_sign(old[name], value), f"{desired.plugin} {name}")
            for name, value in written.items()
        )
    return Plan(changes, tuple(commands), before, after)


def desired_properties(params: dict[str, Any]) -> DesiredProperties:
    """Checks names and values of a module's parameters."""
    given = dict(params["properties"] or {})
    if params["property"] is not None:
        given[params["property"]] = params["value"]
    values = {checked("property", str(name)): _text(str(name), given[name]) for name in given}
    app = GLOBAL if params["global"] else checked("app", params["app"])
    return DesiredProperties(app, checked("plugin", params["plugin"]), values, params["secret"])


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes properties what the parameters say.

    The read comes first for another reason as well: `nginx:set` says nothing about a missing app.
    """
    desired = desired_properties(params)
    observed: dict[str, str] = read_or_empty(
        lambda: read(dokku, desired.app, desired.plugin), {}, check=check
    )
    try:
        return carry_out(dokku, compare(observed, desired), check=check)
    except DokkuError as error:
        if not desired.is_secret:
            raise
        raise DokkuError((f"{desired.plugin}:set", desired.app), error.exit, HIDDEN) from None


def _text(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    return checked("value", scalar_text(f"property {name}", value))


def _sign(old: str, new: str) -> Any:
    return "~" if old and new else "+" if new else "-"


def _shown(desired: DesiredProperties, values: Mapping[str, str]) -> dict[str, str]:
    return {
        f"{desired.plugin} {name}": HIDDEN if desired.is_secret else value
        for name, value in values.items()
        if value
    }


MODULE = ModuleDefinition(
    {
        "app": {"type": "str"},
        "global": {"type": "bool", "default": False},
        "plugin": {"type": "str", "required": True},
        "property": {"type": "str"},
        "value": {"type": "raw"},
        "properties": {"type": "dict"},
        "secret": {"type": "bool", "default": False},
    },
    converge,
    {
        "required_if": [("global", False, ("app",))],
        "required_one_of": [("property", "properties")],
        "mutually_exclusive": [("property", "properties")],
        "required_by": {"value": "property"},
    },
)
