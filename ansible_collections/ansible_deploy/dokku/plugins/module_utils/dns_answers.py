"""Asks name servers for addresses, to know whether a name already leads here.

The question goes to the servers that are authoritative for the name, for others may remember an
older answer. It writes nothing and needs no key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Answer:
    """What a name leads to: addresses that all of its servers give, and what went wrong."""

    name: str
    addresses: frozenset[str] = frozenset()
    problem: str = ""


def look_up(names: Sequence[str], resolver: str = "", timeout: float = 5) -> list[Answer]:
    """Returns the addresses of each name, as its own servers or the given one say."""
    raise NotImplementedError


def wait_until(
    names: Sequence[str], addresses: frozenset[str], resolver: str = "", seconds: float = 30
) -> list[Answer]:
    """Asks until all names lead to one of these addresses, and returns those that do not in time.

    Without addresses any address will do.
    """
    raise NotImplementedError
