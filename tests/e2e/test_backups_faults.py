"""What goes wrong is told as a failure, is remembered as one, and is never in the list."""

from __future__ import annotations

import io
import json
import os
import platform
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.backups.servers.place import FolderStore, Place
from tests.e2e.backups import PASSWORD, Remains, Shop, Target
from tests.e2e.hosts import SandboxHost

WISH = "services: [postgres]\nvolumes: [uploads:/app/uploads]\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A folder for repositories that tests may spoil."""
    folder = tmp_path_factory.mktemp("faulty") / "disk"
    folder.mkdir()
    return Place("local", str(folder), FolderStore(folder))


@pytest.fixture(scope="module")
def shop(
    home: SandboxHost, place: Place, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    """An app that had a good backup once."""
    shop = Shop(home, "e2e-faulty", tmp_path_factory.mktemp("faulty") / "tree", WISH)
    shop.target(place).set_up()
    shop.push()
    shop.fill("one")
    yield shop
    home.clear_one(shop.app)


@pytest.fixture
def target(shop: Shop, place: Place) -> Target:
    """Its target."""
    return shop.target(place)


@pytest.fixture(scope="module")
def saved(shop: Shop, place: Place) -> tuple[str, Path]:
    """A good backup, and a copy of its repository."""
    backup, copy = shop.backup(), Path(place.address).with_name("copy")
    shutil.copytree(Path(place.address) / shop.app, copy)
    return backup, copy


@pytest.fixture
def good(shop: Shop, place: Place, saved: tuple[str, Path]) -> Iterator[str]:
    """A good backup; afterwards the repository is as it was."""
    backup, copy = saved
    yield backup
    repository = Path(place.address) / shop.app
    shutil.rmtree(repository, ignore_errors=True)
    shutil.copytree(copy, repository)


@contextmanager
def unharmed(shop: Shop) -> Iterator[None]:
    """Data, list and services of the app are the same afterwards."""
    marks, listed, remains = shop.marks(), shop.backups(), Remains(shop.host, shop.app)
    yield
    assert shop.marks() == marks
    assert shop.backups() == listed
    assert remains.left() == set()


def fails(shop: Shop, command: str, *said: str, words: tuple[str, ...] = ()) -> str:
    """Run a command that must fail with these words; return all that it says."""
    answer = shop.ours(command, *words, check=False)
    assert answer.exit == 1, answer.output
    assert "Traceback" not in answer.output
    for each in said:
        assert each in answer.output, answer.output
    return answer.output


def fails_to_back_up(shop: Shop, *said: str) -> None:
    """The same of a backup, with what is remembered of it, and of one by the clock."""
    last = shop.report("backups-last")
    output = fails(shop, "backup", *said)
    assert "=====> Backup " not in output
    assert shop.report("backups-last") == last
    assert shop.report("backups-failed") in output
    assert shop.report("backups-failed") != ""
    assert shop.report("backups-failed-at") != ""
    metrics = next((shop.host.lib_root / "data/ansible-deploy").rglob(f"*{shop.app}*.prom"))
    about = f'app="{shop.app}",host="{platform.node()}"'
    assert f"ansible_deploy_backup_failed{{{about}}} 1" in metrics.read_text()


def test_a_wrong_password(shop: Shop, good: str, target: Target) -> None:
    set_password = ("ansible-deploy:set", shop.app, "backup-password", "main")
    before = shop.marks()
    shop.host.dokku(*set_password, stdin="another-password-than-before")
    fails_to_back_up(shop, "wrong password")
    for command in ("verify", "restore", "backups"):
        output = fails(shop, command, "wrong password")
        assert "another-password" not in output
    shop.host.dokku(*set_password, stdin=PASSWORD)
    assert (shop.marks(), shop.backups()[0]["id"]) == (before, good)


def test_a_target_that_is_away_and_what_the_next_push_says(
    shop: Shop, good: str, place: Place
) -> None:
    away = Path(place.address).with_name("unmounted")
    Path(place.address).rename(away)
    try:
        fails_to_back_up(shop, "cannot be reached", "is not there")
        fails(shop, "backup", "cannot be reached", words=("--scheduled",))
        fails(shop, "backups")
        pushed = shop.push(text="new").output
        assert "there is no backup from before this release" in pushed
        assert (
            " !     backups: the last backup failed (" in pushed
            or "the last backup failed (" in pushed
        )
        assert shop.host.get(f"{shop.app}.dokku.sandbox") == (200, "new")
    finally:
        away.rename(place.address)
    assert shop.backups()[0]["id"] == good


def test_a_full_disk(shop: Shop, good: str, place: Place, target: Target) -> None:
    if os.getuid():
        pytest.skip("only root mounts a small disk")
    disk, repository = Path(place.address), Path(place.address) / shop.app
    saved = disk.with_name("saved")
    repository.rename(saved)
    repository.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(repository)], check=True)
    try:
        subprocess.run(["cp", "-a", f"{saved}/.", str(repository)], check=True)
        (shop.volume / "large").write_bytes(os.urandom(8_000_000))
        with unharmed(shop):
            fails_to_back_up(shop, "no space left")
        shop.ours("verify")
    finally:
        (shop.volume / "large").unlink(missing_ok=True)
        subprocess.run(["umount", "-l", str(repository)], check=True)
        repository.rmdir()
        saved.rename(repository)


