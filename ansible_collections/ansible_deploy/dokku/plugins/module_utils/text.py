"""Writes plain data as YAML text for people to read in a diff, with the standard library only."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PLAIN = re.compile(r"[A-Za-z/(](?:[A-Za-z0-9/()._ -]*[A-Za-z0-9/()._-])?")
NOT_TEXT = {"true", "false", "yes", "no", "on", "off", "null", "none", "y", "n"}


def yaml_text(data: Mapping[str, Any]) -> str:
    """Returns the data as YAML: one key or element a line, in the given order."""
    return "".join(f"{line}\n" for line in _lines(data))


def _lines(data: Mapping[str, Any]) -> Iterator[str]:
    for key, value in data.items():
        if isinstance(value, (list, tuple)) and value:
            yield f"{_scalar(key)}:"
            yield from (f"- {_scalar(element)}" for element in value)
        else:
            yield f"{_scalar(key)}: {_scalar(value)}"


def _scalar(value: Any) -> str:
    if isinstance(value, str) and PLAIN.fullmatch(value) and value.lower() not in NOT_TEXT:
        return value
    return json.dumps(value, ensure_ascii=False)
