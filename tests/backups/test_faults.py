"""What may happen to a repository and to those who work on it: each is told as what it is."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import restic, restic_locks
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.pipes import Broken, Program
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import (
    Repository,
    ResticError,
)
from tests.backups.processes import adopted_orphans, gone, users_of
from tests.backups.restores import restore
from tests.backups.servers.local import local
from tests.backups.servers.place import PASSWORD, Place, secret
from tests.backups.servers.rest import rest
from tests.waiting import wait_for

NOBODY = 65534


def shell(words: str) -> Program:
    return Program(("/bin/sh", "-c", words))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Place]:
    """A disk with room for little."""
    with local(tmp_path) as place:
        mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place.address]
        if os.geteuid() or subprocess.run(mount, check=False).returncode:
            pytest.skip("mounting needs root")
        yield place
        subprocess.run(["umount", place.address], check=True)


def test_a_full_disk_is_told_and_leaves_what_was(small_disk: Place, tmp_path: Path) -> None:
    repository = small_disk.repository(tmp_path, "app")
    restic.create(repository)
    before = restic.save_bytes(repository, b"x" * 1000, "seal.tar", ["app:shop"])
    much = Program(("head", "-c", "30000000", "/dev/urandom"))
    with pytest.raises(ResticError) as stream:
        restic.save_stream(repository, much, "db.dump", ["app:shop"])
    assert stream.value.kind == "full"
    assert [snapshot.id[:8] for snapshot in restic.snapshots(repository)] == [before.id]
    assert restic.read(repository, before.id, "seal.tar", limit=1000) == b"x" * 1000


def test_a_full_disk_stops_a_restore(
    small_disk: Place, on_disk: Repository, tmp_path: Path
) -> None:
    volume = tmp_path / "volume"
    volume.mkdir()
    (volume / "file").write_bytes(os.urandom(6_000_000))
    saved = restic.save_folder(on_disk, volume, [])
    with pytest.raises(ResticError) as raised:
        restore(on_disk, saved.id, Path(small_disk.address) / "restored")
    assert raised.value.kind == "full"


def test_an_append_only_target_keeps_what_it_has(tmp_path: Path) -> None:
    with rest(tmp_path, append_only=True) as place:
        repository = place.repository(tmp_path, "app")
        restic.create(repository)
        saved = restic.save_bytes(repository, b"x", "seal.tar", ["app:shop"])
        with pytest.raises(ResticError) as raised:
            restic.forget(repository, [saved.id])
        assert raised.value.kind == "refused"
        assert restic.read(repository, saved.id, "seal.tar", limit=1) == b"x"
        restic.check(repository)
        restic.unlock(repository)


def test_what_cannot_be_read_is_no_backup(disk: Place, tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    volume.mkdir()
    (volume / "read").write_text("1", "utf-8")
    (volume / "unread").write_text("2", "utf-8")
    (volume / "unread").chmod(0)
    repository = disk.repository(tmp_path, "unread")
    restic.create(repository)
    with pytest.raises(ResticError) as raised:
        restic.save_folder(less_than_root(repository, tmp_path), volume, [])
    assert raised.value.kind == "incomplete"
    assert raised.value.reason.startswith(str(volume / "unread"))
    assert "ermission denied" in raised.value.reason
    with pytest.raises(ResticError) as missing:
        restic.save_folder(repository, tmp_path / "nowhere", [])
    assert missing.value.kind == "incomplete"


def less_than_root(repository: Repository, folder: Path) -> Repository:
    """Returns the repository with a reader that may not read every file."""
    if os.geteuid():
        return repository
    drop = "--bounding-set=-dac_override,-dac_read_search"
    reader = folder / "reader"
    reader.write_text(f'#!/bin/sh\nexec setpriv {drop} {repository.program} "$@"\n', "utf-8")
    reader.chmod(0o755)
    return dataclasses.replace(repository, reader=str(reader))


def test_an_empty_folder_is_a_backup_of_nothing(on_disk: Repository, tmp_path: Path) -> None:
    (tmp_path / "volume").mkdir()
    (tmp_path / "volume/cache").mkdir()
    for exclude in ([], ["cache"]):
        saved = restic.save_folder(on_disk, tmp_path / "volume", [], exclude=exclude)
        assert (saved.files, restic.held(on_disk, saved.id).files) == (0, 0)
        restore(on_disk, saved.id, tmp_path / f"restored-{len(exclude)}")
    assert os.listdir(tmp_path / "restored-0/volume") == ["cache"]
    assert os.listdir(tmp_path / "restored-1/volume") == []


def test_a_folder_behind_a_link_is_the_same_folder(on_disk: Repository, tmp_path: Path) -> None:
    (tmp_path / "volume/tmp").mkdir(parents=True)
    (tmp_path / "volume/tmp/left-out").touch()
    (tmp_path / "volume/kept").touch()
    (tmp_path / "link").symlink_to("volume")
    saved = restic.save_folder(on_disk, tmp_path / "link", [], exclude=["tmp"])
    assert restic.held(on_disk, saved.id).files == 1


@pytest.mark.parametrize("name", ["-n", "--help", "a,b", "a b", ""])
def test_a_word_that_is_no_tag_is_refused(on_disk: Repository, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a tag"):
        restic.save_bytes(on_disk, b"x", "seal.tar", [name])


def test_a_damaged_list_of_contents_is_told(
    disk: Place, on_disk: Repository, tmp_path: Path
) -> None:
    restic.save_bytes(on_disk, b"x", "seal.tar", [])
    disk.spoil(Path(on_disk.address).name, "index")
    with pytest.raises(ResticError) as raised:
        restic.check(on_disk)
    assert raised.value.kind == "damaged"


def test_a_lost_pack_is_told(on_disk: Repository) -> None:
    saved = restic.save_bytes(on_disk, b"x" * 1000, "seal.tar", [])
    for pack in Path(on_disk.address, "data").rglob("*"):
        if pack.is_file():
            pack.unlink()
    for attempt in (
        lambda: restic.check(on_disk),
        lambda: restic.read(on_disk, saved.id, "seal.tar", limit=1000),
    ):
        with pytest.raises(ResticError) as raised:
            attempt()
        assert raised.value.kind == "damaged"


def test_time_is_bounded_and_leaves_no_snapshot(on_disk: Repository, tmp_path: Path) -> None:
    endless = shell(f"echo $$ >{tmp_path}/pid; exec cat /dev/zero")
    with pytest.raises(ResticError) as raised:
        restic.save_stream(on_disk, endless, "db.dump", [], seconds=1.5)
    assert raised.value.kind == "time"
    gone(tmp_path / "pid")
    assert users_of(on_disk.address) == []
    assert restic.snapshots(on_disk) == []


def test_a_target_that_never_answers_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restic, "QUICK", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"rest:http://127.0.0.1:{silent.getsockname()[1]}/app"
        password = secret(tmp_path / "password", PASSWORD)
        with pytest.raises(ResticError) as raised:
            restic.identity(Repository(address, str(password)))
    assert raised.value.kind == "time"


def test_a_lock_of_a_live_process_is_respected_and_that_of_a_dead_one_is_not(
    on_disk: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restic_locks, "LONGEST", 1.5)
    saved = restic.save_bytes(on_disk, b"x", "seal.tar", [])
    pump = start_pump(on_disk, tmp_path)
    try:
        with pytest.raises(ResticError) as raised:
            restic.prune(on_disk)
        assert raised.value.kind == "locked"
    finally:
        kill(pump, on_disk)
    assert os.listdir(Path(on_disk.address) / "locks")
    restic.forget(on_disk, [saved.id])
    restic.prune(on_disk)
    assert restic.snapshots(on_disk) == []


def test_who_fails_leaves_no_lock(on_disk: Repository) -> None:
    with pytest.raises(Broken):
        restic.save_stream(on_disk, shell("head -c 1000000 /dev/zero; sleep 2; exit 1"), "x", [])
    assert os.listdir(Path(on_disk.address) / "locks") == []


PUMP = """\
import sys
from ansible_collections.ansible_deploy.dokku.plugins.module_utils import pipes, restic
address, password, words = sys.argv[1:]
source = pipes.Program(("/bin/sh", "-c", words))
restic.save_stream(restic.Repository(address, password), source, "db.dump", ["killed"])
"""


def start_pump(repository: Repository, folder: Path) -> subprocess.Popen[bytes]:
    """Starts one who saves a stream without end; returns when restic holds its lock."""
    words = f"echo $$ >{folder}/source; head -c 3000000 /dev/urandom; while :; do sleep 1; done"
    arguments = [repository.address, repository.password_file, words]
    pump = subprocess.Popen([sys.executable, "-c", PUMP, *arguments])
    wait_for(
        lambda: (folder / "source").exists() and os.listdir(Path(repository.address) / "locks")
    )
    return pump


def kill(pump: subprocess.Popen[bytes], repository: Repository) -> None:
    """Kills the one who saves, and returns when its restic is no more."""
    with adopted_orphans():
        (worker,) = users_of(repository.address)
        pump.kill()
        pump.wait()
        os.waitpid(worker, 0)


def test_when_we_are_killed_there_is_no_snapshot_and_nobody_left(
    on_disk: Repository, tmp_path: Path
) -> None:
    kill(start_pump(on_disk, tmp_path), on_disk)
    gone(tmp_path / "source")
    assert restic.snapshots(on_disk) == []
    restic.check(on_disk)


def test_when_restic_is_killed_it_is_told(on_disk: Repository, tmp_path: Path) -> None:
    killer = "for i in $(cat {0}); do kill -KILL $i; done"
    pids = tmp_path / "pids"
    words = f"until [ -s {pids} ]; do sleep 0.05; done; {killer.format(pids)}; sleep 5"
    source = Program(("/bin/sh", "-c", f"echo $$ >{tmp_path}/pid; {words}"))
    script = f'#!/bin/sh\necho $$ >{pids}\nexec restic "$@"\n'
    (tmp_path / "restic").write_text(script, "utf-8")
    (tmp_path / "restic").chmod(0o755)
    watched = dataclasses.replace(on_disk, program=str(tmp_path / "restic"))
    with pytest.raises(ResticError) as raised:
        restic.save_stream(watched, source, "db.dump", [])
    assert raised.value.kind == "failed"
    gone(tmp_path / "pid")
    assert restic.snapshots(on_disk) == []


def test_no_secret_stands_in_a_command_line(tmp_path: Path) -> None:
    with rest(tmp_path) as place:
        repository = place.repository(tmp_path, "app")
        restic.create(repository)
        lines = tmp_path / "lines"
        look = "for p in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$p; echo; done 2>/dev/null"
        at_work = f'until [ "$(ls {tmp_path}/disk/app/locks)" ]; do sleep 0.05; done'
        spy = shell(f"{at_work}; {look} | tee {lines}")
        restic.save_stream(repository, spy, "x", [])
    seen = lines.read_text("utf-8", "replace").splitlines()
    of_others = "\n".join(line for line in seen if "rclone" not in line)
    assert "restic --no-cache backup" in of_others
    assert PASSWORD not in of_others
    assert place.credentials["RESTIC_REST_PASSWORD"] not in of_others


def test_the_environment_of_the_caller_does_not_matter(
    on_disk: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RESTIC_REPOSITORY", "RESTIC_PASSWORD_COMMAND", "RESTIC_PASSWORD", "AWS_PROFILE"):
        monkeypatch.setenv(name, "/nowhere")
    assert restic.identity(on_disk)


def test_a_cache_is_kept_where_it_is_said_and_a_check_leaves_none(tmp_path: Path) -> None:
    left = tmp_path / "cache/check-0"  # of a check that was killed
    left.mkdir(parents=True)
    with rest(tmp_path) as place:
        repository = place.repository(tmp_path, "app", cache=True)
        identity = restic.create(repository)
        restic.save_bytes(repository, b"x", "seal.tar", [])
        restic.check(repository)
    assert {identity, "CACHEDIR.TAG"} >= set(os.listdir(tmp_path / "cache")) >= {identity}
