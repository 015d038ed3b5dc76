"""What is started at either end of a pipe, and how its bad end is told. Starts nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .client import plain

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Mapping

Side = Literal["source", "sink", "form", "time"]

LONGEST_REASON = 500
LAST_LINES = 3
ADDRESS_USER = re.compile(r"(?<=://)[^/@\s]+(?=@)")
# Lines in which database clients show data.
SHOWS_DATA = re.compile(r"(CONTEXT|DETAIL|STATEMENT|QUERY|LINE \d+|Command was):")


class Broken(Exception):
    """Says which side of a pipe ended badly, and what it said at last."""

    def __init__(self, side: Side, message: str, *, status: int = 0, words: str = "") -> None:
        """Keeps a sentence for people, the exit status, and all that is known of its words."""
        super().__init__(side, message)
        self.side: Side = side
        self.message = message
        self.status = status
        self.words = words

    def __str__(self) -> str:
        """Returns the sentence for people."""
        return self.message


def never(words: str) -> bool:
    """Sees hope in everything."""
    return False


@dataclass(frozen=True)
class Program:
    """A program to start: its words, its whole environment (ours when None), its folder.

    `hopeless` looks at what it wrote to standard error and tells when waiting on is of no use;
    `farewell` is the signal on which it tidies up behind itself before it ends.
    """

    words: tuple[str, ...]
    environment: Mapping[str, str] | None = None
    folder: str | None = None
    hopeless: Callable[[str], bool] = never
    farewell: signal.Signals | None = None


def last_words(text: str) -> str:
    """Returns what a program said at last, for people: no data, no user of an address."""
    lines = [line for line in text.splitlines() if not SHOWS_DATA.match(line.strip())]
    said = plain("\n".join(line for line in lines if line.strip()))
    last = "; ".join(said.split("; ")[-LAST_LINES:])
    return ADDRESS_USER.sub("***", last)[-LONGEST_REASON:]
