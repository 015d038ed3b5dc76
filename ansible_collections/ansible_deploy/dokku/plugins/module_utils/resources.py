"""Reads and writes how much an app's processes may use (limit) and get for sure (reserve).

One call of `resource:limit` writes and clears all that differs: the value `clear` clears one.
Dokku's own `resource:limit-clear` without a process type clears limits *and* reservations of every
process type (0.38.27, plugins/resource/functions.go, clearByResourceType), so it is not used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .change import Plan, Result, carry_out, command, differences, read_or_empty
from .definition import APP, ModuleDefinition, state
from .words import InvalidValue, checked, scalar_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .client import Dokku

DEFAULT_PROCESS = "_default_"
NAMES = (
    "cpu",
    "memory",
    "memory-swap",
    "network",
    "network-ingress",
    "network-egress",
    "nvidia-gpu",
)
BYTES = {"b": 1, "k": 2**10, "m": 2**20, "g": 2**30}


@dataclass(frozen=True)
class Scope:
    """Which values are meant: `limit` or `reserve` of one process type."""

    kind: str
    process_type: str = DEFAULT_PROCESS

    @property
    def prefix(self) -> str:
        """Returns what keys of this scope begin with in Dokku's report."""
        return f"{self.process_type}.{self.kind}."


def read(dokku: Dokku, app: str) -> dict[str, str]:
    """Returns all limits and reservations of the app: `web.limit.memory` and its value."""
    report = dokku.report("resource:report", app)
    return {
        key: str(value)
        for key, value in report.items()
        if value and not key.startswith("resource-")
    }


def in_scope(observed: Mapping[str, str], scope: Scope) -> dict[str, str]:
    """Returns the values of one scope by the resource's name."""
    return {
        key.removeprefix(scope.prefix): value
        for key, value in observed.items()
        if key.startswith(scope.prefix)
    }


def amount(name: str, value: str) -> tuple[str, Decimal]:
    """Returns unit and number, so that `1g` and `1024m` and `1024` of memory are the same."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([A-Za-z]*)", value)
    if not match:
        raise InvalidValue(f"{value!r} is not an amount of {name}: a number and perhaps a unit")
    number, unit = Decimal(match[1]), match[2].lower()
    if not name.startswith("memory"):
        return (unit, number)
    # Memory is in megabytes by default: plugins/resource/functions.go, addMemorySuffixForDocker.
    factor = BYTES.get((unit or "m").removesuffix("b") or "b")
    if factor is None:
        raise InvalidValue(f"{value!r} is not an amount of {name}: units are b, k, m and g")
    return ("b", number * factor)


def compare(
    app: str, scope: Scope, observed: Mapping[str, str], desired: Mapping[str, str | None]
) -> Plan:
    """Plans the one call that writes what differs; a desired None clears."""
    old = in_scope(observed, scope)
    written = {
        name: value
        for name, value in desired.items()
        if value is not None and not (name in old and _is_same(name, old[name], value))
    }
    cleared = [name for name, value in desired.items() if value is None and name in old]
    before = _shown(scope, old)
    after = _shown(scope, {k: v for k, v in (old | written).items() if k not in cleared})
    if not written and not cleared:
        return Plan((), (), before, before)
    words = [f"resource:{scope.kind}"]
    for name, value in {**written, **dict.fromkeys(cleared, "clear")}.items():
        words += [f"--{name}", value]
    words += ["--process-type", scope.process_type, app]
    return Plan(differences(before, after), (command(*words),), before, after)


def desired_amounts(params: dict[str, Any], observed: Mapping[str, str]) -> dict[str, str | None]:
    """Returns the wanted value of each resource that the module shall touch."""
    given = params["resources"] or {}
    unknown = sorted(set(map(str, given)) - set(NAMES))
    if unknown:
        raise InvalidValue(f"unknown resource {unknown[0]!r}: {', '.join(NAMES)}")
    if params["state"] == "absent":
        return dict.fromkeys(given or observed, None)
    desired: dict[str, str | None] = dict.fromkeys(observed if params["clear_before"] else ())
    for name, value in given.items():
        desired[name] = None if value is None else scalar_text(f"resource {name}", value)
        amount(name, desired[name] or "0")
    return desired


def _is_same(name: str, observed: str, desired: str) -> bool:
    try:
        return amount(name, observed) == amount(name, desired)
    except InvalidValue:
        return False


def _shown(scope: Scope, amounts: Mapping[str, str]) -> dict[str, str]:
    name = "" if scope.process_type == DEFAULT_PROCESS else f"{scope.process_type} "
    return {f"{name}{key} {scope.kind}": amounts[key] for key in NAMES if key in amounts}


@dataclass(frozen=True)
class ConvergeKind:
    """Makes limits, or reservations, of one process type what the parameters say."""

    kind: str

    def __call__(self, dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
        """Returns what changed."""
        app = checked("app", params["app"])
        process_type = checked("process type", params["process_type"] or DEFAULT_PROCESS)
        scope = Scope(self.kind, process_type)
        observed: dict[str, str] = read_or_empty(lambda: read(dokku, app), {}, check=check)
        desired = desired_amounts(params, in_scope(observed, scope))
        return carry_out(dokku, compare(app, scope, observed, desired), check=check)


ARGUMENTS: dict[str, dict[str, Any]] = {
    "app": APP,
    "process_type": {"type": "str"},
    "resources": {"type": "dict"},
    "clear_before": {"type": "bool", "default": False},
    "state": state("present", "absent"),
}
RULES = {"required_if": [("state", "present", ("resources",))]}

LIMIT_MODULE = ModuleDefinition(ARGUMENTS, ConvergeKind("limit"), RULES)
RESERVE_MODULE = ModuleDefinition(ARGUMENTS, ConvergeKind("reserve"), RULES)
