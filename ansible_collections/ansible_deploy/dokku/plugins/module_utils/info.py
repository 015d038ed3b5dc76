"""Gathers what there is to know about a Dokku host and its apps, and changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from . import app as apps
from . import config, service_links, snapshot
from .change import Result, read_or_empty
from .definition import ModuleDefinition, names
from .service_creation import missing_plugins
from .services import KINDS
from .words import checked_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from .client import Dokku
    from .services import ServiceKind


def read_version(dokku: Dokku) -> str:
    """Returns Dokku's version: `0.38.27`."""
    return dokku.run("version").stdout.split()[-1]


def read_app(
    dokku: Dokku, app: str, kinds: list[ServiceKind], *, with_secrets: bool
) -> dict[str, object]:
    """Returns everything that our modules can say about one app."""
    readers: dict[str, Callable[[], object]] = {
        name: partial(read, dokku, app) for name, read in snapshot.READERS.items()
    }
    readers["checks"] = partial(dokku.report, "checks:report", app)
    readers["deployed"] = partial(apps.is_deployed, dokku, app)
    readers["config"] = partial(_read_config, dokku, app, with_secrets=with_secrets)
    readers["services"] = partial(_read_services, dokku, app, kinds)
    with ThreadPoolExecutor(max_workers=2) as pool:
        pending = {name: pool.submit(read) for name, read in readers.items()}
        return {name: pending[name].result() for name in sorted(pending)}


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Returns the facts; in check mode without the apps that are still to be created."""
    wanted = params["apps"]
    chosen = apps.read_all(dokku) if wanted is None else checked_all("app", wanted)
    missing = missing_plugins(dokku, KINDS.values())
    kinds = [kind for kind in KINDS.values() if kind not in missing]

    def read(app: str) -> dict[str, object]:
        return read_app(dokku, app, kinds, with_secrets=params["secrets"])

    nothing: dict[str, object] = {}
    observed = {app: read_or_empty(partial(read, app), nothing, check=check) for app in chosen}
    facts = {
        "version": read_version(dokku),
        "service_kinds": [kind.name for kind in kinds],
        "apps": {app: content for app, content in observed.items() if content},
    }
    return Result(facts={"dokku": facts})


def _read_config(dokku: Dokku, app: str, *, with_secrets: bool) -> object:
    values = config.read(dokku, app)
    return values if with_secrets else sorted(values)


def _read_services(dokku: Dokku, app: str, kinds: list[ServiceKind]) -> object:
    found = {kind.name: service_links.read_names(dokku, kind, app) for kind in kinds}
    return {kind: linked for kind, linked in found.items() if linked}


MODULE = ModuleDefinition(
    {"apps": names(), "secrets": {"type": "bool", "default": False}}, converge
)
