"""Reads and writes whether an app is proxied, and by what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .change import Change, Plan, Result, carry_out, command, read_or_empty
from .definition import APP, ModuleDefinition
from .words import checked

if TYPE_CHECKING:
    from .client import Dokku


@dataclass(frozen=True)
class Proxy:
    """Whether the proxy is enabled, the type set for the app ("" if none), and what holds."""

    is_enabled: bool = True
    type: str = ""
    computed_type: str = "nginx"


@dataclass(frozen=True)
class DesiredProxy:
    """What the module was asked for; None leaves a thing as it is."""

    is_enabled: bool | None = None
    type: str | None = None


def read(dokku: Dokku, app: str) -> Proxy:
    """Returns how the app is proxied."""
    report = dokku.report("proxy:report", app)
    return Proxy(report["enabled"] == "true", report["type"], report["computed-type"])


def set_type(dokku: Dokku, app: str, proxy_type: str) -> None:
    """Writes the proxy type of the app, an empty one unsets it; rebuilds nothing."""
    words = ("proxy:set", app, "type", proxy_type) if proxy_type else ("proxy:set", app, "type")
    dokku.run(*words)


def compare(app: str, observed: Proxy, desired: DesiredProxy) -> Plan:
    """Plans to set the type, then to enable or disable."""
    changes, commands = [], []
    before: dict[str, Any] = {"enabled": observed.is_enabled, "type": observed.type}
    after = dict(before)
    if desired.type is not None and desired.type != observed.type:
        words = ("proxy:set", app, "type", *([desired.type] if desired.type else []))
        changes.append(Change("~", f"proxy type {desired.type or '(default)'}"))
        commands.append(command(*words))
        after["type"] = desired.type
    if desired.is_enabled is not None and desired.is_enabled != observed.is_enabled:
        word = "enable" if desired.is_enabled else "disable"
        changes.append(Change("~", "proxy", f"{word}d"))
        commands.append(command(f"proxy:{word}", app))
        after["enabled"] = desired.is_enabled
    return Plan(tuple(changes), tuple(commands), before, after)


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes the proxy of an app what the parameters say."""
    app = checked("app", params["app"])
    proxy_type = params["type"]
    if proxy_type:
        checked("plugin", proxy_type)
    wish = params["state"] or (None if proxy_type is not None else "present")
    desired = DesiredProxy(None if wish is None else wish == "present", proxy_type)
    observed = read_or_empty(lambda: read(dokku, app), Proxy(), check=check)
    return carry_out(dokku, compare(app, observed, desired), check=check)


MODULE = ModuleDefinition(
    {
        "app": APP,
        "type": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"]},
    },
    converge,
)
