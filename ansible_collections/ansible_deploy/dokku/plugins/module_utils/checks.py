"""Reads and writes whether a new release is checked before the old one is retired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .change import Change, Plan, Result, carry_out, command, read_or_empty
from .definition import APP, ModuleDefinition, state
from .words import checked

if TYPE_CHECKING:
    from .client import Dokku

NONE, ALL = "none", "_all_"


@dataclass(frozen=True)
class Checks:
    """Process types whose checks are disabled, and those whose checks are skipped."""

    disabled: str = NONE
    skipped: str = NONE


def read(dokku: Dokku, app: str) -> Checks:
    """Returns what is disabled and skipped."""
    report = dokku.report("checks:report", app)
    return Checks(report["disabled-list"], report["skipped-list"])


def compare(app: str, observed: Checks, *, is_wanted: bool) -> Plan:
    """Plans to enable the checks of all process types, or to disable them."""
    desired = Checks() if is_wanted else Checks(disabled=ALL)
    before, after = _shown(observed), _shown(desired)
    if observed == desired:
        return Plan((), (), before, after)
    word = "enable" if is_wanted else "disable"
    change = Change("~", "checks", f"{word}d")
    return Plan((change,), (command(f"checks:{word}", app),), before, after)


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Enables or disables the checks of an app."""
    app = checked("app", params["app"])
    observed = read_or_empty(lambda: read(dokku, app), Checks(), check=check)
    plan = compare(app, observed, is_wanted=params["state"] == "present")
    return carry_out(dokku, plan, check=check)


def _shown(checks: Checks) -> dict[str, str]:
    return {"disabled": checks.disabled, "skipped": checks.skipped}


MODULE = ModuleDefinition({"app": APP, "state": state("present", "absent")}, converge)
