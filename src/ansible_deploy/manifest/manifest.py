"""Everything that one app asks for, typed and checked: one attribute per concern.

Holds no path of the app's folder and nothing of the host; it is only read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..secret import Secret
from .backups import Backups
from .config import Config
from .dns import Dns
from .domains import Domains
from .monitoring import Monitoring
from .ports import Ports
from .properties import Properties
from .proxy import Proxy
from .resources import Resources
from .services import Services
from .storage import Storage
from .tls import Tls


@dataclass(frozen=True)
class Manifest:
    """The concerns, which settings were written out and where, and how many plays there are."""

    config: Config = field(default_factory=Config)
    storage: Storage = field(default_factory=Storage)
    services: Services = field(default_factory=Services)
    domains: Domains = field(default_factory=Domains)
    ports: Ports = field(default_factory=Ports)
    proxy: Proxy = field(default_factory=Proxy)
    resources: Resources = field(default_factory=Resources)
    properties: Properties = field(default_factory=Properties)
    dns: Dns = field(default_factory=Dns)
    tls: Tls = field(default_factory=Tls)
    backups: Backups = field(default_factory=Backups)
    monitoring: Monitoring = field(default_factory=Monitoring)
    given: frozenset[str] = frozenset()
    plays: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)

    def counts(self) -> tuple[int, int, int]:
        """Return how many settings, secrets and plays the folder has."""
        return len(self.given), len(self.secrets()), len(self.plays)

    def secrets(self) -> tuple[Secret, ...]:
        """Return every value that must never be shown."""
        return (*self.config.secrets(), *self.tls.secrets())

    def where(self, path: str) -> str:
        """Return ``deploy.d/deploy.yml:3`` for a key such as ``dokku.nginx.hsts``."""
        while path not in self.places and "." in path:
            path = path.rpartition(".")[0]
        return self.places.get(path, "deploy.d")
