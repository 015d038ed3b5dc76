"""Reads and makes links between apps and services; the address itself is never shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .change import Change, Command, Plan, Result, carry_out, command
from .client import APP_MISSING_EXIT, AppMissing, DokkuError
from .definition import APP, ModuleDefinition, state
from .service_creation import is_missing_service, kind_named, service_error
from .services import ServiceKind, variable_of_alias
from .words import checked

if TYPE_CHECKING:
    from .client import Dokku


COLOURS = (
    *("AQUA", "BLACK", "BLUE", "FUCHSIA", "GRAY", "GREEN", "LIME", "MAROON"),
    *("NAVY", "OLIVE", "PURPLE", "RED", "SILVER", "TEAL", "WHITE", "YELLOW"),
)


@dataclass(frozen=True)
class Link:
    """How a link stands: whole, half made (an interrupted `link`), or not at all.

    `variables` are the names of the app's variables, None when they were not read.
    """

    is_linked: bool = False
    is_half_made: bool = False
    variables: tuple[str, ...] | None = None


@dataclass(frozen=True)
class DesiredLink:
    """A link that is wished for, or that must not be."""

    kind: ServiceKind
    name: str
    app: str
    alias: str | None = None
    is_wanted: bool = True
    restart: bool = False

    def variable(self, taken: tuple[str, ...] = ()) -> str:
        """Names the variable that the link sets while these variables are taken.

        The plugins choose so: the alias, or the default one, or a generated one with a colour
        (dokku-postgres 1.48.0, common-functions, service_link and service_alternative_alias).
        """
        if self.alias:
            return variable_of_alias(self.alias)
        generated = (f"DOKKU_{self.kind.name.upper()}_{colour}_URL" for colour in COLOURS)
        candidates = (self.kind.default_variable, *generated)
        free = (each for each in candidates if not any(each in name for name in taken))
        return next(free, self.kind.default_variable)


def read_names(dokku: Dokku, kind: ServiceKind, app: str) -> list[str]:
    """Returns the names of the services of this kind that are linked to the app."""
    return dokku.lines("--quiet", f"{kind.name}:app-links", app)


def read_apps(dokku: Dokku, kind: ServiceKind, name: str) -> list[str]:
    """Returns the apps that are linked to a service; none where it does not exist."""
    words = (f"{kind.name}:links", name)
    answer = dokku.run(*words, check=False)
    if answer.exit and not is_missing_service(answer.stderr):
        raise DokkuError(words, answer.exit, answer.stderr)
    return answer.stdout.split() if not answer.exit else []


def read(dokku: Dokku, desired: DesiredLink) -> Link:
    """Returns how the link stands; one call when it is whole and no alias is wished for.

    Raises AppMissing, and DokkuError also when the service does not exist.
    """
    words = (f"{desired.kind.name}:linked", desired.name, desired.app)
    answer = dokku.run(*words, check=False)
    if answer.exit == APP_MISSING_EXIT:
        raise AppMissing(words, answer.exit, answer.stderr)
    if answer.exit and "is not linked to" not in answer.stderr:
        error = DokkuError(words, answer.exit, answer.stderr)
        raise service_error(desired.kind, error)
    if answer.exit:
        # `linked` looks for the address among the variables, `app-links` into the service's list
        # of apps: a link that was killed half way stands in the second only.
        is_half_made = desired.name in read_names(dokku, desired.kind, desired.app)
        variables = _read_variables(dokku, desired.app) if desired.is_wanted else None
        return Link(is_half_made=is_half_made, variables=variables)
    if desired.alias is None or not desired.is_wanted:
        return Link(is_linked=True)
    return Link(is_linked=True, variables=_read_variables(dokku, desired.app))


def compare(observed: Link, desired: DesiredLink) -> Plan:
    """Plans to link, to link anew under another alias, or to unlink."""
    key = f"{desired.kind.name} {desired.name}"
    before = {key: "linked" if observed.is_linked else "not linked"}
    after = {key: "linked" if desired.is_wanted else "not linked"}
    if not desired.is_wanted:
        if not observed.is_linked and not observed.is_half_made:
            return Plan((), (), before, after)
        needed = (unlink(desired),) if observed.is_linked else ()
        return Plan((Change("-", key, "unlinked"),), needed, before, after)
    if not observed.is_linked:
        detail = f"linked as {desired.variable(observed.variables or ())}"
        return Plan((Change("+", key, detail),), (link(desired),), before, after)
    if observed.variables is None or desired.variable() in observed.variables:
        return Plan((), (), before, after)
    detail = after[key] = f"linked as {desired.variable()}"
    commands = (unlink(desired, restart=False), link(desired))
    return Plan((Change("~", key, detail),), commands, before, after)


def link(desired: DesiredLink) -> Command:
    """Returns the command that links; with a restart only on demand, for that is a deploy."""
    alias = ["--alias", desired.alias] if desired.alias else []
    restart = [] if desired.restart else ["--no-restart"]
    return command(f"{desired.kind.name}:link", desired.name, desired.app, *alias, *restart)


def unlink(desired: DesiredLink, *, restart: bool | None = None) -> Command:
    """Returns the command that unlinks."""
    is_restart = desired.restart if restart is None else restart
    words = [] if is_restart else ["--no-restart"]
    return command(f"{desired.kind.name}:unlink", desired.name, desired.app, *words)


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Links a service to an app, or unlinks it."""
    desired = DesiredLink(
        kind_named(params["service"]),
        checked("service", params["name"]),
        checked("app", params["app"]),
        _alias(params["alias"]),
        params["state"] == "present",
        params["restart"],
    )
    observed = _read_or_empty(dokku, desired, check=check)
    if observed.is_half_made and not check:
        clear(dokku, desired)
    return carry_out(dokku, compare(observed, desired), check=check)


def _read_variables(dokku: Dokku, app: str) -> tuple[str, ...]:
    return tuple(dokku.lines("config:keys", app))


def _read_or_empty(dokku: Dokku, desired: DesiredLink, *, check: bool) -> Link:
    try:
        return read(dokku, desired)
    except DokkuError as error:
        # A service that does not exist is linked to nothing, which is all that `absent` asks for.
        is_absent = is_missing_service(error.stderr) and not desired.is_wanted
        is_greenfield = isinstance(error, AppMissing) or is_missing_service(error.stderr)
        if is_absent or (check and is_greenfield):
            return Link()
        raise


def clear(dokku: Dokku, desired: DesiredLink) -> None:
    """Takes a link away, also a half made one: `unlink` does so and then says there is none."""
    step = unlink(desired, restart=False)
    answer = dokku.run(*step.words, check=False)
    if answer.exit and "Not linked to app" not in answer.stderr:
        raise DokkuError(step.words, answer.exit, answer.stderr)


def _alias(text: str | None) -> str | None:
    return re.sub(r"_URL$", "", checked("alias", text).upper()) if text else None


MODULE = ModuleDefinition(
    {
        "app": APP,
        "name": {"type": "str", "required": True},
        "service": {"type": "str", "required": True},
        "alias": {"type": "str"},
        "restart": {"type": "bool", "default": False},
        "state": state("present", "absent"),
    },
    converge,
)
