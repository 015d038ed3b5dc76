"""Reads and writes config variables; values travel by standard input and are shown nowhere."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .app import is_deployed
from .change import Change, Plan, Result, carry_out, command, read_or_empty
from .client import DokkuError
from .definition import APP, ModuleDefinition, names
from .words import InvalidValue, checked, checked_all, scalar_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .client import Dokku

SET, UNSET, NEW_VALUE = "(set)", "(not set)", "(set to another value)"

# --quiet, for it prints every value otherwise (plugins/config/functions.go, SubImport).
IMPORT = ("--quiet", "config:import", "--no-restart", "--format", "json")


@dataclass(frozen=True)
class DesiredConfig:
    """The variables that are wished for, and the names of those that must not be set."""

    values: Mapping[str, str] = field(repr=False)
    unset: tuple[str, ...] = ()


def read(dokku: Dokku, app: str) -> dict[str, str]:
    """Returns the variables of the app with their values."""
    content = dokku.json("config:export", "--format", "json", app)
    return {str(name): str(value) for name, value in content.items()}


def write(dokku: Dokku, app: str, values: Mapping[str, str]) -> None:
    """Sets these variables; raises DokkuError without any value. The app is not restarted."""
    try:
        dokku.run(*IMPORT, app, "-", stdin=json.dumps(dict(values)))
    except DokkuError as error:
        raise without_values(error, values.values()) from None


def digests(values: Mapping[str, str], wanted: Iterable[str]) -> dict[str, str | None]:
    """Returns a digest for each wanted variable, None for one that is not set."""
    return {
        name: hashlib.sha256(f"{name}={values[name]}".encode()).hexdigest()
        if name in values
        else None
        for name in sorted(wanted)
    }


def desired_config(params: dict[str, Any]) -> DesiredConfig:
    """Checks names and values of a module's parameters; raises InvalidValue without any value."""
    values = {
        checked("variable", str(name)): scalar_text(f"config variable {name}", value)
        for name, value in (params["config"] or {}).items()
    }
    unset = checked_all("variable", params["unset"])
    both = sorted(set(values) & set(unset))
    if both:
        raise InvalidValue(f"to be set and unset at the same time: {', '.join(both)}")
    return DesiredConfig(values, unset)


def compare(app: str, observed: Mapping[str, str], desired: DesiredConfig) -> Plan:
    """Plans one import for all values that differ and one removal for what must not be set."""
    written = {name: value for name, value in desired.values.items() if observed.get(name) != value}
    removed = tuple(name for name in desired.unset if name in observed)
    changes = [Change("~" if name in observed else "+", name) for name in written]
    changes += [Change("-", name) for name in removed]
    commands = []
    if written:
        commands.append(command(*IMPORT, app, "-", stdin=json.dumps(written)))
    if removed:
        commands.append(command("--quiet", "config:unset", "--no-restart", app, *removed))
    return Plan(
        tuple(changes),
        tuple(commands),
        {name: SET if name in observed else UNSET for name in (*written, *removed)},
        {name: NEW_VALUE if name in observed else SET for name in written}
        | dict.fromkeys(removed, UNSET),
    )


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Sets and unsets variables, then restarts a deployed app once if asked to."""
    app = checked("app", params["app"])
    desired = desired_config(params)
    observed: dict[str, str] = read_or_empty(lambda: read(dokku, app), {}, check=check)
    plan = compare(app, observed, desired)
    try:
        result = carry_out(dokku, plan, check=check)
    except DokkuError as error:
        raise without_values(error, desired.values.values()) from None
    if result.changed and params["restart"] and not check and is_deployed(dokku, app):
        dokku.run("ps:restart", app)
    return result


def without_values(error: DokkuError, values: Iterable[str]) -> DokkuError:
    """Returns the same error with every one of these values blotted out of Dokku's words."""
    text = error.stderr
    for value in sorted(filter(None, values), key=len, reverse=True):
        text = text.replace(value, "***")
    return type(error)(error.words, error.exit, text)


MODULE = ModuleDefinition(
    {
        "app": APP,
        "config": {"type": "dict", "no_log": True},
        "unset": names(),
        "restart": {"type": "bool", "default": True},
    },
    converge,
    {"required_one_of": [("config", "unset")]},
)
