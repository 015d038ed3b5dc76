"""The fingerprint of a wish: everything that decides what a run would do.

Its twin is the fingerprint of the world (``world``). When neither moved there is nothing to do, and
Ansible is not started.
"""

from __future__ import annotations

import hashlib

from .context import Context
from .record import read_state

VERSION = "3"
"""Raised when a newer plugin provisions the same wish in another way."""


def wish_digest(context: Context, bundle_digest: str) -> str:
    """The fingerprint of the folder, the settings and the vault password together."""
    password = context.folder.vault_password
    secret = password.read_bytes() if password.is_file() else b""
    parts = [VERSION, context.app, bundle_digest, context.settings.digest]
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + secret).hexdigest()


def is_accepted_wish(context: Context, wish: str) -> bool:
    """Whether exactly this wish was provisioned last; it needs no second judgement then."""
    return read_state(context.folder, context.app).wish == wish
