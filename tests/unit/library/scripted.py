"""A `dokku` that answers from a table and remembers its questions; only the process is faked."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Answer, Dokku

if TYPE_CHECKING:
    from collections.abc import Mapping

Call = tuple[str, ...]


class ScriptedDokku(Dokku):
    """Answers known commands from a table, all others with success and silence.

    A table maps a command line to what `dokku` prints: text, or data that is printed as JSON, or
    `{exit, stdout, stderr}`.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Takes the table."""
        super().__init__()
        self._answers = {tuple(shlex.split(line)): as_answer(said) for line, said in table.items()}
        self.calls: list[Call] = []
        self.stdin: dict[Call, str] = {}

    @property
    def writes(self) -> list[str]:
        """Returns the calls that are not in the table, which are those that write."""
        return [shlex.join(call) for call in self.calls if call not in self._answers]

    def _call(self, words: Call, stdin: str | None) -> Answer:
        self.calls.append(words)
        if stdin is not None:
            self.stdin[words] = stdin
        return self._answers.get(words, Answer(0, "", ""))


def as_answer(said: Any) -> Answer:
    """Reads one entry of a table."""
    if isinstance(said, str):
        return Answer(0, said, "")
    if isinstance(said, dict) and "exit" in said:
        return Answer(said["exit"], said.get("stdout", ""), said.get("stderr", ""))
    return Answer(0, json.dumps(said), "")
