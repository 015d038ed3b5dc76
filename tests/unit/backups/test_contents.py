"""A seal says again what was written into it, and a broken one is told in words."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_deploy.backups.contents import (
    Contents,
    SavedService,
    SavedVolume,
    pack,
    unpack,
)
from ansible_deploy.errors import HostError

SERVICE = SavedService(
    key="db",
    kind="postgres",
    name="shop-db",
    image="postgres:17.4",
    variable="DATABASE_URL",
    snapshot="0123abcd",
    file="db.dump",
    size=1000,
    sha256="ab" * 32,
    counts={"public.orders": (7, 8)},
)
VOLUME = SavedVolume("uploads", "4567cdef", files=3, size=24, owner=32767, mode=0o755)
CONTENTS = Contents(
    "shop",
    "2026-11-22T03:17:00Z",
    "scheduled",
    "a" * 40,
    "dokku/shop:latest",
    (SERVICE,),
    (VOLUME,),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An accepted deploy.d."""
    path = tmp_path / "deploy.d"
    path.mkdir()
    (path / "deploy.yml").write_text("port: 8000\n")
    return path


def test_what_was_written_is_read(folder: Path) -> None:
    contents, config = unpack(pack(CONTENTS, '{"A": "b"}', folder))
    assert contents == CONTENTS
    assert config == {"A": "b"}
    assert contents.size == 1024


def test_a_seal_of_before_is_read(folder: Path) -> None:
    """What is in it by now was not always."""
    seal = pack(CONTENTS, "{}", folder)
    assert b'"variables": []' in seal
    assert unpack(seal.replace(b'"variables": []', b'"app": "shop"  '))[0] == CONTENTS
    named = replace(CONTENTS, variables=("DATABASE_URL", "REDIS_URL"))
    assert unpack(pack(named, "{}", folder))[0] == named


def test_the_folder_is_in_it_and_belongs_to_nobody(folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(pack(CONTENTS, "{}", folder))) as archive:
        entry = archive.getmember("deploy.d/deploy.yml")
    assert (entry.uid, entry.uname) == (0, "")


def test_a_name_that_is_none_is_refused(folder: Path) -> None:
    odd = replace(CONTENTS, services=(replace(SERVICE, name="--force"),))
    with pytest.raises(HostError, match="description of the backup cannot be read"):
        unpack(pack(odd, "{}", folder))


@pytest.mark.parametrize("seal", [b"", b"no archive", b"\0" * 1024])
def test_a_broken_seal_is_told(seal: bytes) -> None:
    with pytest.raises(HostError, match="cannot be read"):
        unpack(seal)
