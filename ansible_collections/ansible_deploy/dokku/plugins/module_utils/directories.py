"""Makes and removes the directories of the host that apps keep their data in.

Below Dokku's own storage directory Dokku makes them, for only its helper may give them to another
user; elsewhere the module itself does. Owners are set when a directory is made and not afterwards:
what an app does to its data is its own business. A directory with something in it is never removed.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .change import Change
from .words import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .client import Dokku

# plugins/storage/subcommands.go, ResolveChownID.
CHOWN_WORDS = ("herokuish", "heroku", "paketo", "packeto", "root", "false")


@dataclass(frozen=True)
class Owner:
    """Who shall own a new directory; `chown` is Dokku's word for it, if one was given."""

    user: str
    group: str
    chown: str | None = None

    @classmethod
    def of(cls, params: dict[str, Any]) -> Owner:
        """Reads user, group and chown of a module's parameters."""
        user = str(params["user"])
        chown = params["chown"] or (user if user in CHOWN_WORDS else None)
        owner = cls(user, str(params["group"] or user), chown)
        if owner.chown is not None and not _is_chown_word(owner.chown):
            words = ", ".join(CHOWN_WORDS)
            raise InvalidValue(f"chown {owner.chown!r} is neither a user number nor of {words}")
        return owner

    @property
    def dokku_word(self) -> str:
        """Returns the owner as Dokku takes it; raises InvalidValue for what it cannot do."""
        if self.chown is not None:
            return self.chown
        if self.user == self.group and re.fullmatch(r"[0-9]{1,5}", self.user):
            return self.user
        where = "below Dokku's storage directory user and group are one number"
        raise InvalidValue(f"cannot give a directory to {self.user}:{self.group}: {where}")


def storage_root(dokku: Dokku) -> Path:
    """Returns the directory that Dokku keeps the storage of apps in."""
    library = dokku.environment.get("DOKKU_LIB_ROOT") or "/var/lib/dokku"
    return Path(library, "data", "storage")


def create(dokku: Dokku, hosts: Sequence[str], owner: Owner, *, check: bool) -> tuple[Change, ...]:
    """Makes the directories that are missing; names of volumes are none and left alone."""
    missing = [Path(host) for host in hosts if host.startswith("/") and not Path(host).is_dir()]
    missing = list(dict.fromkeys(missing))
    for path in missing if not check else ():
        if path.parent == storage_root(dokku) and re.fullmatch(r"[A-Za-z0-9_-]+", path.name):
            words = ("storage:ensure-directory", "--chown", owner.dokku_word, path.name)
            dokku.run(*words)
        else:
            _make(path, owner)
    return tuple(Change("+", f"directory {path}") for path in missing)


def remove(hosts: Sequence[str], *, check: bool) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """Removes empty directories; returns the changes, and a warning for each that is not empty."""
    present = [Path(host) for host in hosts if host.startswith("/") and Path(host).is_dir()]
    full = [path for path in present if any(path.iterdir())]
    empty = [path for path in present if path not in full]
    for path in empty if not check else ():
        path.rmdir()
    warnings = tuple(f"{path} is not empty and was left where it is" for path in full)
    return tuple(Change("-", f"directory {path}") for path in empty), warnings


def _make(path: Path, owner: Owner) -> None:
    try:
        path.mkdir(mode=0o755, parents=True)
        if owner.chown is None and os.geteuid() == 0:
            shutil.chown(path, _number_or_name(owner.user), _number_or_name(owner.group))
    except (OSError, LookupError) as error:
        raise InvalidValue(f"cannot make the directory {path}: {error}") from None


def _number_or_name(word: str) -> int | str:
    return int(word) if word.isdecimal() else word


def _is_chown_word(word: str) -> bool:
    return word in CHOWN_WORDS or bool(re.fullmatch(r"[0-9]{1,5}", word))
