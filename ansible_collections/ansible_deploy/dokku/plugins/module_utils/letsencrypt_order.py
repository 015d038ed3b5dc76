"""Places an order by `letsencrypt:enable`, unless it is too early for it or bound to fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .acme_reason import Reason, find_reason
from .client import APP_MISSING_EXIT, TIMEOUT_EXIT, AppMissing, DokkuError
from .words import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .client import Dokku
    from .dns_answers import Answer

# dokku-letsencrypt 0.25.1, fn-letsencrypt-acme-execute-challenge: said right before lego starts.
PLACED = "Getting letsencrypt certificate for"


@dataclass(frozen=True)
class Conditions:
    """Under which conditions an order is placed; no `addresses` means that any will do."""

    addresses: frozenset[str] = frozenset()
    resolver: str = ""
    wait: float = 30
    not_before: str = ""
    backoff: str = ""
    timeout: float = 180


@dataclass(frozen=True)
class Outcome:
    """What came of an order: whether the server was asked at all, and why there was nothing."""

    is_placed: bool = False
    reason: Reason = field(default_factory=Reason)


def too_early(conditions: Conditions, now: datetime) -> str:
    """Returns why the server is not asked yet, "" when it may be."""
    if not conditions.not_before:
        return ""
    moment = _moment(conditions.not_before)
    if now >= moment:
        return ""
    when = f"{moment:%Y-%m-%d %H:%M} UTC"
    return f"the next order is placed after {when}: {conditions.backoff}".rstrip(": ")


def unanswered(names: Sequence[str], conditions: Conditions) -> str:
    """Waits until the names lead here; returns which do not, "" when all do.

    The server would look them up, fail, and count that: Let's Encrypt allows five failures an hour.
    """
    from .dns_answers import wait_until

    late = wait_until(names, conditions.addresses, conditions.resolver, conditions.wait)
    return "; ".join(_state_of(each, conditions.addresses) for each in late)


def place(dokku: Dokku, app: str, timeout: float) -> Outcome:
    """Has dokku-letsencrypt order a certificate for all domains of the app."""
    words = ("letsencrypt:enable", app)
    try:
        answer = dokku.within(timeout).run(*words, check=False)
    except DokkuError as error:
        if error.exit != TIMEOUT_EXIT:
            raise
        return Outcome(True, Reason(f"no answer within {timeout:g} seconds"))
    if answer.exit == APP_MISSING_EXIT:
        raise AppMissing(words, answer.exit, answer.stderr)
    is_placed = PLACED in answer.stdout
    if answer.exit == 0:
        return Outcome(is_placed)
    return Outcome(is_placed, find_reason(f"{answer.stdout}\n{answer.stderr}"))


def _state_of(answer: Answer, addresses: frozenset[str]) -> str:
    if answer.problem:
        return f"{answer.name}: {answer.problem}"
    if not answer.addresses:
        return f"{answer.name} has no address yet"
    found, ours = (", ".join(sorted(each)) for each in (answer.addresses, addresses))
    return f"{answer.name} leads to {found}, not to {ours}"


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidValue(f"{text!r} is not a time such as 2026-11-22T10:00:00Z") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
