"""Finds out under which names and ports an app is to be had, or why nobody can ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import domains, ports, proxy
from .change import read_or_empty
from .words import domain_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .client import Dokku


@dataclass(frozen=True)
class Site:
    """The domains and port mappings of an app, or what stands in the way."""

    names: Sequence[str] = ()
    ports: Sequence[str] = ()
    obstacle: str = ""


def find_site(dokku: Dokku, app: str, params: Mapping[str, Any], *, check: bool) -> Site:
    """Returns what the app declares, and of what it does not what Dokku gives it."""
    names = domain_names(params["domains"])
    mappings = [str(ports.parse(word)) for word in params["ports"] or ()]
    declared = _named(names, mappings)
    if names and mappings:
        return declared
    return read_or_empty(lambda: _read(dokku, app, declared), declared, check=check)


def _read(dokku: Dokku, app: str, declared: Site) -> Site:
    """Asks Dokku; an app may be a worker that serves no pages at all."""
    observed = domains.read(dokku, app)
    names = declared.names or (observed.names if observed.is_enabled else ())
    if not proxy.read(dokku, app).is_enabled:
        return Site(obstacle="its proxy is disabled")
    rows = dokku.json("ps:scale", app, "--format", "json")
    if not any(row["process_type"] == "web" and int(row["quantity"]) for row in rows):
        return Site(obstacle="it has no web process")
    return _named(names, declared.ports or list(map(str, ports.read_effective(dokku, app))))


def _named(names: Sequence[str], mappings: Sequence[str]) -> Site:
    is_known = any("*" not in name for name in names)
    return Site(names, mappings, "" if is_known else "it has no domain that could be asked for")
