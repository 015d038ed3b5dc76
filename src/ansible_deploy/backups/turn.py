"""Turn an app from one set of data to another: links to services, and directories of volumes.

The journal ``restore.json`` names both sides and which one is wanted, so that whatever interrupts a
turn, the next job or push completes it. The side that is not in use is kept until a person says
``--confirm``; until then ``--undo`` turns the app round again.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from .. import files
from ..context import Context
from ..errors import HostError
from ..record import read_state, write_state
from .links import OwnLink
from .relinking import Steps, carry_out

NEW, OLD = "new", "old"
OTHER = {NEW: OLD, OLD: NEW}
RENAME_EXCHANGE, AT_FDCWD = 2, -100  # linux/fs.h, fcntl.h


@dataclass(frozen=True)
class TurnedService:
    """One service of the app by its key, and its two sides."""

    key: str
    kind: str
    alias: str
    new: str
    old: str


@dataclass(frozen=True)
class TurnedVolume:
    """One directory, the other one that it is exchanged with, and which inode is which side."""

    key: str
    directory: str
    other: str
    new: int
    old: int


@dataclass(frozen=True)
class Turn:
    """Which backup the new side is from, which side is wanted, and how far it is.

    ``revision`` is the code that the new side is for, until the app runs with it; empty where it is
    for whatever runs.
    ``is_done`` when the app runs with the side that is wanted, ``is_dropping`` when the other one
    is being destroyed. Until it is done ``aside`` names links that have to go for the moment, and
    ``copies`` the variables that go with links, each with the one whose value it has.
    """

    backup: str
    at: str
    services: tuple[TurnedService, ...]
    volumes: tuple[TurnedVolume, ...]
    side: str = NEW
    is_done: bool = False
    is_dropping: bool = False
    revision: str = ""
    aside: tuple[OwnLink, ...] = ()
    copies: Mapping[str, str] = field(default_factory=dict)

    @property
    def unused(self) -> str:
        """The side that is not wanted."""
        return OTHER[self.side]

    def services_of(self, side: str) -> list[str]:
        """The services of a side, as the plugin's record names them: ``postgres:shop-postgres``."""
        return [f"{each.kind}:{getattr(each, side)}" for each in self.services]

    def links(self, side: str) -> tuple[OwnLink, ...]:
        """The links that a side has."""
        return tuple(OwnLink(each.kind, getattr(each, side), each.alias) for each in self.services)

    @property
    def finished(self) -> Turn:
        """The turn when the app runs with the wanted side."""
        return replace(self, is_done=True, revision="", aside=(), copies={})

    @property
    def parts(self) -> set[str]:
        """Both sides: services as the plugin's record names them, and directories."""
        places = {place for each in self.volumes for place in (each.directory, each.other)}
        return {*self.services_of(NEW), *self.services_of(OLD), *places}


def read_turn(context: Context) -> Turn | None:
    """Return the app's journal, if there is one."""
    try:
        value = files.read_json(context.folder.turn)
        if value is None:
            return None
        services = tuple(TurnedService(**row) for row in value.pop("services"))
        volumes = tuple(TurnedVolume(**row) for row in value.pop("volumes"))
        aside = tuple(OwnLink(**row) for row in value.pop("aside", ()))
        return Turn(**value, services=services, volumes=volumes, aside=aside)
    except (ValueError, TypeError, KeyError) as error:
        raise HostError(f"the journal {context.folder.turn} cannot be read ({error})") from None


def write_turn(context: Context, turn: Turn) -> None:
    """Replace the journal."""
    files.write_json(context.folder.turn, asdict(turn), is_durable=True)


def put(context: Context, turn: Turn, steps: Steps) -> None:
    """Bring the wanted side into its place; what is there already stays. Starts nothing.

    Directories come last: a container that Docker itself starts anew would find them at once, but
    other links only when Dokku makes it anew.
    """
    carry_out(context, steps, turn.copies, turn.links(turn.unused))
    _record(context, turn)
    for volume in turn.volumes:
        _put_volume(volume, getattr(volume, turn.side))


def _put_volume(volume: TurnedVolume, inode: int) -> None:
    if os.stat(volume.directory).st_ino != inode:
        exchange(volume.directory, volume.other)


def exchange(one: str, other: str) -> None:
    """Let two directories change places in one step, renameat2(2); raises OSError."""
    library = ctypes.CDLL(None, use_errno=True)
    names = (AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other))
    if library.renameat2(*names, RENAME_EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, f"cannot exchange {one} and {other}: {os.strerror(number)}")


def _record(context: Context, turn: Turn) -> None:
    """The plugin's own record follows: which services are the app's, and which are kept."""
    state = read_state(context.folder, context.app)
    names = {each.key: getattr(each, turn.side) for each in turn.services}
    used, unused = turn.services_of(turn.side), turn.services_of(turn.unused)
    owned = dict(state.owned)
    owned["services"] = _with(owned.get("services", []), used, unused)
    owned["kept"] = _with(owned.get("kept", []), unused, used)
    state = replace(
        state,
        services={**state.services, **names},
        owned={name: words for name, words in owned.items() if words},
    )
    write_state(context.folder, state)


def _with(words: Iterable[str], more: Sequence[str], less: Sequence[str]) -> list[str]:
    return [*(word for word in words if word not in (*more, *less)), *sorted(more)]


def unused(turn: Turn) -> list[str]:
    """Name what is kept: the services and directories that the app does not use."""
    services = [word.replace(":", " ", 1) for word in turn.services_of(turn.unused)]
    return services + [volume.other for volume in turn.volumes]


def unused_directories(context: Context) -> list[str]:
    """The directories of an undecided restore that the app does not use."""
    turn = read_turn(context)
    return [volume.other for volume in turn.volumes] if turn else []
