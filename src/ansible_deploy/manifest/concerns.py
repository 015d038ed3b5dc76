"""The table of the concerns: each is one file with its part of the schema, forms and reader."""

from __future__ import annotations

from types import ModuleType

from . import (
    backups,
    config,
    dns,
    domains,
    monitoring,
    ports,
    properties,
    proxy,
    resources,
    services,
    storage,
    tls,
)
from .fragments import Format, Schema, closed

# In the order in which a reader of deploy.yml meets them.
CONCERNS: dict[str, ModuleType] = {
    "ports": ports,
    "domains": domains,
    "tls": tls,
    "dns": dns,
    "services": services,
    "storage": storage,
    "config": config,
    "resources": resources,
    "backups": backups,
    "monitoring": monitoring,
    "properties": properties,
    "proxy": proxy,
}


def schema() -> Schema:
    """Return the schema of ``deploy.yml`` as a whole."""
    return closed(
        {key: part for module in CONCERNS.values() for key, part in module.SCHEMA.items()}
    )


def formats() -> dict[str, Format]:
    """Return the functions behind the schema's own ``format`` names."""
    return {
        name: function for module in CONCERNS.values() for name, function in module.FORMATS.items()
    }
