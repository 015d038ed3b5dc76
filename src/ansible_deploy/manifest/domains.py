"""The concern *domains*: the names that the app answers to, and the names that lead to others.

Reads ``domains`` and ``redirects``. Whether another app has the name already is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from . import hostnames
from .app import App
from .wish import Wish, items, pairs, text
from .words import did_you_mean, quote

SCHEMA = {
    "domains": {
        "description": "The names that the app answers to; the first is its primary one. One"
        " `*.` may stand in"
        " front of a name. Absent: Dokku's default, `<app>.<global domain>`.",
        "type": "array",
        "minItems": 1,
        "maxItems": 100,
        "items": {
            "type": "string",
            "pattern": hostnames.PATTERN,
            "format": "deploy-domain",
            "examples": ["shop.example.org"],
        },
        "examples": [["shop.example.org", "www.shop.example.org"]],
    },
    "redirects": {
        "description": "Names whose visitors are sent on to another name, permanently and with"
        " their path. Both"
        " names must stand in `domains`.",
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"format": "deploy-plain-domain"},
        "additionalProperties": {
            "type": "string",
            "pattern": hostnames.PATTERN,
            "format": "deploy-plain-domain",
            "examples": ["shop.example.org"],
        },
        "examples": [{"www.shop.example.org": "shop.example.org"}],
    },
}
FORMATS = hostnames.FORMATS


@dataclass(frozen=True)
class Domains:
    """The app's names in order, and from which of them visitors are sent to which other."""

    names: tuple[str, ...] = ()
    redirects: Mapping[str, str] = field(default_factory=dict)

    def items(self, app: App) -> tuple[str, ...]:
        """Return the names."""
        return self.names

    def variables(self, app: App) -> dict[str, object]:
        """Return what the role *domains* needs."""
        return {"domains_names": list(self.names)}


def read(wish: Wish) -> Domains:
    """Read the names and check that every redirect leads from one of them to another."""
    nodes = items(wish.get("domains"))
    names: list[str] = []
    for node in nodes:
        name = text(node)
        if name in names:
            wish.problems.at(node, f"{quote(name)} is given twice", "keep one of them")
        else:
            names.append(name)
    redirects = {key: text(node) for key, node in pairs(wish.get("redirects"))}
    if wish.is_sound("domains", "redirects"):
        _check_redirects(wish, names, redirects)
    return Domains(tuple(names), redirects)


def _check_redirects(wish: Wish, names: list[str], redirects: Mapping[str, str]) -> None:
    for source, node in pairs(wish.get("redirects")):
        target = redirects[source]
        if source not in names:
            remedy = did_you_mean(source, names) or f"add {quote(source)} to domains"
            wish.problems.add(
                node.where, f"redirects: {quote(source)} is not one of the domains", remedy
            )
        if source == target:
            wish.problems.at(node, "leads to itself", "remove the line")
        elif target in redirects:
            final = redirects[target]
            remedy = "end the circle" if final == source else f"lead it to {quote(final)} at once"
            wish.problems.at(node, f"leads to {quote(target)}, which is redirected itself", remedy)
        elif target not in names:
            remedy = did_you_mean(target, names) or f"add {quote(target)} to domains"
            wish.problems.at(
                node, f"leads to {quote(target)}, which is not one of the domains", remedy
            )
