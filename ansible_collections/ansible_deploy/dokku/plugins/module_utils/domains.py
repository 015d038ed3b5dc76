"""Reads and writes the domains of an app, or the global ones that defaults are made of.

One read and one `domains:set` at most, for Dokku rebuilds nginx on each write.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .change import Change, Command, Plan, Result, carry_out, command, membership
from .client import AppMissing
from .definition import ModuleDefinition, names, state
from .words import InvalidValue, checked, domain_names

if TYPE_CHECKING:
    from .client import Dokku

GLOBAL = "--global"


@dataclass(frozen=True)
class Domains:
    """The domains of an app in their order, the first being its primary one."""

    names: tuple[str, ...] = ()
    is_enabled: bool = True
    global_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class DesiredDomains:
    """What the module was asked for; `absent` is None when the option was not given."""

    state: str
    names: tuple[str, ...] = ()
    absent: tuple[str, ...] | None = None


def read(dokku: Dokku, app: str) -> Domains:
    """Returns the domains of the app, of `--global` the global ones."""
    report = dokku.report("domains:report", app)
    global_names = tuple(report["global-vhosts"].split())
    if app == GLOBAL:
        return Domains(global_names)
    is_enabled = report["app-enabled"] == "true"
    return Domains(tuple(report["app-vhosts"].split()), is_enabled, global_names)


def default_domains(app: str, global_names: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the domains that Dokku gives an app by itself.

    Dokku 0.38.27, plugins/domains/functions, get_default_vhosts: addresses count for nothing, and
    an app whose name holds a dot is its own domain.
    """
    hosts = [name for name in global_names if not _is_address(name)]
    return tuple(dict.fromkeys(app if "." in app else f"{app}.{host}" for host in hosts))


def wanted_names(app: str, observed: Domains, desired: DesiredDomains) -> tuple[str, ...]:
    """Returns the exact list that the app should have; empty means no domain of its own."""
    if desired.state == "set":
        return desired.names
    if desired.state == "clear":
        return ()
    if desired.state == "absent":
        return tuple(name for name in observed.names if name not in desired.names)
    if desired.absent is None:
        return tuple(dict.fromkeys((*observed.names, *desired.names)))
    dropped = {*desired.absent, *default_domains(app, observed.global_names)}
    foreign = [name for name in observed.names if name not in dropped]
    return tuple(dict.fromkeys((*desired.names, *foreign)))


def compare(app: str, observed: Domains, desired: DesiredDomains) -> Plan:
    """Plans the one write that gives the app exactly its wanted domains."""
    if desired.state in SWITCHES:
        return _compare_switch(app, observed, is_wanted=SWITCHES[desired.state])
    wanted = wanted_names(app, observed, desired)
    is_reset = not wanted and desired.absent is not None
    after = default_domains(app, observed.global_names) if is_reset else wanted
    before_and_after = ({"domains": list(observed.names)}, {"domains": list(after)})
    if observed.names == after:
        return Plan((), (), *before_and_after)
    changes = membership(observed.names, after) or (Change("~", after[0], "is first now"),)
    commands = _reset(app) if is_reset else _commands(app, observed, wanted)
    return Plan(changes, commands, *before_and_after)


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes the domains of an app, or the global ones, what the parameters say."""
    app = GLOBAL if params["global"] else checked("app", params["app"])
    absent = None if params["absent"] is None else domain_names(params["absent"])
    desired = DesiredDomains(params["state"], domain_names(params["domains"]), absent)
    if desired.state == "set" and not desired.names:
        raise InvalidValue("state set needs at least one domain; state clear removes all")
    observed = _read_or_default(dokku, app, check=check)
    return carry_out(dokku, compare(app, observed, desired), check=check)


def _read_or_default(dokku: Dokku, app: str, *, check: bool) -> Domains:
    """In check mode an app that does not exist yet has what Dokku will give it."""
    try:
        return read(dokku, app)
    except AppMissing:
        if not check:
            raise
    global_names = read(dokku, GLOBAL).names
    return Domains(default_domains(app, global_names), global_names=global_names)


def _commands(app: str, observed: Domains, wanted: tuple[str, ...]) -> tuple[Command, ...]:
    if app == GLOBAL:
        words = ("domains:set-global", *wanted) if wanted else ("domains:clear-global",)
        return (command(*words),)
    if not wanted:
        return (command("domains:clear", app),)
    write = command("domains:set", app, *wanted)
    # Where virtual hosts are off, the first write turns them on and is then overwritten by the
    # app's default domains (plugins/domains/functions, domains_set and domains_enable).
    is_lost = not observed.is_enabled and default_domains(app, observed.global_names)
    return (write, write) if is_lost else (write,)


def _reset(app: str) -> tuple[Command, ...]:
    return (command("domains:reset", app),)


def _compare_switch(app: str, observed: Domains, *, is_wanted: bool) -> Plan:
    before, after = {"enabled": observed.is_enabled}, {"enabled": is_wanted}
    if observed.is_enabled == is_wanted:
        return Plan((), (), before, after)
    word = "enable" if is_wanted else "disable"
    change = Change("~", f"domains of {app}", f"{word}d")
    return Plan((change,), (command(f"domains:{word}", app),), before, after)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


SWITCHES = {"enable": True, "disable": False}

MODULE = ModuleDefinition(
    {
        "app": {"type": "str"},
        "global": {"type": "bool", "default": False},
        "domains": names(),
        "absent": names(),
        "state": state("present", "absent", "set", "clear", "enable", "disable"),
    },
    converge,
    {
        "required_if": [
            ("global", False, ("app",)),
            ("state", "absent", ("domains",)),
            ("state", "set", ("domains",)),
            ("state", "present", ("domains", "absent"), True),
        ],
    },
)
