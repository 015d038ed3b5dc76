"""Collects what is wrong with a manifest, so that all of it is said at once and each thing once."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errors import Problem
from .tree import Node, Where


@dataclass
class Problems:
    """The problems found so far."""

    found: dict[tuple[Where, str], Problem] = field(default_factory=dict)

    def add(self, where: Where, what: str, remedy: str = "") -> None:
        """Remember a problem of a file or a line."""
        self.found.setdefault((where, what), Problem(str(where), what, remedy))

    def at(self, node: Node, what: str, remedy: str = "") -> None:
        """Remember a problem of a value, which is named by its path."""
        self.add(node.where, f"{node.path}: {what}" if node.path else what, remedy)

    def sorted(self) -> list[Problem]:
        """Return all problems by file and line."""
        return [self.found[key] for key in sorted(self.found, key=lambda key: key[0])]
