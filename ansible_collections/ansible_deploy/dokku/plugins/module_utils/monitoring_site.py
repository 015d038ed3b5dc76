"""Finds out under which names and ports an app is to be had, or why nobody can ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import domains, ports, processes, proxy
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


def find_site(
    dokku: Dokku, app: str, params: Mapping[str, Any], *, is_watched: bool, check: bool
) -> Site:
    """Returns what the app declares, and of what it does not what Dokku gives it.

    An app that serves nobody does not begin to be watched. One that is watched stays so, and a
    metric keeps its alerts silent: scaled up again, it would be missed by nobody.
    """
    names = domain_names(params["domains"])
    mappings = [str(ports.parse(word)) for word in params["ports"] or ()]
    declared = _named(names, mappings)

    def read() -> Site:
        if not is_watched:
            said = processes.unserved(proxy.read(dokku, app), processes.scale(dokku, app))
            if said:
                return Site(obstacle=said)
        return _completed(dokku, app, declared)

    return read_or_empty(read, declared, check=check)


def _completed(dokku: Dokku, app: str, declared: Site) -> Site:
    """Asks Dokku for what is not declared."""
    names, mappings = declared.names, declared.ports
    if not names:
        observed = domains.read(dokku, app)
        names = observed.names if observed.is_enabled else ()
    return _named(names, mappings or list(map(str, ports.read_effective(dokku, app))))


def _named(names: Sequence[str], mappings: Sequence[str]) -> Site:
    is_known = any("*" not in name for name in names)
    return Site(names, mappings, "" if is_known else "it has no domain that could be asked for")
