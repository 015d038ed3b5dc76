"""Where an app's backups go: the targets that it can see, the one that it uses, its repository.

A target is the operator's: an address, a password and what the place asks for. An app names one and
never says where it is.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..context import Context
from ..errors import HostError, Problem, Refused
from ..layout import GLOBAL, PLUGIN_NAME, Layout
from ..manifest.backups import Backups
from ..setting_forms import is_repository_name
from ..settings import Settings, read_scope, setting_file, word_of
from .address import join
from .record import read_record

if TYPE_CHECKING:
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Repository

NO_TARGET = (
    "there is no target for backups; the operator first runs:"
    f" dokku {PLUGIN_NAME}:set {GLOBAL} backup-target NAME URL"
)


@dataclass(frozen=True)
class Target:
    """One place for backups: its address, whether old ones are removed there, what opens it."""

    name: str
    url: str
    can_prune: bool
    password_file: Path
    credentials_file: Path | None


def targets(context: Context) -> dict[str, Target]:
    """Return the targets that the app can see: its own first, then those for all.

    Of several, the one that it used last is first, and then it goes by name: backups do not move
    because one more target is set up.
    """
    own = Settings(read_scope(context.layout, context.app)).named("backup-target")
    found = context.settings.named("backup-target")
    last = read_record(context.folder).target
    names = sorted(found, key=lambda name: (name not in own, name != last, name))
    return {name: _target(context, name, found[name]) for name in names}


def choose(context: Context, wish: Backups) -> Target | None:
    """Return the target that the app names, or else its first; None where there is none at all.

    Raises Refused when the one that it names is not there.
    """
    found = targets(context)
    if not wish.target:
        return next(iter(found.values()), None)
    if wish.target not in found:
        raise Refused([unknown_target(context, wish.target)])
    return found[wish.target]


def unknown_target(context: Context, name: str, where: str = "") -> Problem:
    """Return the problem of an app that names a target which it cannot see."""
    known = ", ".join(targets(context))
    remedy = f"the operator sets it up: dokku {PLUGIN_NAME}:set {context.app} backup-target"
    also = f"; or write one of these: {known}" if known else ""
    return Problem(where, f"backups: there is no target {name}", f"{remedy} {name} URL{also}")


def repository(context: Context, target: Target, origin: str) -> Repository:
    """Return the repository of the app that was first called ``origin``; one app, one repository.

    Raises HostError where the target has no password, Refused where the app's name cannot be part
    of an address.
    """
    # Here, because every push looks at targets, and few make a backup.
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Repository

    name = repository_name(context, origin)
    if not is_repository_name(name):
        what = f"backups: {name} cannot be the name of a repository"
        raise Refused([Problem("", what, f"give it another one: {naming(context.app)}")])
    if not target.password_file.is_file():
        scope = target.password_file.parent.name
        command = f"dokku {PLUGIN_NAME}:set {scope} backup-password {target.name} < FILE"
        raise HostError(f"the target {target.name} has no password; the operator runs: {command}")
    return Repository(
        address=join(target.url, name),
        password_file=str(target.password_file),
        credentials_file=str(target.credentials_file or ""),
        cache=str(context.layout.data / "cache"),
        reader=reader(context.layout),
    )


def repository_name(context: Context, origin: str) -> str:
    """Return what the app's repository is called below its target."""
    return context.settings["backup-repository"] or origin


def naming(app: str) -> str:
    """The command that gives an app's repository another name."""
    return f"dokku {PLUGIN_NAME}:set {app} backup-repository WORD"


def reader(layout: Layout) -> str:
    """Return the copy of restic that may read every file, where ``install`` could make it."""
    path = layout.data / "bin/restic"
    return str(path) if os.access(path, os.X_OK) else ""


def _target(context: Context, name: str, url: str) -> Target:
    layout, password = context.layout, word_of("backup-password", name)
    place = setting_file(layout, context.app, word_of("backup-target", name))
    assert place
    return Target(
        name=name,
        url=url,
        can_prune=context.settings.named("backup-pruning").get(name) != "deny",
        password_file=setting_file(layout, context.app, password) or place.with_name(password),
        credentials_file=setting_file(layout, context.app, word_of("backup-credentials", name)),
    )
