"""What a concern reads from: the app's settings as a tree, its secrets, a place for problems."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, field

from ..secret import Secret
from .problems import Problems
from .tree import Mapping, Node, Scalar, Sequence


@dataclass(frozen=True)
class Wish:
    """The settings of one app after overlays, with everything that came from encrypted files.

    What is known to be wrong was taken out of ``settings``. ``unsound`` holds the top-level keys to
    which that happened: rules that need all of them are left out, so that no problem makes others.
    """

    settings: Mapping
    problems: Problems
    unsound: frozenset[str] = frozenset()
    vault: Table[str, Secret] = field(default_factory=dict)
    inline: Table[Scalar, Secret] = field(default_factory=dict)
    snippets: Table[str, str] = field(default_factory=dict)

    def get(self, key: str) -> Node | None:
        """Return the setting, or nothing."""
        return self.settings.get(key)

    def is_sound(self, *keys: str) -> bool:
        """Say whether nothing wrong has been found in these keys."""
        return not self.unsound.intersection(keys)

    def secret(self, node: Scalar) -> Secret | None:
        """Return the decrypted text of an inline ``!vault`` value."""
        return self.inline.get(node)


def pairs(node: Node | None) -> Iterator[tuple[str, Node]]:
    """Yield the entries of a map whose keys are names; nothing when it is no map."""
    if isinstance(node, Mapping):
        yield from node.entries.items()


def entries(node: Node | None) -> Iterator[tuple[str, Node]]:
    """Yield the entries of a map without its ``x-`` notes; nothing when it is no map."""
    return ((key, value) for key, value in pairs(node) if not key.startswith("x-"))


def items(node: Node | None) -> tuple[Node, ...]:
    """Return the items of a list; nothing when it is no list."""
    return node.items if isinstance(node, Sequence) else ()


def get(node: Node | None, key: str) -> Node | None:
    """Return the value of a key; nothing when there is no map or no such key."""
    return node.get(key) if isinstance(node, Mapping) else None


def text(node: Node | None, default: str = "") -> str:
    """Return a value as its author wrote it, or the default."""
    return node.text if isinstance(node, Scalar) else default


def number(node: Node | None, default: int) -> int:
    """Return a whole number, or the default."""
    value = node.value if isinstance(node, Scalar) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def flag(node: Node | None, *, default: bool) -> bool:
    """Return true or false, or the default."""
    value = node.value if isinstance(node, Scalar) else None
    return value if isinstance(value, bool) else default