def test_a_repository_that_is_gone(shop: Shop, good: str, place: Place, target: Target) -> None:
    record = shop.host.data(shop.app) / "backups.json"
    known = record.read_text()
    shutil.rmtree(Path(place.address) / shop.app)
    fails(shop, "backup", "are no longer at", words=("--scheduled",))
    assert "are no longer at" in shop.report("backups-failed")
    fails(shop, "backups", "are no longer at")
    fails(shop, "verify")
    fails(shop, "restore")
    assert not (Path(place.address) / shop.app / "config").exists(), "a new one hides the loss"
    target.restic(shop.app, "init")
    fails(shop, "backup", "are no longer at", words=("--scheduled",))
    assert target.snapshots(shop.app) == [], "neither does another empty one"
    said = "the repository with the earlier backups is gone; a new one"
    assert said in shop.ours("backup").output
    record.write_text(known)


@pytest.mark.parametrize("folder", ["data", "snapshots", "index"])
def test_damaged_files(shop: Shop, good: str, place: Place, folder: str) -> None:
    marks, remains = shop.marks(), Remains(shop.host, shop.app)
    place.spoil(shop.app, folder)
    output = fails(shop, "verify")
    assert shop.report("backups-disproven") in output
    assert shop.report("backups-disproven") != ""
    if folder == "data":  # of the others this host has copies of its own
        fails(shop, "restore", words=(good,))
    assert (shop.marks(), remains.left()) == (marks, set())
    assert shop.report("backups-restored") == ""
    if folder == "data":
        assert "THE LAST PROOF FAILED" in shop.push().output


