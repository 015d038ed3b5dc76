"""Pieces of JSON Schema that several concerns share, and the words that a format speaks in.

A concern's fragment is both what editors read and what a push is checked against. ``format``
names that begin with ``deploy-`` are functions of the concern (its FORMATS); they raise Wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Schema = dict[str, Any]
Format = Callable[[str], None]
NAME_PATTERN = "^[a-z][a-z0-9-]*$"


class Wrong(ValueError):
    """A text does not have the form that its key wants."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def closed(properties: Schema, **rest: Any) -> Schema:
    """Return the schema of a map that knows these keys, and ``x-`` notes, and nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "patternProperties": {"^x-": True},
        "additionalProperties": False,
        **rest,
    }


def switch(properties: Schema, words: tuple[str, ...] = ("auto", "off"), **rest: Any) -> Schema:
    """Return the schema of a key that is one of a few words or a map."""
    schema = closed(properties, **rest)
    schema["type"] = ["string", "object"]
    schema["pattern"] = f"^({'|'.join(words)})$"
    return schema


def text(description: str, **rest: Any) -> Schema:
    """Return the schema of a text; a number counts as what its author wrote."""
    return {"type": ["string", "number"], "description": description, **rest}
