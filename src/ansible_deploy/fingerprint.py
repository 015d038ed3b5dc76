"""Tell whether anything moved since the last good run, without starting Ansible.

The *wish* is everything that decides what a run would do; the *world* is what the readers saw after
the run. When neither moved there is nothing to do.
"""

from __future__ import annotations

import hashlib
import json

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import DokkuError
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.snapshot import Wanted, observe

from .context import Context
from .errors import HostError
from .record import State, read_state

VERSION = "1"
"""Raised when a newer plugin provisions the same wish in another way."""


def wish_digest(context: Context, bundle_digest: str) -> str:
    """The fingerprint of the folder, the settings and the vault password together."""
    password = context.folder.vault_password
    secret = password.read_bytes() if password.is_file() else b""
    parts = [VERSION, context.app, bundle_digest, context.settings.digest]
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + secret).hexdigest()


def world_digests(observed: dict[str, object]) -> dict[str, str]:
    """The fingerprint of each thing that was read from Dokku."""
    return {
        name: hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
        for name, value in observed.items()
    }


def moved(context: Context, state: State) -> list[str]:
    """The concerns in which Dokku is not as the last good run left it, read at once."""
    try:
        observed = observe(context.dokku, context.app, Wanted.from_json(state.watched))
    except DokkuError as error:
        raise HostError(str(error)) from None
    digests = world_digests(observed)
    names = [name for name, digest in digests.items() if state.world.get(name) != digest]
    return list(dict.fromkeys(name.partition(" ")[0] for name in names))


def is_accepted_wish(context: Context, wish: str) -> bool:
    """Whether exactly this wish was provisioned last; it needs no second judgement then."""
    return read_state(context.folder, context.app).wish == wish
