"""The app that a manifest is read for, and where its host keeps data.

A manifest never names its own app: the name comes from the trigger.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class App:
    """Name of the app, and ``$DOKKU_LIB_ROOT`` of its host."""

    name: str
    lib_root: Path = Path("/var/lib/dokku")
