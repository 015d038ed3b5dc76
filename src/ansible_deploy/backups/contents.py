"""What one backup holds, as it is written into its seal and read from there.

A seal is a small tar archive: ``backup.json`` (this page's dataclasses), ``config.json`` (the
config variables) and ``deploy.d``. It goes to the repository last, and only then there is a backup.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.service_dumps import DUMPS
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import (
    InvalidValue,
    checked,
)

from ..errors import HostError
from ..report import amount, quantity

NAME = "backup.tar"
LARGEST = 64 * 1024 * 1024
VERSION = 1


@dataclass(frozen=True)
class SavedService:
    """The dump of one service, in the snapshot ``snapshot`` under the name ``file``.

    ``variable`` is the config variable with its address, ``image`` image and version that it ran.
    ``counts`` holds for each table (or database, or collection) how many rows it had just before
    and just after the dump, ``roles`` the roles of a PostgreSQL that the dump may name.
    """

    key: str
    kind: str
    name: str
    image: str
    variable: str
    snapshot: str
    file: str
    size: int
    sha256: str
    counts: Mapping[str, tuple[int, int]]
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class SavedVolume:
    """One volume's files, in the snapshot ``snapshot`` below ``folder``, or without such a level.

    ``owner`` and ``mode`` are its directory's.
    """

    key: str
    snapshot: str
    files: int
    size: int
    owner: int
    mode: int
    folder: str = ""


@dataclass(frozen=True)
class Contents:
    """One backup of one app: when, why, of which release, and its parts.

    ``variables`` are those of all services that the app declares, saved or not; an older seal names
    none.
    """

    app: str
    at: str
    reason: str
    revision: str
    image: str
    services: tuple[SavedService, ...]
    volumes: tuple[SavedVolume, ...]
    variables: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many bytes the parts have."""
        return sum(part.size for part in self.services) + sum(part.size for part in self.volumes)


def service_words(saved: SavedService, rows: int) -> str:
    """``12.3 MiB, 120 rows``."""
    return f"{amount(saved.size)}, {quantity(rows, DUMPS[saved.kind].noun)}"


def volume_words(saved: SavedVolume) -> str:
    """``12.3 MiB, 12 files``."""
    return f"{amount(saved.size)}, {quantity(saved.files, 'file')}"


def pack(contents: Contents, config: str, folder: Path) -> bytes:
    """Return the seal: the contents, the config variables as JSON, and the accepted folder."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        description = {"version": VERSION, **asdict(contents)}
        _add(archive, "backup.json", json.dumps(description, indent=2).encode())
        _add(archive, "config.json", config.encode())
        archive.add(folder, "deploy.d", filter=_anonymous)
    return stream.getvalue()


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    archive.addfile(entry, io.BytesIO(data))


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def unpack(seal: bytes) -> tuple[Contents, dict[str, str]]:
    """Return what a seal says, and the config variables in it; raises HostError."""
    try:
        with tarfile.open(fileobj=io.BytesIO(seal)) as archive:
            return _contents(_json(archive, "backup.json")), _json(archive, "config.json")
    except (tarfile.TarError, KeyError, ValueError, TypeError, InvalidValue) as error:
        raise HostError(f"the description of the backup cannot be read ({error})") from None


def _json(archive: tarfile.TarFile, name: str) -> dict[str, Any]:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    value: dict[str, Any] = json.loads(file.read())
    return value


def _contents(value: dict[str, Any]) -> Contents:
    if value.pop("version") != VERSION:
        raise ValueError("it was made by a newer version of ansible-deploy")
    services = tuple(_service(row) for row in value.pop("services"))
    volumes = tuple(_volume(row) for row in value.pop("volumes"))
    variables = tuple(value.pop("variables", ()))
    return Contents(**value, services=services, volumes=volumes, variables=variables)


def _service(row: dict[str, Any]) -> SavedService:
    checked("service", row["name"])
    counts = {name: (int(low), int(high)) for name, (low, high) in row.pop("counts").items()}
    return SavedService(**{**row, "counts": counts, "roles": tuple(row.get("roles", ()))})


def _volume(row: dict[str, Any]) -> SavedVolume:
    found = SavedVolume(**row)
    if "/" in found.folder:
        raise ValueError(f"{found.folder} is no name of a folder")
    return found
