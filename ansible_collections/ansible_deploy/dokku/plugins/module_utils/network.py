"""Reads and makes Docker networks; their properties are written by `dokku_property`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .change import Change, Plan, Result, carry_out, command
from .client import DokkuError
from .definition import ModuleDefinition, state
from .words import checked

if TYPE_CHECKING:
    from .client import Dokku


def read(dokku: Dokku, name: str) -> bool:
    """Tells whether the network exists; any other failure is an error and not an absence."""
    words = ("network:exists", name)
    answer = dokku.run(*words, check=False)
    if answer.exit and "does not exist" not in answer.stderr:
        raise DokkuError(words, answer.exit, answer.stderr)
    return answer.exit == 0


def compare(name: str, *, exists: bool, is_wanted: bool) -> Plan:
    """Plans to create or destroy the network."""
    before, after = {"exists": exists}, {"exists": is_wanted}
    if exists == is_wanted:
        return Plan((), (), before, after)
    words = ("network:create", name) if is_wanted else ("--force", "network:destroy", name)
    change = Change("+" if is_wanted else "-", f"network {name}")
    return Plan((change,), (command(*words),), before, after)


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes sure that a network exists, or that it does not."""
    name = checked("network", params["name"])
    is_wanted = params["state"] == "present"
    plan = compare(name, exists=read(dokku, name), is_wanted=is_wanted)
    return carry_out(dokku, plan, check=check)


MODULE = ModuleDefinition(
    {"name": {"type": "str", "required": True}, "state": state("present", "absent")}, converge
)
