"""Certificates by dokku-letsencrypt: sets it up for an app and orders one when one is due.

An order that fails is no failure of the module but *pending*, with the reason: what is served stays
as it was, and a later run tries again. How long to pause between tries is for the caller to say.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from . import domains, letsencrypt_properties
from .change import Change, Plan, Result, carry_out, command, read_or_empty
from .definition import APP, ModuleDefinition, names, state
from .letsencrypt_order import Conditions, place, too_early, unanswered
from .letsencrypt_properties import Properties, library_root
from .letsencrypt_result import Wish, ordered, predicted, removal, removed_facts, unchanged
from .letsencrypt_state import Installed, need_plugin, read, why_due
from .words import InvalidValue, checked, domain_names

if TYPE_CHECKING:
    from .client import Dokku


def observed(dokku: Dokku, app: str) -> Installed:
    """Returns what the app serves and when it is renewed, by two cheap calls."""
    return read(dokku, app, letsencrypt_properties.read(dokku, app))


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes sure that an app has a certificate for exactly these names, or none."""
    app = checked("app", params["app"])
    properties = letsencrypt_properties.read(dokku, app)
    installed = read_or_empty(lambda: read(dokku, app, properties), Installed(), check=check)
    if params["state"] == "absent":
        gone = carry_out(dokku, removal(app, installed), check=check)
        return replace(gone, facts=removed_facts(app))
    need_plugin(installed)
    wish = _wish(dokku, params, properties, check=check)
    _refuse_what_cannot_be(wish)
    settings = letsencrypt_properties.compare(app, properties, wish.properties.own)
    prepared = carry_out(dokku, settings, check=check)
    certified = _certify(dokku, wish, installed, check=check)
    result = _after(prepared, certified)  # and told the other way round: what people wait for first
    return replace(result, changes=(*certified.changes, *prepared.changes))


def _wish(dokku: Dokku, params: dict[str, Any], properties: Properties, *, check: bool) -> Wish:
    app = params["app"]
    folder = library_root(dokku) / "data" / "ansible-deploy"
    own = letsencrypt_properties.wanted(params, properties, str(folder))
    given = domain_names(params["domains"])
    if not given:
        listed = read_or_empty(lambda: domains.read(dokku, app), domains.Domains(), check=check)
        given = tuple(name for name in listed.names if name != "_")
    conditions = Conditions(
        frozenset(params["addresses"] or ()),
        *(params[name] for name in ("resolver", "wait", "not_before", "backoff", "timeout")),
    )
    return Wish(app, given, replace(properties, own=own), conditions)


def _refuse_what_cannot_be(wish: Wish) -> None:
    wildcards = [name for name in wish.names if "*" in name]
    if wildcards and not wish.properties.dns_provider:
        raise InvalidValue(f"{wildcards[0]} can be had by DNS-01 only, which needs dns_provider")
    if not wish.properties.computed("email"):
        raise InvalidValue("an order needs an e-mail address: set the option email")


def _certify(dokku: Dokku, wish: Wish, installed: Installed, *, check: bool) -> Result:
    if not wish.names:
        return replace(unchanged(wish, installed), pending="the app has no domain")
    if not why_due(installed, wish.names, wish.properties, datetime.now(UTC)):
        return _with_renewal(dokku, unchanged(wish, installed, is_good=True), check=check)
    if reason := _why_not_now(wish, check=check):
        return replace(unchanged(wish, installed), pending=reason)
    if check:
        return _with_renewal(dokku, predicted(wish, installed), check=True)
    outcome = place(dokku, wish.app, wish.conditions.timeout)
    now_installed = read(dokku, wish.app, wish.properties)
    due = why_due(now_installed, wish.names, wish.properties, datetime.now(UTC))
    result = ordered(wish, installed, now_installed, outcome, due)
    return result if due else _with_renewal(dokku, result, check=False)


def _why_not_now(wish: Wish, *, check: bool) -> str:
    if early := too_early(wish.conditions, datetime.now(UTC)):
        return early
    if check or wish.properties.dns_provider:
        return ""
    late = unanswered(wish.names, wish.conditions)
    return f"no certificate was ordered, for {late}" if late else ""


def _with_renewal(dokku: Dokku, result: Result, *, check: bool) -> Result:
    # This file says whether the daily job is there (0.25.1, fn-letsencrypt-is-autorenew-enabled).
    if (library_root(dokku) / "data" / "letsencrypt" / "--global" / "autorenew").exists():
        return result
    plan = Plan(
        (Change("+", "daily renewal of certificates"),),
        (command("letsencrypt:cron-job", "--add"),),
        {"daily renewal": False},
        {"daily renewal": True},
    )
    return _after(result, carry_out(dokku, plan, check=check))


def _after(first: Result, second: Result) -> Result:
    return replace(
        second,
        changes=(*first.changes, *second.changes),
        before={**first.before, **second.before},
        after={**first.after, **second.after},
        facts={**first.facts, **second.facts},
    )


MODULE = ModuleDefinition(
    {
        "app": APP,
        "domains": names(),
        "email": {"type": "str"},
        "server": {"type": "str"},
        "dns_provider": {"type": "str"},
        "env_file": {"type": "str"},
        "addresses": names(),
        "resolver": {"type": "str", "default": ""},
        "wait": {"type": "float", "default": 30},
        "not_before": {"type": "str", "default": ""},
        "backoff": {"type": "str", "default": ""},
        "timeout": {"type": "float", "default": 180},
        "state": state("present", "absent"),
    },
    converge,
)
