"""The fingerprint of the world: what Dokku said after the last good run, and what moved since.

A few reads at once; no values are kept, only digests.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import (
    monitoring_files,
    nginx_conf,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import DokkuError
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.snapshot import Wanted, observe

from . import files
from .context import Context
from .errors import HostError
from .record import State
from .tls import has_certificate


def look(context: Context, watched: Wanted, owned: dict[str, list[str]]) -> dict[str, object]:
    """Everything that a run would look at: what Dokku says, and files of which it says nothing."""
    observed = observe(context.dokku, context.app, watched)
    if "storage" in owned:
        folders = (Path(word.partition(":")[0]) for word in owned["storage"])
        observed["storage directories"] = [folder.is_dir() for folder in folders]
    if "tls" in owned:
        observed["tls certificate"] = has_certificate(context)
    if "backups" in owned:
        observed["backups schedule"] = files.read_text(context.folder.cron_entries)
    if "monitoring" in owned:
        present = monitoring_files.read(context.layout.monitoring.path, context.app)
        observed["monitoring files"] = monitoring_files.shown(present)
    if "proxy" in owned:
        observed["proxy files"] = nginx_conf.read(context.layout.dokku_root, context.app)
    return observed


def world_digests(observed: dict[str, object]) -> dict[str, str]:
    """The fingerprint of each thing that was read from Dokku."""
    return {
        name: hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
        for name, value in observed.items()
    }


def moved(context: Context, state: State) -> list[str]:
    """The concerns in which Dokku is not as the last good run left it, read at once."""
    try:
        observed = look(context, Wanted.from_json(state.watched), state.owned)
    except DokkuError as error:
        raise HostError(str(error)) from None
    digests = world_digests(observed)
    names = [name for name, digest in digests.items() if state.world.get(name) != digest]
    return list(dict.fromkeys(name.partition(" ")[0] for name in names))
