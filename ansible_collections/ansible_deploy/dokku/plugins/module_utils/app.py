"""Reads and makes apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .change import Change, Plan, Result, carry_out, command
from .client import APP_MISSING_EXIT, DokkuError
from .definition import APP, ModuleDefinition, state
from .words import checked

if TYPE_CHECKING:
    from .client import Dokku


def read(dokku: Dokku, app: str) -> bool:
    """Tells whether the app exists."""
    words = ("apps:exists", app)
    answer = dokku.run(*words, check=False)
    if answer.exit not in (0, APP_MISSING_EXIT):
        raise DokkuError(words, answer.exit, answer.stderr)
    return answer.exit == 0


def read_all(dokku: Dokku) -> list[str]:
    """Returns the names of all apps."""
    content = dokku.json("apps:list", "--format", "json")
    return [str(name) for name in content]


def is_deployed(dokku: Dokku, app: str) -> bool:
    """Tells whether the app has a release; one flag is read, for the whole report costs 0.6 s."""
    return dokku.run("ps:report", app, "--deployed").stdout.strip() == "true"


def compare(app: str, *, exists: bool, is_wanted: bool) -> Plan:
    """Plans to create or destroy the app; destroying takes its state along, not its services."""
    if exists == is_wanted:
        return Plan(before={"exists": exists}, after={"exists": exists})
    change = Change("+" if is_wanted else "-", app)
    words = ("apps:create", app) if is_wanted else ("--force", "apps:destroy", app)
    return Plan((change,), (command(*words),), {"exists": exists}, {"exists": is_wanted})


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes sure that the app exists, or that it does not."""
    is_wanted = params["state"] == "present"
    app = checked("app", params["app"])
    exists = read(dokku, app)
    if is_wanted and not exists:
        checked("new app", app)
    return carry_out(dokku, compare(app, exists=exists, is_wanted=is_wanted), check=check)


MODULE = ModuleDefinition({"app": APP, "state": state("present", "absent")}, converge)
