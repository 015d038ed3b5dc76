"""Reads restic's messages: what it says in JSON is said as lines of text, as elsewhere."""

from __future__ import annotations

import json
import os
from typing import Any


def plain_words(words: str) -> str:
    """Returns all lines as text; of those in JSON only what is about errors."""
    return "\n".join(filter(None, map(_plain_line, words.splitlines())))


def last_message(said: str, kind: str) -> dict[str, Any] | None:
    """Returns the last message of a kind, None when there is none."""
    found = (_message(line) for line in reversed(said.splitlines()))
    return next((message for message in found if message.get("message_type") == kind), None)


def _plain_line(line: str) -> str:
    message = _message(line)
    if not message:
        return line
    if message.get("message_type") == "exit_error":
        return str(message.get("message", ""))
    return _of_a_file(message) if message.get("message_type") == "error" else ""


def _of_a_file(message: dict[str, Any]) -> str:
    """Tells what is wrong with a file, as far as 0.14 does: in the fields of Go's PathError."""
    error, item = message.get("error"), str(message.get("item", ""))
    error = error if isinstance(error, dict) else {}
    number = error.get("Err")
    reason = os.strerror(number) if isinstance(number, int) else error.get("message", "")
    return reason if reason.startswith(item) else f"{item}: {reason or 'cannot be read'}"


def _message(line: str) -> dict[str, Any]:
    """Reads a line as a message; what is none has nothing in it."""
    try:
        found = json.loads(line) if line.startswith("{") else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
