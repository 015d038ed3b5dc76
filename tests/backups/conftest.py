"""Each kind of place once for all tests, and repositories in it."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import restic
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Repository
from tests.backups.servers.local import local
from tests.backups.servers.place import Place
from tests.backups.servers.rest import rest
from tests.backups.servers.s3 import s3
from tests.backups.servers.sftp import sftp

PLACES: dict[str, Callable[[Path], AbstractContextManager[Place]]] = {
    "local": local,
    "s3": s3,
    "rest": rest,
    "sftp": sftp,
}
NUMBERS = itertools.count(1)


@pytest.fixture(scope="session", params=PLACES)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Each kind of place in turn."""
    with PLACES[request.param](tmp_path_factory.mktemp(request.param)) as found:
        yield found


@pytest.fixture(scope="session")
def shared(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository that exists; tests share it, and mark what is theirs."""
    repository = place.repository(tmp_path_factory.mktemp("secrets"), "shared")
    restic.create(repository)
    return repository


@pytest.fixture
def repository(place: Place, tmp_path: Path) -> Repository:
    """A repository that does not exist yet."""
    return place.repository(tmp_path, f"app-{next(NUMBERS)}")


@pytest.fixture(scope="session")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A folder, for tests to which the kind of place does not matter."""
    with local(tmp_path_factory.mktemp("disk")) as found:
        yield found


@pytest.fixture(scope="session")
def made(disk: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository in a folder, to be copied: making one takes restic seconds."""
    found = disk.repository(tmp_path_factory.mktemp("secrets"), "made")
    restic.create(found)
    return Path(found.address)


@pytest.fixture
def on_disk(disk: Place, made: Path, tmp_path: Path) -> Repository:
    """A repository in a folder."""
    found = disk.repository(tmp_path, f"app-{next(NUMBERS)}")
    shutil.copytree(made, found.address)
    return found


@pytest.fixture
def tag() -> str:
    """A tag that no other test uses."""
    return f"backup:{next(NUMBERS):012x}"