def test_what_the_upkeep_finds_is_told_beside_good_backups(
    shop: Shop, good: str, place: Place
) -> None:
    repository = Path(place.address) / shop.app
    pack = next(path for path in (repository / "data").rglob("*") if path.is_file())
    spoilt = bytearray(pack.read_bytes())
    spoilt[len(spoilt) // 2] ^= 255
    pack.chmod(0o600)
    pack.write_bytes(spoilt)
    file = shop.host.data(shop.app) / "backups.json"
    due = {**shop.record, "maintained": "", "checked": int(pack.name[:2], 16) % 8}
    file.write_text(json.dumps(due))
    pruning = ("ansible-deploy:set", shop.app, "backup-pruning", "main")
    shop.host.dokku(*pruning, "deny")  # a prune may remove what is damaged, where it is not used
    fails(shop, "backup", "upkeep of main", "is damaged", words=("--scheduled",))
    assert shop.backups()[0]["reason"] == "scheduled"
    assert (shop.report("backups-failed"), shop.report("backups-failed-at")) == ("", "")
    shop.ours("backup")
    assert "is damaged" in shop.report("backups-damaged")
    assert shop.report("backups-upkeep-failed") != ""
    assert "THE REPOSITORY IS DAMAGED" in shop.push().output
    shop.host.dokku(*pruning, "--unset")
    file.write_text(json.dumps({**shop.record, "damaged": "", "upkeep_failed": ""}))


def test_a_stopped_service(shop: Shop, good: str) -> None:
    name = shop.service("postgres")
    shop.host.dokku("postgres:stop", name)
    try:
        fails_to_back_up(shop, name)
        pushed = shop.host.push(shop.app)  # Docker starts no container that is linked to it
        assert "there is no backup from before this release; it goes on" in pushed.output
        assert shop.backups()[0]["id"] == good
    finally:
        shop.host.dokku("postgres:start", name)
    shop.push(text="newest")
    assert shop.report("backups-failed") == ""


def test_a_database_that_breaks_in_the_middle_of_its_dump(
    shop: Shop, good: str, target: Target
) -> None:
    """Its rows can be counted, but a large value cannot be read: the dump breaks after others."""
    name = shop.service("postgres")
    shop.sql(
        "create table zebra (id int, large text);"
        " alter table zebra alter large set storage external;"
        " insert into zebra select i, repeat(md5(i::text), 20000) from generate_series(1, 8) i;"
        " checkpoint;"
    )
    path = shop.sql(
        "select pg_relation_filepath(reltoastrelid) from pg_class where relname = 'zebra';"
    )
    shop.host.dokku("postgres:stop", name)
    file = next((shop.host.lib_root / "services").rglob(path))
    os.truncate(file, file.stat().st_size // 16384 * 8192)
    shop.host.dokku("postgres:start", name)
    try:
        before = len(target.snapshots(shop.app))
        with unharmed(shop):
            fails_to_back_up(shop, f"postgres {name}")
        assert len(target.snapshots(shop.app)) == before, "the half dump is a snapshot"
    finally:
        shop.sql("drop table zebra;")


@pytest.fixture
def tomorrow(shop: Shop, good: str, target: Target) -> str:
    """A backup that was made while a clock was ahead; not even one that can be restored."""
    later = f"{datetime.now().astimezone() + timedelta(days=2):%Y-%m-%d %H:%M:%S}"
    tags = ("--tag", f"app:{shop.app},seal,reason:scheduled,revision:,backup:0123456789ab")
    words = ("backup", "--stdin", "--stdin-filename", "backup.tar", "--time", later, *tags)
    target.restic(shop.app, *words, data=b"from tomorrow")
    found: str = shop.backups()[0]["id"]
    return found


def test_a_backup_that_is_ahead_of_the_clock_stops_no_others(
    shop: Shop, good: str, target: Target, tomorrow: str
) -> None:
    shop.ours("backup", "--scheduled")
    assert shop.report("backups-failed") == ""
    assert f"forget {tomorrow}" in shop.ours("backup").output, "who asks is told how to remove it"
    assert "ahead of this host's clock" in shop.ours("backups").output
    newest = shop.report("backups-last")
    assert f"Restoring backup {newest} " in shop.ours("verify").output
    target.restic(shop.app, "forget", tomorrow)
    assert "forget" not in shop.ours("backup").output


def test_a_clock_that_was_set_back(shop: Shop, good: str, tomorrow: str) -> None:
    """The last backup of this host itself: until it is mended nothing is saved by the clock."""
    file = shop.host.data(shop.app) / "backups.json"
    file.write_text(json.dumps({**shop.record, "last": tomorrow}))
    with unharmed(shop):
        output = fails(shop, "backup", "set the clock right", words=("--scheduled",))
        assert shop.report("backups-failed") in output
        assert f"dokku ansible-deploy:backup {shop.app}" in output
    assert "set the clock right" in shop.ours("backup").output, "who asks is warned"
    shop.ours("backup", "--scheduled")


def test_a_dump_that_lacks_what_was_counted(shop: Shop, good: str, target: Target) -> None:
    """As if a database had lost a table between its count and its dump."""

    def lose(contents: dict[str, Any]) -> None:
        contents["services"][0]["counts"]["public.lost"] = [5, 5]

    bad = forge(shop, target, good, lose)
    with unharmed(shop):
        fails(shop, "verify", "public.lost", "had 5 rows")
    assert "public.lost" in shop.report("backups-disproven")
    restored = shop.ours("restore", bad).output
    assert "public.lost is gone, and had 5 rows" in restored, "who has nothing better is told"
    shop.ours("restore", "--undo")
    shop.ours("restore", "--confirm")


def test_a_volume_that_lacks_files(shop: Shop, good: str, target: Target) -> None:
    def lose(contents: dict[str, Any]) -> None:
        contents["volumes"][0]["files"] += 1

    forge(shop, target, good, lose)
    with unharmed(shop):
        fails(shop, "verify", "volume uploads has")


def forge(shop: Shop, target: Target, backup: str, change: Callable[[dict[str, Any]], None]) -> str:
    """Make a seal like that of a backup with other contents; return its id."""
    seal, forged = io.BytesIO(target.restic(shop.app, "dump", backup, "backup.tar")), io.BytesIO()
    with tarfile.open(fileobj=seal) as old, tarfile.open(fileobj=forged, mode="w") as new:
        for entry in old:
            data = old.extractfile(entry)
            content = data.read() if data else b""
            if entry.name == "backup.json":
                value = json.loads(content)
                change(value)
                content = json.dumps(value).encode()
                entry.size = len(content)
            new.addfile(entry, io.BytesIO(content) if data else None)
    real = next(row for row in target.snapshots(shop.app) if row["id"].startswith(backup))
    more = ("backup", "--stdin", "--stdin-filename", "backup.tar", "--tag", ",".join(real["tags"]))
    target.restic(shop.app, *more, data=forged.getvalue())
    newest: str = shop.backups()[0]["id"]
    return newest


def test_the_apps_own_question(shop: Shop, good: str) -> None:
    """It is asked of the restored database, and an error or nothing is no answer."""
    file = shop.host.data(shop.app) / "deploy.d/deploy.yml"
    wish, marks, remains = file.read_text(), shop.marks(), Remains(shop.host, shop.app)
    try:
        for check, said in (
            ("select count(*) from orders where price < 0", "answers 0"),
            ("select 1 / (count(*) - 400) from orders", "division by zero"),
        ):
            file.write_text(f"{wish}backups: {{verify: {{check: {check}}}}}\n")
            fails(shop, "verify", said)
            assert said in shop.report("backups-disproven")
        file.write_text(wish + "backups: {verify: {check: select count(*) from orders}}\n")
        assert "the check answers 400" in shop.ours("verify").output
        assert shop.report("backups-disproven") == ""
        assert (shop.marks(), remains.left()) == (marks, set())
    finally:
        file.write_text(wish)
