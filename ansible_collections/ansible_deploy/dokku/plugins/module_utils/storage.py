"""Reads and writes the bind mounts of an app, and makes the directories behind them.

What is in a directory is never removed: a directory goes only on demand and only when it is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import directories
from .change import Change, Command, Plan, Result, carry_out, command, read_or_empty
from .definition import APP, ModuleDefinition, names, state
from .words import InvalidValue, checked

if TYPE_CHECKING:
    from .client import Dokku

READ_ONLY = "ro"


@dataclass(frozen=True)
class Mount:
    """One mount: a directory or volume of the host at a path in the container.

    `options` holds single words in no order; `entry` is Dokku's name for the host's side.
    """

    host: str
    container: str
    options: frozenset[str] = frozenset()
    entry: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Returns what may exist once per app."""
        return (self.host, self.container)

    def __str__(self) -> str:
        """Writes the mount as Dokku does."""
        return ":".join(filter(None, (self.host, self.container, ",".join(sorted(self.options)))))


def read(dokku: Dokku, app: str) -> tuple[Mount, ...]:
    """Returns the mounts of the app."""
    rows = dokku.json("storage:list", app, "--format", "json")
    return tuple(_mount_of_row(row) for row in rows)


def parse(text: str) -> Mount:
    """Reads one mount `host:container[:options]`; raises InvalidValue."""
    # The host's side: plugins/storage/storage.go, VerifyPaths.
    host, container = r"(/[^:\x00-\x1f]*|[A-Za-z0-9][A-Za-z0-9_.-]+)", r"(/[^:\x00-\x1f]*)"
    match = re.fullmatch(rf"{host}:{container}(?::([A-Za-z0-9=_,-]+))?", text)
    if not match:
        meaning = "an absolute path or a volume's name, a colon, a path in the container"
        raise InvalidValue(f"{text!r} is not a usable mount: {meaning}")
    return Mount(match[1], match[2], frozenset(filter(None, (match[3] or "").split(","))))


def compare(
    app: str, observed: tuple[Mount, ...], wished: tuple[Mount, ...], absent: tuple[Mount, ...]
) -> Plan:
    """Plans to mount what is missing, to mount anew what differs, to unmount what is unwanted."""
    old = {mount.place: mount for mount in observed}
    altered = [each for each in wished if each.place in old and not _is_same(each, old[each.place])]
    added = [each for each in wished if each.place not in old]
    kept = {each.place for each in wished}
    unwanted = {each.place for each in absent}
    removed = [each for each in observed if each.place in unwanted - kept]
    changes = [Change("+", str(each)) for each in added]
    changes += [Change("~", str(each), f"was {old[each.place]}") for each in altered]
    changes += [Change("-", str(each), "the data is kept") for each in removed]
    commands = [_unmount(app, old[each.place]) for each in (*altered, *removed)]
    commands += [command("storage:mount", app, str(each)) for each in (*added, *altered)]
    gone = [*removed, *(old[each.place] for each in altered)]
    after = [*(each for each in observed if each not in gone), *added, *altered]
    return Plan(tuple(changes), tuple(commands), _shown(observed), _shown(after))


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes mounts of an app, and their directories if asked to, what the parameters say."""
    app = checked("app", params["app"])
    mounts, absent = _parsed(params["mounts"]), _parsed(params["absent"])
    is_present = params["state"] == "present"
    observed: tuple[Mount, ...] = read_or_empty(lambda: read(dokku, app), (), check=check)
    wished = mounts if is_present else ()
    made: tuple[Change, ...] = ()
    if is_present and params["create_host_dir"]:
        owner = directories.Owner.of(params)
        made = directories.create(dokku, [each.host for each in wished], owner, check=check)
    plan = compare(app, observed, wished, absent if is_present else (*mounts, *absent))
    result = carry_out(dokku, plan, check=check)
    if is_present or not params["destroy_host_dir"]:
        return Result((*made, *result.changes), result.before, result.after)
    gone, warnings = directories.remove([each.host for each in mounts], check=check)
    changes = (*result.changes, *gone)
    return Result(changes, result.before, result.after, warnings=warnings)


def _is_same(wished: Mount, observed: Mount) -> bool:
    return wished.options == observed.options


def _unmount(app: str, mount: Mount) -> Command:
    if mount.entry and not mount.entry.startswith("legacy-"):
        return command("storage:unmount", app, mount.entry, "--container-dir", mount.container)
    return command("storage:unmount", app, f"{mount.host}:{mount.container}")


def _mount_of_row(row: dict[str, Any]) -> Mount:
    options = set(filter(None, str(row.get("volume_options", "")).split(",")))
    if row.get("readonly"):
        options.add(READ_ONLY)
    return Mount(
        str(row["host_path"]),
        str(row["container_path"]),
        frozenset(options),
        str(row.get("entry_name", "")),
    )


def _shown(mounts: tuple[Mount, ...] | list[Mount]) -> dict[str, list[str]]:
    return {"mounts": sorted(str(mount) for mount in mounts)}


def _parsed(texts: list[str] | None) -> tuple[Mount, ...]:
    return tuple(dict.fromkeys(parse(text) for text in texts or ()))


MODULE = ModuleDefinition(
    {
        "app": APP,
        "mounts": names(),
        "absent": names(),
        "create_host_dir": {"type": "bool", "default": False},
        "destroy_host_dir": {"type": "bool", "default": False},
        "user": {"type": "str", "default": "32767"},
        "group": {"type": "str"},
        "chown": {"type": "str"},
        "state": state("present", "absent"),
    },
    converge,
    {"required_one_of": [("mounts", "absent")]},
)
