"""The concern *storage*: directories of the host that outlive the app's containers.

Reads ``volumes``. A name means a directory of this app; a path of the host is only noted, the
operator's grants decide about it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .app import App
from .fragments import Schema, Wrong, closed
from .fragments import text as text_schema
from .tree import Mapping, Node
from .wish import Wish, get, items, text
from .words import did_you_mean, listed, quote

OWNERS = ("herokuish", "heroku", "paketo", "packeto", "root", "false")
DEFAULT_OWNER = "herokuish"  # as storage:ensure-directory without --chown
HIGHEST_USER = 65535
# No underscore: it separates app and name in the directory's name, so that no app can reach
# another's: volume b-c of app a and volume c of app a-b must not be the same.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
PATH = re.compile(r"/[A-Za-z0-9._@+/-]*")
FORM = "name:/path in the container"

SCHEMA: Schema = {
    "volumes": {
        "description": "Directories that outlive the app's containers, as"
        " `name:/path/in/container` or as a map."
        " The name is the app's own; the directory is kept when it leaves this list. A path of"
        " the host in"
        " place of the name (`/srv/files:/data`) needs a grant by the operator.",
        "type": "array",
        "maxItems": 50,
        "items": closed(
            {
                "name": text_schema("Name of the directory.", format="deploy-volume-name"),
                "path": {
                    "description": "Where the container sees it.",
                    "type": "string",
                    "format": "deploy-container-path",
                },
                "owner": {
                    "description": f"Who owns it: {', '.join(OWNERS)}, or a user's number."
                    " `false` leaves the owner alone.",
                    "type": ["string", "integer", "boolean"],
                    "format": "deploy-owner",
                    "default": DEFAULT_OWNER,
                },
            },
            required=["name", "path"],
        )
        | {
            "type": ["string", "object"],
            "format": "deploy-volume",
            "examples": ["uploads:/app/uploads"],
        },
        "examples": [
            ["uploads:/app/uploads", {"name": "cache", "path": "/cache", "owner": "root"}]
        ],
    }
}


@dataclass(frozen=True)
class Volume:
    """One directory: its name or path on the host, where the container sees it, its owner."""

    source: str
    path: str
    owner: str = DEFAULT_OWNER

    @property
    def is_host_path(self) -> bool:
        """Say whether the source is a path of the host instead of a name."""
        return self.source.startswith("/")

    def directory(self, app: App) -> str:
        """Return the directory on the host; a named one belongs to this app alone."""
        if self.is_host_path:
            return self.source
        return str(app.lib_root / "data/storage" / f"{app.name.replace('.', '__')}_{self.source}")

    def mount(self, app: App) -> str:
        """Return the mount in Dokku's form."""
        return f"{self.directory(app)}:{self.path}"


@dataclass(frozen=True)
class Storage:
    """The volumes of the app."""

    volumes: tuple[Volume, ...] = ()

    @property
    def host_paths(self) -> tuple[str, ...]:
        """Return the host's own paths that the app asks for; each needs a grant."""
        return tuple(volume.source for volume in self.volumes if volume.is_host_path)

    def items(self, app: App) -> tuple[str, ...]:
        """Return the mounts in Dokku's form."""
        return tuple(volume.mount(app) for volume in self.volumes)

    def variables(self, app: App) -> dict[str, object]:
        """Return what the role *storage* needs."""
        mounts = [
            {"mount": volume.mount(app), "create": not volume.is_host_path, "owner": volume.owner}
            for volume in self.volumes
        ]
        return {"storage_mounts": mounts}


def read(wish: Wish) -> Storage:
    """Read the volumes and check that no place in the container is taken twice."""
    volumes: list[Volume] = []
    for node in items(wish.get("volumes")):
        volume = _volume(node)
        if any(other.path == volume.path for other in volumes):
            what = f"the path {quote(volume.path)} of the container is used twice"
            wish.problems.at(node, what, "give one of them another path")
        if any(other.source == volume.source for other in volumes):
            wish.problems.at(
                node, f"{quote(volume.source)} is used twice", "give one of them another name"
            )
        volumes.append(volume)
    return Storage(tuple(volumes))


def _volume(node: Node) -> Volume:
    if isinstance(node, Mapping):
        owner = text(get(node, "owner"), DEFAULT_OWNER).lower()
        return Volume(text(get(node, "name")), text(get(node, "path")).rstrip("/"), owner)
    source, path = text(node).split(":")
    return Volume(source, path.rstrip("/"), "false" if source.startswith("/") else DEFAULT_OWNER)


def check_volume(words: str) -> None:
    """Raise Wrong unless the text is ``name:/path`` or ``/host/path:/path``."""
    source, colon, path = words.partition(":")
    if not colon:
        raise Wrong(f"{quote(words)} is not {FORM}", 'write for example "uploads:/app/uploads"')
    path, colon, options = path.partition(":")
    if colon:
        short = f"{source}:{path}"
        raise Wrong(
            f"{quote(words)} has options after the path: {quote(options)}", f"write {quote(short)}"
        )
    check_host_path(source) if source.startswith("/") else check_name(source)
    check_container_path(path)


def check_name(name: str) -> None:
    """Raise Wrong unless the text can name a volume."""
    if not NAME.fullmatch(name):
        what = f"{quote(name)} is not a name for a volume"
        raise Wrong(what, 'use letters, digits and -, at most 40, such as "uploads"')


def check_host_path(path: str) -> None:
    """Raise Wrong unless the text is an absolute path without tricks."""
    _check_path(path, "a path of the host")


def check_container_path(path: str) -> None:
    """Raise Wrong unless the text is a place in a container where a directory can be mounted."""
    if not path.startswith("/"):
        raise Wrong(
            f"{quote(path)} is not an absolute path in the container",
            'begin it with "/", such as "/app/uploads"',
        )
    _check_path(path, "a path in the container")


def _check_path(path: str, noun: str) -> None:
    if ".." in path.split("/") or "." in path.split("/"):
        raise Wrong(f'{quote(path)} has "." or ".." in it', "write the path itself")
    if not path.strip("/"):
        raise Wrong(f"{quote(path)} is the whole file system", f"write {noun} below it")
    if not PATH.fullmatch(path) or len(path) > 255 or "//" in path:
        raise Wrong(
            f"{quote(path)} is not {noun}",
            "use letters, digits and . _ - @ + between single slashes",
        )


def check_owner(owner: str) -> None:
    """Raise Wrong unless Dokku can give a directory to this owner."""
    is_number = (
        owner.isascii() and owner.isdigit() and len(owner) < 6 and int(owner) <= HIGHEST_USER
    )
    if owner not in OWNERS and not is_number:
        remedy = did_you_mean(owner, OWNERS) or f"write {listed(OWNERS)}, or a user's number"
        raise Wrong(f"{quote(owner)} is not an owner", remedy)


FORMATS = {
    "deploy-volume": check_volume,
    "deploy-volume-name": check_name,
    "deploy-container-path": check_container_path,
    "deploy-owner": check_owner,
}
