"""A repository that another process holds is waited for: apps may share one."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import restic, restic_locks
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.pipes import Program
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import (
    Repository,
    ResticError,
)
from tests.waiting import wait_for

Save = Callable[[Repository, Path], object]
SAVES: dict[str, Save] = {
    "stream": lambda repo, _: restic.save_stream(repo, Program(("echo", "x")), "x", []),
    "bytes": lambda repo, _: restic.save_bytes(repo, b"x", "x", []),
    "folder": lambda repo, folder: restic.save_folder(repo, folder, []),
    "prune": lambda repo, _: restic.prune(repo),
}


@pytest.fixture
def holder(on_disk: Repository) -> Iterator[subprocess.Popen[bytes]]:
    """Another app's check, which holds the repository for itself and stands still."""
    environment = {
        **os.environ,
        "RESTIC_REPOSITORY": on_disk.address,
        "RESTIC_PASSWORD_FILE": on_disk.password_file,
    }
    words = ("restic", "check", "--no-cache", "--quiet")
    with subprocess.Popen(words, env=environment) as process:
        wait_for(lambda: any("tmp" not in name for name in os.listdir(f"{on_disk.address}/locks")))
        process.send_signal(signal.SIGSTOP)
        yield process
        process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("name", SAVES)
def test_it_is_waited_for(
    on_disk: Repository,
    holder: subprocess.Popen[bytes],
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unlock_and_go_on(repository: Repository) -> None:
        restic.unlock(repository)
        holder.send_signal(signal.SIGCONT)
        assert holder.wait() == 0, "the lock of a live process was removed"

    monkeypatch.setattr(restic_locks, "unlock", unlock_and_go_on)
    (tmp_path / "volume").mkdir()
    SAVES[name](on_disk, tmp_path / "volume")
    assert holder.returncode == 0, "nobody waited"


@pytest.mark.usefixtures("holder")
def test_not_longer_than_there_is_time(on_disk: Repository, tmp_path: Path) -> None:
    with pytest.raises(ResticError) as raised:
        restic.save_folder(on_disk, tmp_path, [], seconds=4.0)
    assert raised.value.kind in ("locked", "time")
