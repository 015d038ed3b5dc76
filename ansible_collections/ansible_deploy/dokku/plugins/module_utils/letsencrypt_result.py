"""Says what a certificate by dokku-letsencrypt changed, or what is still missing. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .certificates import Certificate, subject, validity
from .change import Change, Plan, Result, Sign, command
from .letsencrypt_order import Conditions, Outcome
from .letsencrypt_properties import Properties
from .letsencrypt_state import Installed
from .times import timestamp


@dataclass(frozen=True)
class Wish:
    """For which names an app wants a certificate, and how it is to be had."""

    app: str
    names: tuple[str, ...] = ()
    properties: Properties = field(default_factory=Properties)
    conditions: Conditions = field(default_factory=Conditions)


def removal(app: str, installed: Installed) -> Plan:
    """Plans to remove a certificate of dokku-letsencrypt's, no other; `disable` takes seconds."""
    before = _shown(installed.certificate)
    if not installed.is_own:
        return Plan((), (), before, before)
    served = installed.certificate.names if installed.certificate else ("unknown names",)
    change = Change("-", subject(served))
    return Plan((change,), (command("letsencrypt:disable", app),), before, _shown(None))


def removed_facts(app: str) -> dict[str, Any]:
    """Returns the facts where no certificate is wanted."""
    return _facts(Wish(app), Installed())


def unchanged(wish: Wish, installed: Installed, *, is_good: bool = False) -> Result:
    """Returns that nothing was done, because nothing is due or because it is not the time."""
    shown = _shown(installed.certificate)
    return Result((), shown, shown, _facts(wish, installed, is_good=is_good))


def predicted(wish: Wish, installed: Installed) -> Result:
    """Returns what an order would change."""
    after = {"certificate": list(wish.names)}
    facts = _facts(wish, installed)
    return Result((_change(wish, installed),), _shown(installed.certificate), after, facts)


def ordered(wish: Wish, before: Installed, after: Installed, outcome: Outcome, due: str) -> Result:
    """Returns what came of an order: a change, or what is `due` as before and why."""
    shown, now_shown = _shown(before.certificate), _shown(after.certificate)
    facts = _facts(wish, after, outcome, is_good=not due)
    if due:
        reason = outcome.reason.text or f"dokku-letsencrypt ordered nothing although {due}"
        return Result((), shown, now_shown, facts, pending=f"no new certificate: {reason}")
    return Result((_change(wish, before, after.certificate),), shown, now_shown, facts)


def _change(wish: Wish, before: Installed, issued: Certificate | None = None) -> Change:
    sign: Sign = "~" if before.certificate else "+"
    return Change(sign, subject(wish.names), validity(issued) if issued else "")


def _shown(certificate: Certificate | None) -> dict[str, Any]:
    if certificate is None:
        return {"certificate": None}
    names, until = list(certificate.names), timestamp(certificate.not_after)
    return {"certificate": names, "issuer": certificate.issuer, "not_after": until}


def _facts(
    wish: Wish, installed: Installed, outcome: Outcome | None = None, *, is_good: bool = False
) -> dict[str, Any]:
    done, certificate = outcome or Outcome(), installed.certificate
    renewal = installed.renew_after
    facts = {
        "ordered": done.is_placed,
        "succeeded": is_good,
        "names": list(wish.names),
        "issuer": certificate.issuer if certificate else "",
        "not_after": timestamp(certificate.not_after) if certificate else "",
        "renew_after": timestamp(renewal) if renewal else "",
        "is_limit": done.reason.is_limit,
        "retry_after": done.reason.retry_after,
    }
    return {"letsencrypt": facts}
