"""Builds a tree out of a YAML parser's events, one at a time, and refuses what has no place in it.

Nothing deep, repeated or tagged is ever built; what the keys mean is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .problems import Problems
from .tree import Mapping, Node, Scalar, Sequence, Where
from .words import quote, shown

DEEPEST = 20
LONGEST_NUMBER = 18  # more digits than any setting needs, and few enough to convert at once
CORE_TAGS = tuple(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map")
)
WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")


class Unreadable(Exception):
    """The rest of the file cannot be read; the problem has been added."""


@dataclass
class Level:
    """A map or list that is being read: where it began, its path, and what it holds so far."""

    where: Where
    path: str
    is_map: bool
    entries: dict[str, Node] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    key: tuple[str, Where] | None = None


class Builder:
    """Turns the parser's events into a tree; holds the levels that are still open."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.levels: list[Level] = []
        self.root: Node | None = None
        self.documents = 0

    def build(self, events: Iterable[Any]) -> Node | None:
        """Return the root of the tree; raises Unreadable when the file must not be read further."""
        for event in events:
            step = getattr(self, f"_on_{type(event).__name__}", None)
            if step:
                step(event)
        return self.root

    def _on_DocumentStartEvent(self, event: Any) -> None:  # noqa: N802 (named after PyYAML's events)
        self.documents += 1
        if self.documents > 1:
            what = 'has a second document after "---"'
            self._refuse(event, what, "keep one document in the file")

    def _on_AliasEvent(self, event: Any) -> None:  # noqa: N802
        what = f"uses the YAML alias {quote('*' + event.anchor)}"
        self._refuse(event, what, "write the value out; text that begins with * needs quotes")

    def _on_MappingStartEvent(self, event: Any) -> None:  # noqa: N802
        self._open(event, is_map=True)

    def _on_SequenceStartEvent(self, event: Any) -> None:  # noqa: N802
        self._open(event, is_map=False)

    def _on_MappingEndEvent(self, _event: Any) -> None:  # noqa: N802
        level = self.levels.pop()
        self._add(Mapping(level.where, level.path, level.entries))

    def _on_SequenceEndEvent(self, _event: Any) -> None:  # noqa: N802
        level = self.levels.pop()
        self._add(Sequence(level.where, level.path, tuple(level.items)))

    def _on_ScalarEvent(self, event: Any) -> None:  # noqa: N802
        self._check(event)
        level = self.levels[-1] if self.levels else None
        if level and level.is_map and level.key is None:
            if event.value == "<<":
                self._refuse(event, "uses the YAML merge key <<", "write the values out")
            level.key = (event.value, self._line(event))
            return
        where, path = self._place(event)
        is_vault = event.tag == "!vault"
        is_quoted = bool(event.style)
        value = event.value if is_quoted or is_vault else _meaning(event.value)
        self._add(Scalar(where, path, value, event.value, is_vault, is_quoted))

    def _open(self, event: Any, *, is_map: bool) -> None:
        self._check(event)
        if len(self.levels) >= DEEPEST:
            self._refuse(event, f"is nested more than {DEEPEST} levels deep", "flatten it")
        if self.levels and self.levels[-1].is_map and self.levels[-1].key is None:
            what = "has a list or a map where a key should be"
            self._refuse(
                event, what, 'write "key: value"; text that begins with { or [ needs quotes'
            )
        where, path = self._place(event)
        self.levels.append(Level(where, path, is_map))

    def _check(self, event: Any) -> None:
        if event.anchor:
            what = f"uses the YAML anchor {quote('&' + event.anchor)}"
            self._refuse(event, what, "write the value out; text that begins with & needs quotes")
        is_vault = event.tag == "!vault" and hasattr(event, "value")
        if event.tag not in (None, "!", *CORE_TAGS) and not is_vault:
            what = f"uses the YAML tag {quote(_short_tag(event.tag))}"
            self._refuse(event, what, "remove the tag; only !vault, before a text, is known")

    def _place(self, event: Any) -> tuple[Where, str]:
        level = self.levels[-1] if self.levels else None
        if level is None:
            return self._line(event), ""
        if not level.is_map or level.key is None:
            return self._line(event), level.path
        key, where = level.key
        name = shown(key)
        return where, f"{level.path}.{name}" if level.path else name

    def _add(self, node: Node) -> None:
        level = self.levels[-1] if self.levels else None
        if level is None:
            self.root = node
        elif not level.is_map or level.key is None:
            level.items.append(node)
        elif level.key[0] in level.entries:
            first = level.entries[level.key[0]].where.line
            what = f"the key is given twice, first in line {first}"
            self.problems.at(node, what, "keep one of them")
        else:
            level.entries[level.key[0]] = node
        if level:
            level.key = None

    def _line(self, event: Any) -> Where:
        return Where(self.file, event.start_mark.line + 1)

    def _refuse(self, event: Any, what: str, remedy: str) -> None:
        self.problems.add(self._line(event), what, remedy)
        raise Unreadable


def _meaning(text: str) -> str | int | float | bool | None:
    """Return what an unquoted value means: YAML 1.2 words and decimal numbers, else the text.

    YAML 1.1's other readings (on and off, 0x50, 017, 22:22, 1e3, dates) surprise people, so they
    stay text and the place that wants a number or a boolean explains itself.
    """
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text) and len(text) <= LONGEST_NUMBER:
        return int(text)
    if DECIMAL.fullmatch(text) and len(text) <= LONGEST_NUMBER:
        return float(text)
    return text


def _short_tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")
