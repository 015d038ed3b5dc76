"""Tells which DNS records people have to make themselves, and whether they lead here already.

For hosts without access to the zones, and for names in zones of somebody else. It writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .change import Result
from .definition import ModuleDefinition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .client import Dokku
    from .dns_answers import Answer

ADDRESSES = ("A", "AAAA")


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Looks the names up and tells what is missing, one note for each record."""
    from . import dns_answers

    records = params["records"]
    wanted = [record["name"] for record in records if record["type"] in ADDRESSES]
    names = list(dict.fromkeys(wanted))
    answers = dns_answers.look_up(names, params["resolver"], params["timeout"]) if names else []
    return Result(notes=tuple(_notes(records, {answer.name: answer for answer in answers})))


def _notes(records: Sequence[Mapping[str, Any]], answers: Mapping[str, Answer]) -> list[str]:
    return [
        f"create {record['type']} {record['name']} {value} ({said})"
        for record in records
        for value in record["values"]
        if (said := _said(record, value, answers))
    ]


def _said(record: Mapping[str, Any], value: str, answers: Mapping[str, Answer]) -> str:
    """What is known about a record; nothing where it is as it should be."""
    if record["type"] not in ADDRESSES:
        return "not looked up"
    answer = answers[record["name"]]
    if value in answer.addresses:
        return ""
    found = ", ".join(sorted(answer.addresses))
    return f"it leads to {found} now" if found else answer.problem or "it does not answer yet"


MODULE = ModuleDefinition(
    {
        "records": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": {
                "name": {"type": "str", "required": True},
                "type": {"type": "str", "required": True},
                "ttl": {"type": "int", "default": 300},
                "values": {"type": "list", "elements": "str", "required": True},
            },
        },
        "resolver": {"type": "str", "default": ""},
        "timeout": {"type": "float", "default": 3.0},
    },
    converge,
)
