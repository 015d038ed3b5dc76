"""Turns what users wrote into words that are safe on dokku's command line.

Dokku reads flags anywhere in its arguments, so that a name or value with a leading `-` could become
an option. Every name is checked by Dokku's own rule and none may begin with a dash.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any


class InvalidValue(ValueError):
    """Says which value cannot be used, and why."""


@dataclass(frozen=True)
class Rule:
    """What a kind of name may look like."""

    pattern: str
    meaning: str


# Dokku 0.38.27: plugins/common/common.go (IsValidAppNameOld, which existing apps may still follow),
# plugins/config/config.go (validateKey), plugins/domains/functions (is_valid_hostname), and
# is_valid_service_name of the service plugins; each without a leading dash.
RULES: dict[str, Rule] = {
    "app": Rule(
        r"[a-z0-9][a-z0-9._-]*",
        "lowercase letters, digits, dots, hyphens and underscores, first a letter or digit",
    ),
    "new app": Rule(
        r"[a-z0-9][a-z0-9.-]*",
        "lowercase letters, digits, dots and hyphens, first a letter or digit",
    ),
    "variable": Rule(
        r"[A-Za-z_][A-Za-z0-9_]*", "letters, digits and underscores, first not a digit"
    ),
    "alias": Rule(r"[A-Za-z_][A-Za-z0-9_]*", "letters, digits and underscores, first not a digit"),
    "domain": Rule(
        r"_|(?!-)[a-z0-9.*-]*[a-z0-9*-]", "lowercase letters, digits, dots, hyphens and `*`"
    ),
    "service": Rule(
        r"[A-Za-z0-9_][A-Za-z0-9_-]*", "letters, digits, underscores and hyphens, first no hyphen"
    ),
    "network": Rule(
        r"[A-Za-z0-9][A-Za-z0-9_.-]*",
        "letters, digits, dots, underscores and hyphens, first a letter or digit",
    ),
    "process type": Rule(
        r"[A-Za-z0-9_][A-Za-z0-9_-]*", "letters, digits, underscores and hyphens, first no hyphen"
    ),
    "plugin": Rule(r"[a-z0-9][a-z0-9-]*", "lowercase letters, digits and hyphens"),
    "property": Rule(
        r"[A-Za-z0-9][A-Za-z0-9._-]*", "letters, digits, dots, underscores and hyphens"
    ),
    "image": Rule(
        r"[a-z0-9][A-Za-z0-9._/:-]*", "an image name such as postgis/postgis, without its version"
    ),
    "version": Rule(r"[A-Za-z0-9_][A-Za-z0-9._-]*", "letters, digits, dots, underscores, hyphens"),
    "value": Rule(r"(?!-)[^\x00-\x1f\x7f]+", "one line of text that does not begin with a dash"),
}


def checked(kind: str, value: str) -> str:
    """Returns the value when it is a usable name of this kind, else raises InvalidValue."""
    rule = RULES[kind]
    if not re.fullmatch(rule.pattern, value):
        raise InvalidValue(f"{value!r} is not a usable {kind}: {rule.meaning}")
    return value


def checked_all(kind: str, values: Any) -> tuple[str, ...]:
    """Returns these names in their order, each once, all of them checked."""
    return tuple(dict.fromkeys(checked(kind, str(value)) for value in values or ()))


def domain_names(values: Any) -> tuple[str, ...]:
    """Returns domain names in lower case, for Dokku and nginx compare them letter by letter."""
    return checked_all("domain", [str(value).lower() for value in values or ()])


def scalar_text(subject: str, value: Any) -> str:
    """Returns a scalar as the text that Dokku stores: `true` for true, `1` for 1.

    Raises InvalidValue, which names the subject and never the value, for anything else.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, (dict, list, tuple, set)):
        raise InvalidValue(f"{subject} must be text, a number or true or false")
    text = str(value)
    if "\0" in text:
        raise InvalidValue(f"{subject} holds a NUL character, which no environment can")
    return text
