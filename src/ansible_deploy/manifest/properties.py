"""The concern *properties*: Dokku's own settings of the app, ``<plugin>:set`` and their values.

Reads ``dokku``. What is outside the list of what every app may set is noted for the judge, who
knows the operator's grants.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .allow_list import IN_APP_JSON, OTHER_PLACES, SAFE, UNSAFE
from .app import App
from .fragments import Schema, Wrong
from .tree import Node
from .wish import Wish, entries, pairs, text
from .words import closest, invisible, quote

NAME = re.compile(r"[a-z][a-z0-9-]{0,60}")
# nginx has properties of its own that begin like a note: x-forwarded-ssl
NOTE = re.compile("x-(?!forwarded-)")
LONGEST_VALUE = 1024

SCHEMA: Schema = {
    "dokku": {
        "description": "Dokku's own properties of the app, as `<plugin>: {<property>: <value>}` for"
        " `dokku <plugin>:set`. Every app may set: "
        + "; ".join(f"{plugin}: {', '.join(sorted(names))}" for plugin, names in SAFE.items())
        + ". Others need a grant by the operator.",
        "type": "object",
        "patternProperties": {"^x-": True},
        "propertyNames": {"format": "deploy-plugin"},
        "additionalProperties": {
            "type": "object",
            "patternProperties": {f"^{NOTE.pattern}": True},
            "propertyNames": {"format": "deploy-property"},
            "additionalProperties": {
                "type": ["string", "number", "boolean"],
                "format": "deploy-property-value",
            },
        },
        "examples": [{"nginx": {"client-max-body-size": "50m"}, "checks": {"wait-to-retire": 30}}],
    }
}


@dataclass(frozen=True)
class Properties:
    """Values by plugin and property."""

    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def outside_allow_list(self) -> tuple[str, ...]:
        """Return ``plugin.property`` of those that not every app may set; each needs a grant."""
        return tuple(name for name, plugin, key in self._names() if key not in SAFE.get(plugin, {}))

    def items(self, app: App) -> tuple[str, ...]:
        """Return ``plugin.property`` of all."""
        return tuple(name for name, _, _ in self._names())

    def variables(self, app: App) -> dict[str, object]:
        """Return what the role *properties* needs."""
        rows = [
            {"plugin": plugin, "properties": dict(table)} for plugin, table in self.values.items()
        ]
        return {"properties_list": rows}

    def _names(self) -> list[tuple[str, str, str]]:
        return [
            (f"{plugin}.{key}", plugin, key)
            for plugin, table in self.values.items()
            for key in table
        ]


def read(wish: Wish) -> Properties:
    """Read the properties; those that every app may set are checked by their form."""
    values: dict[str, Mapping[str, str]] = {}
    for plugin, node in entries(wish.get("dokku")):
        table = {}
        for key, value in _properties(node):
            _check(wish, plugin, key, value)
            table[key] = text(value)
        values[plugin] = table
    return Properties(values)


def _properties(node: Node) -> list[tuple[str, Node]]:
    return [(key, value) for key, value in pairs(node) if not NOTE.match(key)]


def _check(wish: Wish, plugin: str, key: str, value: Node) -> None:
    place = IN_APP_JSON.get(plugin, {}).get(key)
    form = SAFE.get(plugin, {}).get(key)
    if place:
        wish.problems.at(
            value, "is no property", f"it belongs in the app's own app.json, as {place}"
        )
    elif form and not re.fullmatch(form.pattern, text(value)):
        wish.problems.at(value, f"{quote(text(value))} is not valid here", f"write {form.words}")
    elif not form and plugin in UNSAFE and key not in UNSAFE[plugin]:
        known = (*SAFE.get(plugin, {}), *UNSAFE[plugin])
        near = closest(key, known)
        remedy = f'did you mean "{near}"?' if near else f"dokku {plugin}:help lists its properties"
        wish.problems.at(value, f"{plugin} has no property {quote(key)}", remedy)


def check_plugin(name: str) -> None:
    """Raise Wrong unless the text names a plugin whose properties can be set here."""
    if name in OTHER_PLACES:
        raise Wrong(f"{quote(name)} cannot be set here", OTHER_PLACES[name])
    if not NAME.fullmatch(name):
        near = closest(name, SAFE)
        raise Wrong(
            f"{quote(name)} is not a plugin of Dokku",
            f'did you mean "{near}"?' if near else "write for example nginx",
        )


def check_property(name: str) -> None:
    """Raise Wrong unless the text can name a property."""
    if not NAME.fullmatch(name):
        suggestion = name.lower().replace("_", "-")
        remedy = (
            f"write {quote(suggestion)}" if NAME.fullmatch(suggestion) else "write it as Dokku does"
        )
        raise Wrong(f"{quote(name)} is not a property", remedy)


def check_value(value: str) -> None:
    """Raise Wrong when no property can have this value."""
    if invisible(value):
        raise Wrong(
            f"{quote(value)} has an invisible character ({invisible(value)})",
            "write it on one line, without it",
        )
    if value.startswith("-"):
        raise Wrong(
            f"{quote(value)} begins with -, which Dokku takes for an option", "write another value"
        )
    if not value.strip() or len(value) > LONGEST_VALUE:
        raise Wrong(
            "is empty" if not value.strip() else f"has more than {LONGEST_VALUE} characters",
            "write a value or remove the line",
        )


FORMATS = {
    "deploy-plugin": check_plugin,
    "deploy-property": check_property,
    "deploy-property-value": check_value,
}
