"""The concern *config*: the variables that the app runs with.

Reads ``env`` and ``secrets``, and takes over what vault.yml holds. Values are kept as written
and are never templates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..secret import Secret
from .app import App
from .fragments import Wrong
from .services import Services
from .tree import Node, Scalar
from .wish import Wish, items, pairs, text
from .words import quote

NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,255}")
DOKKUS_OWN = {
    "PORT": 'set it with "port"',
    "GIT_REV": "Dokku sets it on every push",
    "NO_VHOST": 'set names with "domains"',
}

SCHEMA = {
    "env": {
        "description": "Variables that the app runs with, set on every push. Numbers and words"
        " such as `true` reach"
        " the app as they are written. A value may be encrypted in place: `!vault |` and the"
        " output of"
        " `ansible-vault encrypt_string`.",
        "type": "object",
        "maxProperties": 500,
        "propertyNames": {"format": "deploy-variable"},
        "additionalProperties": {
            "type": ["string", "number", "boolean"],
            "format": "deploy-value",
            "examples": ["production"],
        },
        "examples": [{"RAILS_ENV": "production", "WORKERS": 2}],
    },
    "secrets": {
        "description": "Variables that the app cannot run without and that do not stand here:"
        " each must come from"
        " vault.yml or be set on the server already, else the push is refused before the build.",
        "type": "array",
        "maxItems": 500,
        "items": {"type": "string", "format": "deploy-variable", "examples": ["SMTP_PASSWORD"]},
        "examples": [["SMTP_PASSWORD"]],
    },
}


@dataclass(frozen=True)
class Config:
    """The variables by name, and the names that must be set on the server already."""

    values: Mapping[str, str | Secret] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def items(self, app: App) -> tuple[str, ...]:
        """Return the names of the variables that are set from here."""
        return tuple(self.values)

    def variables(self, app: App) -> dict[str, object]:
        """Return what the role *config* needs."""
        return {"config_variables": dict(self.values)}

    def secrets(self) -> tuple[Secret, ...]:
        """Return the values that must never be shown."""
        return tuple(value for value in self.values.values() if isinstance(value, Secret))


def read(wish: Wish, services: Services, withheld: frozenset[str]) -> Config:
    """Read the variables; ``withheld`` are the names in vault.yml that are no variables."""
    values: dict[str, str | Secret] = {}
    for name, node in pairs(wish.get("env")):
        if isinstance(node, Scalar):
            secret = wish.secret(node) if node.is_vault else None
            values[name] = secret or node.text
        _check_name(wish, name, node, services)
        if name in wish.vault:
            wish.problems.at(node, "is set in vault.yml too", "keep one of them")
    from_vault = {name: secret for name, secret in wish.vault.items() if name not in withheld}
    return Config(values | from_vault, _required(wish, values, services))


def _required(
    wish: Wish, values: Mapping[str, str | Secret], services: Services
) -> tuple[str, ...]:
    names: list[str] = []
    for node in items(wish.get("secrets")):
        name = text(node)
        if name in names:
            wish.problems.at(node, f"{quote(name)} is given twice", "keep one of them")
        elif name in values and not isinstance(values[name], Secret):
            what = f"{quote(name)} stands in env, where everybody can read it"
            wish.problems.at(node, what, "keep it in one of the two")
        elif name in {service.variable for service in services.services}:
            wish.problems.at(node, f"{quote(name)} is set by a service", "remove it here")
        names.append(name)
    present = set(values) | set(wish.vault)
    return tuple(name for name in names if name not in present)


def _check_name(wish: Wish, name: str, node: Node, services: Services) -> None:
    for service in services.services:
        if service.variable == name:
            what = f"is set by the service {quote(service.key)} already"
            wish.problems.at(
                node, what, "remove it here, or give the service another name with as:"
            )


def check_variable(name: str) -> None:
    """Raise Wrong unless an app may call a variable of its own so."""
    if not NAME.fullmatch(name):
        is_near = re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_. =-]{0,40}", name)
        near = re.sub(r"[^a-zA-Z0-9_]", "_", name)
        remedy = (
            f"write {quote(near)}" if is_near else "use letters, digits and _, not a digit first"
        )
        raise Wrong(f"{quote(name)} is not a name for a variable", remedy)
    if name.startswith("DOKKU_"):
        raise Wrong(f"{quote(name)} belongs to Dokku", "choose another name")
    if name in DOKKUS_OWN:
        raise Wrong(f"{quote(name)} belongs to Dokku", DOKKUS_OWN[name])


def check_value(value: str) -> None:
    """Raise Wrong when the text cannot be the value of a variable."""
    if "\0" in value:
        raise Wrong(
            "has the character NUL, which no variable can hold", "remove it, or encode the value"
        )


FORMATS = {"deploy-variable": check_variable, "deploy-value": check_value}
