"""A value that must not be seen: it prints as ``***`` wherever it ends up by mistake.

Only the code that hands it to Dokku or Ansible calls ``reveal``; nothing else may.
"""

from __future__ import annotations

from typing import NoReturn

MASK = "***"


class Secret:
    """One secret text; equal to another one that holds the same text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __str__(self) -> str:
        return MASK

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __format__(self, specification: str) -> str:
        return format(MASK, specification)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not written to disk")
