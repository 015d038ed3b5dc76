"""Folders that we may not read: restic's reader does, or it is told and nothing is saved."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import restic
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import (
    Repository,
    ResticError,
)
from ansible_deploy import files
from ansible_deploy.backups.contents import SavedVolume
from ansible_deploy.context import Context
from ansible_deploy.layout import Layout
from ansible_deploy.report import Report
from ansible_deploy.settings import Settings
from tests.backups.restores import bring_volume
from tests.backups.test_faults import NOBODY, less_than_root

SAVE = """\
import pathlib, sys
from ansible_collections.ansible_deploy.dokku.plugins.module_utils import restic
address, password, reader, folder = sys.argv[1:]
repository = restic.Repository(address, password, reader=reader)
try:
    pathlib.Path(folder, "file").read_text()
except PermissionError:
    print(restic.save_folder(repository, pathlib.Path(folder), []).id)
"""


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A folder of an app."""
    folder = tmp_path / "shop_uploads"
    (folder / "sub").mkdir(parents=True)
    (folder / "file").write_text("1", "utf-8")
    (folder / "sub/file").write_text("2", "utf-8")
    (folder / "shop_uploads").write_text("named like the folder", "utf-8")
    return folder


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """An app that something is restored for."""
    layout = Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)
    files.make_folder(layout.app("shop").path)
    return Context("shop", layout, Settings({}), Dokku(), Report(io.StringIO()))


@pytest.fixture
def reader() -> Iterator[str]:
    """A copy of restic as `install` makes it."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        copy = shutil.copy2(shutil.which("restic") or "", folder)
        words = ["setcap", "cap_dac_read_search=+ep", copy]
        if os.geteuid() or not shutil.which("setcap") or subprocess.run(words).returncode:
            pytest.skip("giving a capability needs root, and a file system that keeps it")
        if subprocess.run([copy, "version"], capture_output=True).returncode:
            pytest.skip("this machine does not let root have the capability")
        yield copy


def test_what_is_all_unreadable_is_no_empty_folder(
    on_disk: Repository, volume: Path, tmp_path: Path
) -> None:
    for path in volume.iterdir():
        path.chmod(0)
    with pytest.raises(ResticError) as raised:
        restic.save_folder(less_than_root(on_disk, tmp_path), volume, [])
    assert raised.value.kind == "incomplete"


def test_a_folder_that_is_closed_itself_is_told_and_not_blamed_on_the_target(
    on_disk: Repository, volume: Path, tmp_path: Path
) -> None:
    volume.chmod(0)
    with pytest.raises(ResticError) as raised:
        restic.save_folder(less_than_root(on_disk, tmp_path), volume, [])
    volume.chmod(0o700)
    assert raised.value.kind == "incomplete"
    assert str(volume) in raised.value.reason
    assert "target" not in str(raised.value)
    assert restic.snapshots(on_disk) == []


@pytest.mark.parametrize("mode", [0o700, 0o770, 0o500])
def test_the_reader_saves_a_folder_that_is_closed_to_us(
    on_disk: Repository, volume: Path, reader: str, context: Context, mode: int
) -> None:
    """We are root without its rights: `noroot` leaves a program those of its file alone."""
    for path in (volume, *volume.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    (volume / "sub").chmod(0)
    volume.chmod(mode)
    words = ("setpriv", "--securebits=+noroot", "--clear-groups", sys.executable, "-c", SAVE)
    what = (on_disk.address, on_disk.password_file, reader, str(volume))
    run = subprocess.run([*words, *what], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    saved = SavedVolume("uploads", run.stdout.strip(), 3, 23, NOBODY, mode, volume.name)
    restored = context.folder.path / "proof-0"
    assert bring_volume(context, on_disk, saved, restored) == {NOBODY}
    assert listing(restored) == listing(volume)
    assert restored.stat().st_mode & 0o7777 == mode
    assert [path.name for path in context.folder.path.iterdir() if path.is_dir()] == ["proof-0"]


def test_a_backup_of_before_has_no_level_of_the_folder(
    on_disk: Repository, volume: Path, context: Context
) -> None:
    environment = {
        **os.environ,
        "RESTIC_REPOSITORY": on_disk.address,
        "RESTIC_PASSWORD_FILE": on_disk.password_file,
    }
    words = ["restic", "--no-cache", "backup", "--quiet", "."]
    subprocess.run(words, cwd=volume, env=environment, check=True)
    (snapshot,) = restic.snapshots(on_disk)
    saved = SavedVolume("uploads", snapshot.id, 3, 23, os.getuid(), 0o755)
    restored = context.folder.path / "proof-0"
    bring_volume(context, on_disk, saved, restored)
    assert listing(restored) == listing(volume)
    nothing = replace(saved, snapshot="", files=0)
    bring_volume(context, on_disk, nothing, restored.with_name("proof-1"))
    assert listing(restored.with_name("proof-1")) == {}


def listing(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text("utf-8") if path.is_file() else ""
        for path in folder.rglob("*")
    }
