"""Destroy the side of a turn that the app does not use, where nobody else uses it either."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import service_links
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.services import KINDS

from .. import files
from ..context import Context
from ..errors import DeployError, HostError, Problem
from ..record import read_state, write_state
from . import scratch
from .links import OwnLink
from .turn import Turn, write_turn


def users(context: Context, turn: Turn) -> Iterator[tuple[OwnLink, str]]:
    """Yield the services that are not in use by the turn, each with an app that is linked to it."""
    for link in turn.links(turn.unused):
        for app in service_links.read_apps(context.dokku, KINDS[link.kind], link.name):
            yield link, app


def drop(context: Context, turn: Turn) -> None:
    """Destroy the side that is not in use, and forget that there were two.

    Raises DeployError where another app is linked to it, and then nothing was destroyed.
    """
    problems = [
        Problem(
            "",
            f"{link.kind} {link.name} is linked to {app}, and is not destroyed",
            f"first run: dokku {link.kind}:unlink {link.name} {app}",
        )
        for link, app in users(context, turn)
    ]
    if problems:
        raise DeployError(problems)
    write_turn(context, replace(turn, is_dropping=True))
    for service in turn.services:
        scratch.remove_service(context, service.kind, getattr(service, turn.unused))
    for volume in turn.volumes:
        inode = getattr(volume, turn.unused)
        if os.path.isdir(volume.other) and os.stat(volume.other).st_ino != inode:
            raise HostError(f"{volume.other} is not what was put there; nothing in it was removed")
        scratch.remove_directory(context, Path(volume.other))
    state, gone = read_state(context.folder, context.app), turn.services_of(turn.unused)
    kept = [word for word in state.owned.get("kept", []) if word not in gone]
    owned = {**state.owned, "kept": kept}
    write_state(context.folder, replace(state, owned={n: w for n, w in owned.items() if w}))
    files.remove(context.folder.turn)
