"""Find what is set both in ``deploy.d`` and in the app's own ``app.json``.

Dokku reads ``app.json`` itself and judges it itself; here it is only compared. A file that is not
plain JSON (Dokku also takes comments), a link, or one that is elsewhere is left to Dokku.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from .desired import Desired
from .errors import Problem

NAME = "app.json"
SIZE_LIMIT = 1024 * 1024


def conflicts(tree: Path, desired: Desired) -> list[Problem]:
    """A problem for each variable that both files set: which of them held would be chance."""
    names = _variables(tree)
    return [
        Problem(
            desired.manifest.where(f"env.{name}"),
            f"{name} is set in the app's own {NAME} too",
            "keep it in one of the two",
        )
        for name in desired.manifest.config.values
        if name in names
    ]


def _variables(tree: Path) -> set[str]:
    try:
        handle = os.open(tree / NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return set()
    with os.fdopen(handle, "rb") as file:
        text = file.read(SIZE_LIMIT)
    try:
        variables = json.loads(text).get("env", {})
    except (ValueError, AttributeError):
        return set()
    return set(variables) if isinstance(variables, dict) else set()
