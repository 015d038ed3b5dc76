"""A YAML file as a tree in which every value knows where it stands and what it is called.

The tree is what the rest of the manifest reads; it never holds a YAML object, a Python object
made by a tag, or a decrypted secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, order=True)
class Where:
    """A line of a file of ``deploy.d``; line 0 means the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Scalar:
    """One value: what it means (``value``) and how its author wrote it (``text``)."""

    where: Where
    path: str
    value: str | int | float | bool | None
    text: str
    is_vault: bool = False
    is_quoted: bool = False


@dataclass(frozen=True)
class Sequence:
    """A list; its items share its path."""

    where: Where
    path: str
    items: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Mapping:
    """A map from words to values; the position of an entry is that of its key."""

    where: Where
    path: str
    entries: dict[str, Node] = field(default_factory=dict)

    def get(self, key: str) -> Node | None:
        """Return the value of the key, or nothing."""
        return self.entries.get(key)


Node = Scalar | Sequence | Mapping


def plain(node: Node) -> Any:
    """Return the tree as ordinary Python data."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value


def scalars(node: Node) -> Iterator[Scalar]:
    """Yield every single value of the tree, in the order of the file."""
    if isinstance(node, Scalar):
        yield node
    for child in children(node):
        yield from scalars(child)


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below this one."""
    if isinstance(node, Mapping):
        return tuple(node.entries.values())
    return node.items if isinstance(node, Sequence) else ()


def merge(lower: Mapping, upper: Mapping) -> Mapping:
    """Return ``lower`` with ``upper`` laid over it.

    Maps merge deeply, everything else replaces, and an empty value removes the key.
    """
    entries = dict(lower.entries)
    for key, value in upper.entries.items():
        below = entries.get(key)
        if isinstance(value, Scalar) and value.value is None and not value.is_vault:
            entries.pop(key, None)
        elif isinstance(value, Mapping):
            blank = Mapping(value.where, value.path)
            entries[key] = merge(below if isinstance(below, Mapping) else blank, value)
        else:
            entries[key] = value
    return Mapping(lower.where, lower.path, entries)


def without(node: Node, path: tuple[str | int, ...]) -> Node:
    """Return the tree without the value at the path."""
    if not path:
        return node
    step, rest = path[0], path[1:]
    if isinstance(node, Mapping) and isinstance(step, str) and step in node.entries:
        entries = {key: value for key, value in node.entries.items() if key != step or rest}
        if rest:
            entries[step] = without(entries[step], rest)
        return Mapping(node.where, node.path, entries)
    if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
        kept = without(node.items[step], rest)
        items = (*node.items[:step], *((kept,) if rest else ()), *node.items[step + 1 :])
        return Sequence(node.where, node.path, items)
    return node
