"""Asks name servers for addresses, to know whether a name already leads here.

The question goes to the servers that are authoritative for the name, for others may remember an
older answer. It writes nothing and needs no key.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .dns_deadline import Deadline
from .dns_model import DnsError, plain_name

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 3.0
"""Seconds between two rounds of questions; they grow from the first to the longest."""

AT_ONCE = 8
ROUND = 5.0
"""Seconds that one round of questions may take."""


@dataclass(frozen=True)
class Answer:
    """What a name leads to: addresses that all of its servers give, and what went wrong."""

    name: str
    addresses: frozenset[str] = frozenset()
    problem: str = ""


def look_up(names: Sequence[str], resolver: str = "", timeout: float = ROUND) -> list[Answer]:
    """Returns the addresses of each name, as its own servers or the given one say.

    A wildcard is looked up by a name below it that nobody knows.
    """
    from concurrent.futures import ThreadPoolExecutor

    if not names:
        return []
    deadline = Deadline(timeout)
    with ThreadPoolExecutor(min(AT_ONCE, len(names))) as pool:
        return list(pool.map(lambda name: _look_up(name, resolver, deadline), names))


def wait_until(
    names: Sequence[str], addresses: frozenset[str], resolver: str = "", seconds: float = 30
) -> list[Answer]:
    """Asks until all names lead to one of these addresses, and returns those that do not in time.

    Without addresses any address will do. Each name is asked for once at least.
    """
    end = time.monotonic() + seconds
    pause = FIRST_PAUSE
    late: list[Answer] = [Answer(name) for name in names]
    while True:
        left = end - time.monotonic()
        limit = min(ROUND, max(left, 1.0))
        found = look_up([answer.name for answer in late], resolver, limit)
        late = [answer for answer in found if not _leads_here(answer, addresses)]
        left = end - time.monotonic()
        if not late or left <= 0:
            return late
        time.sleep(min(pause, left))
        pause = min(pause * 2, LONGEST_PAUSE)


def _leads_here(answer: Answer, addresses: frozenset[str]) -> bool:
    return bool(answer.addresses & addresses if addresses else answer.addresses)


def _look_up(name: str, resolver: str, deadline: Deadline) -> Answer:
    from .dns_questions import find_addresses

    asked = plain_name(name)
    if asked.startswith("*."):
        asked = f"{secrets.token_hex(8)}{asked[1:]}"
    try:
        addresses, problem = find_addresses(asked, resolver, deadline)
    except DnsError as error:
        return Answer(name, problem=str(error))
    return Answer(name, addresses, problem)
