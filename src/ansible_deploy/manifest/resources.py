"""The concern *resources*: how much memory and processor time each kind of process may use.

Reads ``resources``. How many processes run is said in the app's own app.json, not here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .app import App
from .fragments import Schema, Wrong, closed
from .tree import Node
from .wish import Wish, entries, get, text
from .words import quote

MEMORY = re.compile(r"([1-9][0-9]{0,11})([bkmgBKMG]?)[bB]?")
UNITS = {"b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
LEAST_MEMORY = 6 * UNITS["m"]  # Docker refuses to start a container with less
PROCESS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,62}")

MEMORY_SCHEMA = {
    "description": "Memory, such as `512m` or `2g`; a bare number means megabytes.",
    "type": ["string", "integer"],
    "format": "deploy-memory",
    "examples": ["512m"],
}
CPU_SCHEMA = {
    "description": "Processors, such as `1` or `0.5`.",
    "type": ["number", "string"],
    "format": "deploy-cpu",
    "examples": [1],
}
SCHEMA: Schema = {
    "resources": {
        "description": "Limits by process type of the Procfile (`_default_` for those that are"
        " not named).",
        "type": "object",
        "maxProperties": 50,
        "patternProperties": {"^x-": True},
        "propertyNames": {"format": "deploy-process"},
        "additionalProperties": closed(
            {
                "memory": MEMORY_SCHEMA,
                "memory-swap": MEMORY_SCHEMA
                | {"description": "Memory and swap together, in the same form."},
                "cpu": CPU_SCHEMA,
                "reserve": closed(
                    {"memory": MEMORY_SCHEMA, "cpu": CPU_SCHEMA},
                    description="What is kept free for each process.",
                    minProperties=1,
                    examples=[{"memory": "256m"}],
                ),
            },
            minProperties=1,
            examples=[{"memory": "512m", "cpu": 1}],
        ),
        "examples": [{"web": {"memory": "512m", "cpu": 1, "reserve": {"memory": "256m"}}}],
    }
}


@dataclass(frozen=True)
class Resources:
    """Limits and reservations: process type, then resource, then amount in Dokku's form."""

    limits: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reservations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def items(self, app: App) -> tuple[str, ...]:
        """Return ``process.limit.resource`` and ``process.reserve.resource`` of every amount."""
        kinds = (("limit", self.limits), ("reserve", self.reservations))
        return tuple(
            f"{process}.{kind}.{resource}"
            for kind, table in kinds
            for process, amounts in table.items()
            for resource in amounts
        )

    def variables(self, app: App) -> dict[str, object]:
        """Return what the role *resources* needs."""
        return {
            "resources_limits": _rows(self.limits),
            "resources_reservations": _rows(self.reservations),
        }


def _rows(table: Mapping[str, Mapping[str, str]]) -> list[dict[str, object]]:
    return [{"process": process, "resources": dict(amounts)} for process, amounts in table.items()]


def read(wish: Wish) -> Resources:
    """Read the amounts and check that no reservation is larger than its limit."""
    limits: dict[str, dict[str, str]] = {}
    reservations: dict[str, dict[str, str]] = {}
    for process, node in entries(wish.get("resources")):
        reserve = get(node, "reserve")
        amounts = _amounts(node)
        if amounts:
            limits[process] = amounts
        if reserve:
            reservations[process] = _amounts(reserve)
            _check_reserve(wish, node, reserve)
    return Resources(limits, reservations)


def _amounts(node: Node) -> dict[str, str]:
    return {key: AMOUNTS[key](text(value)) for key, value in entries(node) if key in AMOUNTS}


def _check_reserve(wish: Wish, node: Node, reserve: Node) -> None:
    for key, size in SIZES.items():
        limit, kept = get(node, key), get(reserve, key)
        if limit and kept and size(text(kept)) > size(text(limit)):
            what = f"{quote(text(kept))} is more than the limit {quote(text(limit))}"
            wish.problems.at(kept, what, "raise the limit or reserve less")


def memory(words: str) -> str:
    """Return an amount of memory in the one form that Dokku and Docker agree on."""
    found = MEMORY.fullmatch(words)
    return f"{found[1]}{found[2].lower() or 'm'}" if found else words


def cpu(words: str) -> str:
    """Return a number of processors without needless zeros."""
    return f"{float(words):g}"


def memory_size(words: str) -> float:
    """Return an amount of memory in bytes."""
    amount = memory(words)
    return int(amount[:-1]) * UNITS[amount[-1]]


def check_memory(words: str) -> None:
    """Raise Wrong unless the text is an amount of memory with which a container starts."""
    found = re.fullmatch(r"([0-9.]+) ?([kmgKMG])i[bB]?", words)
    if found:
        raise Wrong(
            f"{quote(words)} is not an amount of memory",
            f"write {quote(found[1] + found[2].lower())}",
        )
    if not MEMORY.fullmatch(words):
        raise Wrong(
            f"{quote(words)} is not an amount of memory",
            'write a whole number with k, m or g, such as "512m"',
        )
    if memory_size(words) < LEAST_MEMORY:
        raise Wrong(
            f"{quote(words)} is too little to start a container",
            'write at least "6m"; usual is "256m" or more',
        )


def check_cpu(words: str) -> None:
    """Raise Wrong unless the text is a number of processors."""
    found = re.fullmatch(r"([0-9]{1,6})m", words)
    if found:
        raise Wrong(
            f"{quote(words)} is not a number of processors", f"write {int(found[1]) / 1000:g}"
        )
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", words) or not 0.01 <= float(words) <= 1024:
        raise Wrong(f"{quote(words)} is not a number of processors", "write for example 1 or 0.5")


def check_process(name: str) -> None:
    """Raise Wrong unless the text can name a process type of a Procfile."""
    if not PROCESS.fullmatch(name):
        raise Wrong(
            f"{quote(name)} is not a process type", 'use a name from the Procfile, such as "web"'
        )


AMOUNTS = {"memory": memory, "memory-swap": memory, "cpu": cpu}
SIZES: dict[str, Callable[[str], float]] = {"memory": memory_size, "cpu": float}
FORMATS = {"deploy-memory": check_memory, "deploy-cpu": check_cpu, "deploy-process": check_process}
