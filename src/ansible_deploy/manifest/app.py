"""The app that a manifest is read for, and what its concerns need to know of its host.

A manifest never names its own app: the name comes from the trigger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class App:
    """Name of the app, ``$DOKKU_LIB_ROOT`` of its host, and what the operator set up there.

    ``has_dns`` tells whether there is a DNS provider, ``zones`` where the app's records are made,
    ``ipv4`` and ``ipv6`` the host's addresses, ``has_acme`` whether certificates are asked for,
    ``has_certificate`` whether the app has one now, ``is_https`` whether it keeps it, and
    ``owns_certificate`` whether it is ours. ``services`` names the services, by their keys, that
    are not called as they would be at first, for they came from a backup; ``target`` is the name of
    the place that backups go to, empty where there is none.
    """

    name: str
    lib_root: Path = Path("/var/lib/dokku")
    has_dns: bool = False
    zones: tuple[str, ...] = ()
    ipv4: str = ""
    ipv6: str = ""
    has_acme: bool = False
    has_certificate: bool = False
    is_https: bool = False
    owns_certificate: bool = False
    services: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
