"""What ``:set`` looks at and does beyond storing where it is about a target of backups.

Everything that can be said at once is said when the operator sets a target, and not by the first
backup at night.
"""

from __future__ import annotations

import grp
import os
import pwd
import secrets
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .. import files
from ..context import Context
from ..errors import DeployError
from ..layout import GLOBAL, PLUGIN_NAME
from ..settings import read_settings, word_of, write_setting
from . import address, credentials
from .target import reader

PASSWORD_BYTES = 32


@dataclass(frozen=True)
class Order:
    """What is to be set about the target of a name; the scope is an app or ``--global``."""

    context: Context
    name: str
    value: str

    @property
    def scope(self) -> str:
        """For which app, or for all."""
        return self.context.app

    def in_force(self, key: str) -> str:
        """What is set already of this target, as the scope sees it."""
        return read_settings(self.context.layout, self.scope).named(key).get(self.name, "")

    def command(self, key: str, end: str) -> str:
        """The command that sets something else of this target."""
        return f"dokku {PLUGIN_NAME}:set {self.scope} {key} {self.name} {end}"


def check(key: str, order: Order) -> list[str]:
    """Return what the operator should know of it; raises DeployError for what cannot work."""
    return list(CHECKS[key](order)) if key in CHECKS else []


def open_target(order: Order) -> str:
    """Make what a new target needs; return the password that was made up, or an empty text."""
    if address.kind(order.value) == address.LOCAL:
        files.make_folder(Path(order.value))
    if order.in_force("backup-password"):
        return ""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    word = word_of("backup-password", order.name)
    write_setting(order.context.layout, order.scope, word, password)
    return password


def _target(order: Order) -> Iterator[str]:
    if not order.value:
        yield f"the backups at {order.name} stay, and so does the password"
        return
    install = order.context.layout.plugin / "install"
    if not shutil.which("restic"):
        what = "restic, which makes the backups, is missing"
        raise DeployError(f"{what}; as root run: apt-get install restic && {install}")
    kind, given = address.kind(order.value), order.in_force("backup-credentials")
    if kind == address.LOCAL:
        _check_folder(Path(order.value))
    if warning := address.warning(order.value):
        yield warning
    if not reader(order.context.layout):
        yield f"for files of volumes that only root may read, as root run: {install}"
    command = order.command("backup-credentials", "< FILE")
    if given and (problems := credentials.problems(kind, given)):
        yield f"the backup-credentials {order.name} do not fit it ({problems[0]}); run: {command}"
    elif kind == address.S3 and not given:
        yield f"it asks for backup-credentials; now run: {command}"


def _check_folder(path: Path) -> None:
    """Raise DeployError unless we can write there, or make it."""
    place = next(one for one in (path, *path.parents) if one.exists())
    if not place.is_dir():
        raise DeployError(f"{place} is no directory")
    if not os.access(place, os.W_OK | os.X_OK):
        user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        words = ("install", "-d", "-m", "0700", "-o", user, "-g", group, str(path))
        what = f"the user {user} cannot write to {place}"
        raise DeployError(f"{what}; as root run: {shlex.join(words)}")


def _credentials(order: Order) -> Iterator[str]:
    kind = address.kind(order.in_force("backup-target"))
    problems = credentials.problems(kind, order.value) if order.value else []
    if problems:
        what = f"backup-credentials {order.name} cannot be taken: {'; '.join(problems)}"
        raise DeployError(what)
    yield from ()


def _password(order: Order) -> Iterator[str]:
    old = order.in_force("backup-password")
    if not order.value and (scope := _left_without(order)):
        command = f"dokku {PLUGIN_NAME}:set {scope} backup-target {order.name} --unset"
        what = f"no backup at {order.name} can be read without its password"
        raise DeployError(f"{what}; first give the target up: {command}")
    if order.value and old and old.strip() != order.value.strip():
        yield f"repositories that are at {order.name} already open with the old password only"


def _left_without(order: Order) -> str:
    """The scope whose target would have no password any more, if there is one."""
    root = order.context.layout.settings

    def has(scope: str, key: str) -> bool:
        return (root / scope / word_of(key, order.name)).is_file()

    if order.scope != GLOBAL and has(GLOBAL, "backup-password"):
        return ""
    scopes = [order.scope, GLOBAL]
    if order.scope == GLOBAL:
        scopes = sorted(path.name for path in root.glob("*"))
    for scope in scopes:
        is_open = scope != order.scope and has(scope, "backup-password")
        if has(scope, "backup-target") and not is_open:
            return scope
    return ""


CHECKS: dict[str, Callable[[Order], Iterator[str]]] = {
    "backup-target": _target,
    "backup-credentials": _credentials,
    "backup-password": _password,
}
