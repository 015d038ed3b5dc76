"""Looks at an app from several sides at once, with the same readers that the modules use.

Nothing is compared or written here. What it returns is plain data for a fingerprint; of config
variables it holds digests and no values.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from . import config, domains, ports, properties, proxy, resources, service_links, storage
from .services import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .client import Dokku

    Reader = Callable[[Dokku, str], object]


@dataclass(frozen=True)
class Wanted:
    """What to look at.

    `concerns` are keys of READERS; `config` names variables, `properties` the properties of each
    plugin, and `services` the kinds whose links are read. Each concern, plugin and kind costs one
    call of `dokku`, all variables together one.
    """

    concerns: frozenset[str] = frozenset()
    config: frozenset[str] = frozenset()
    properties: Mapping[str, frozenset[str]] = field(default_factory=dict)
    services: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, Any]:
        """Returns plain data that `from_json` reads."""
        return {
            "concerns": sorted(self.concerns),
            "config": sorted(self.config),
            "properties": {name: sorted(keys) for name, keys in self.properties.items()},
            "services": sorted(self.services),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Wanted:
        """Reads what `as_json` returned."""
        properties = {name: frozenset(keys) for name, keys in data["properties"].items()}
        concerns, names, kinds = (frozenset(data[k]) for k in ("concerns", "config", "services"))
        return cls(concerns, names, properties, kinds)


def observe(dokku: Dokku, app: str, wanted: Wanted) -> dict[str, object]:
    """Returns what is wanted about the app, read concurrently.

    Raises AppMissing or DokkuError: what cannot be read is an error and never "absent".
    """
    readers = _readers(wanted)
    workers = max(2, min(8, os.cpu_count() or 2))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        pending = {name: pool.submit(read, dokku, app) for name, read in readers.items()}
        return {name: pending[name].result() for name in sorted(pending)}


def read_domains(dokku: Dokku, app: str) -> dict[str, object]:
    """Returns the domains of the app as plain data."""
    observed = domains.read(dokku, app)
    return {"names": list(observed.names), "enabled": observed.is_enabled}


def read_ports(dokku: Dokku, app: str) -> list[str]:
    """Returns the port mappings of the app as plain data."""
    return [str(mapping) for mapping in ports.read(dokku, app)]


def read_proxy(dokku: Dokku, app: str) -> dict[str, object]:
    """Returns how the app is proxied as plain data."""
    observed = proxy.read(dokku, app)
    return {"enabled": observed.is_enabled, "type": observed.type}


def read_storage(dokku: Dokku, app: str) -> list[str]:
    """Returns the mounts of the app as plain data."""
    return sorted(str(mount) for mount in storage.read(dokku, app))


def read_resources(dokku: Dokku, app: str) -> dict[str, str]:
    """Returns limits and reservations of the app as plain data."""
    return resources.read(dokku, app)


READERS: dict[str, Reader] = {
    "domains": read_domains,
    "ports": read_ports,
    "proxy": read_proxy,
    "storage": read_storage,
    "resources": read_resources,
}


def _readers(wanted: Wanted) -> dict[str, Reader]:
    readers = {name: READERS[name] for name in wanted.concerns}
    if wanted.config:
        readers["config"] = partial(_read_config, wanted.config)
    for plugin, names in wanted.properties.items():
        readers[f"properties {plugin}"] = partial(_read_properties, plugin, names)
    for kind in wanted.services:
        readers[f"services {kind}"] = partial(_read_links, kind)
    return readers


def _read_config(names: frozenset[str], dokku: Dokku, app: str) -> object:
    return config.digests(config.read(dokku, app), names)


def _read_properties(plugin: str, names: frozenset[str], dokku: Dokku, app: str) -> object:
    observed = properties.read(dokku, app, plugin)
    return {name: observed.get(name, "") for name in sorted(names)}


def _read_links(kind: str, dokku: Dokku, app: str) -> object:
    return sorted(service_links.read_names(dokku, KINDS[kind], app))
