"""What holds for every kind of target: a folder, S3, REST and SFTP, with real servers."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import pipes, restic
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.pipes import (
    Broken,
    Flow,
    Program,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import (
    Repository,
    ResticError,
)
from tests.backups.restores import restore
from tests.backups.servers.place import PASSWORD, Place, secret

DATA = os.urandom(3_000_000)


def shell(words: str) -> Program:
    return Program(("/bin/sh", "-c", words))


@pytest.fixture
def dump(tmp_path: Path) -> Program:
    """Writes DATA."""
    path = tmp_path / "dump"
    path.write_bytes(DATA)
    return Program(("cat", str(path)))


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A folder with names that are patterns to others, a link, and an empty folder."""
    folder = tmp_path / "a volume [1] *"
    for name, content in {
        "a*b": "1",
        "axb": "2",
        "sub/c": "3",
        "sub/[d]": "4",
        "tmp/e": "5",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    (folder / "empty").mkdir()
    (folder / "link").symlink_to("a*b")
    return folder


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_a_stream_comes_back_as_it_was(shared: Repository, dump: Program, tag: str) -> None:
    saved, flow = restic.save_stream(shared, dump, "db.dump", [tag, "app:shop"])
    assert (flow.size, flow.sha256) == (len(DATA), hashlib.sha256(DATA).hexdigest())
    assert (flow.head, flow.tail) == (DATA[:64], DATA[-64:])
    assert (saved.files, saved.size) == (1, len(DATA))
    back, said = pipes.carry(restic.source(shared, saved.id, "db.dump"), shell("sha256sum"))
    assert back == flow
    assert said.split()[0] == flow.sha256


def test_bytes_come_back_within_a_limit(shared: Repository, tag: str) -> None:
    saved = restic.save_bytes(shared, b"seal", "seal.tar", [tag])
    assert restic.read(shared, saved.id, "seal.tar", limit=4) == b"seal"
    with pytest.raises(ResticError):
        restic.read(shared, saved.id, "seal.tar", limit=3)
    with pytest.raises(ResticError) as raised:
        restic.read(shared, saved.id, "other.tar", limit=4)
    assert raised.value.kind == "failed"


def test_a_folder_comes_back_without_what_is_excluded(
    shared: Repository, volume: Path, tag: str, tmp_path: Path
) -> None:
    saved = restic.save_folder(shared, volume, [tag], exclude=["a*b", "sub/[d]", "tmp"])
    assert saved.files == 2
    assert restic.held(shared, saved.id).files == 2
    target = tmp_path / "restored"
    restore(shared, saved.id, target)
    assert os.listdir(target) == [saved.folder] == [volume.name]
    assert names(target / saved.folder) == {"axb", "sub", "sub/c", "empty", "link"}
    assert (target / saved.folder / "sub/c").read_text("utf-8") == "3"
    assert (target / saved.folder / "link").readlink() == Path("a*b")


def test_snapshots_are_found_by_all_of_their_tags(shared: Repository, tag: str) -> None:
    before = restic.snapshots(shared, tag)
    first = restic.save_bytes(shared, b"1", "one", [tag, "app:shop", "part:services/db"])
    second = restic.save_bytes(shared, b"2", "two", [tag, "app:shop", "seal"])
    found = restic.snapshots(shared, tag, "app:shop")
    assert before == []
    assert [snapshot.id[:8] for snapshot in found] == [first.id, second.id]
    assert [len(snapshot.id) for snapshot in found] == [64, 64]
    assert found[0].time < found[1].time
    assert (found[0].tag("part"), found[0].tag("app")) == ("services/db", "shop")
    assert [s.id[:8] for s in restic.snapshots(shared, tag, "seal")] == [second.id]
    assert restic.snapshots(shared, tag, "app:other") == []


def test_a_failed_or_empty_or_unaccepted_source_leaves_no_snapshot(
    shared: Repository, tag: str
) -> None:
    def refuse(flow: Flow) -> str:
        return "" if flow.size else "it is empty"

    for words, side in (
        ("head -c 3000000 /dev/urandom; echo torn >&2; exit 3", "source"),
        ("head -c 3000000 /dev/urandom; kill -KILL $$", "source"),
        ("exit 0", "form"),
    ):
        with pytest.raises(Broken) as raised:
            restic.save_stream(shared, shell(words), "db.dump", [tag], accept=refuse)
        assert raised.value.side == side
    assert restic.snapshots(shared, tag) == []


def test_what_is_forgotten_is_gone_after_a_prune(repository: Repository) -> None:
    restic.create(repository)
    kept = restic.save_bytes(repository, os.urandom(100_000), "kept", ["app:shop"])
    gone = restic.save_bytes(repository, os.urandom(100_000), "gone", ["app:shop"])
    restic.forget(repository, [gone.id])
    restic.prune(repository)
    assert [snapshot.id[:8] for snapshot in restic.snapshots(repository)] == [kept.id]
    restic.check(repository, subset="100%")


def test_a_repository_has_one_identity_and_is_made_once(repository: Repository) -> None:
    with pytest.raises(ResticError) as missing:
        restic.identity(repository)
    assert missing.value.kind == "missing"
    made = restic.create(repository)
    assert restic.identity(repository) == made
    with pytest.raises(ResticError) as again:
        restic.create(repository)
    assert again.value.kind == "failed"
    assert restic.identity(repository) == made


def test_a_wrong_password_is_told(shared: Repository, tmp_path: Path) -> None:
    wrong = secret(tmp_path / "wrong", "something else")
    with pytest.raises(ResticError) as raised:
        restic.identity(dataclasses.replace(shared, password_file=str(wrong)))
    assert raised.value.kind == "wrong password"


def test_wrong_credentials_are_told(place: Place, shared: Repository, tmp_path: Path) -> None:
    if not place.wrong:
        pytest.skip("this place knows no credentials")
    file = place.credentials_file(tmp_path / "wrong", place.wrong)
    with pytest.raises(ResticError) as raised:
        restic.identity(dataclasses.replace(shared, credentials_file=file))
    assert raised.value.kind == "refused"
    for secret_word in (PASSWORD, *place.credentials.values(), *place.wrong.values()):
        assert secret_word not in str(raised.value) or secret_word == "shop"


def test_a_target_that_is_away_is_told(place: Place, shared: Repository, dump: Program) -> None:
    away = dataclasses.replace(shared, address=f"{place.unreachable}/app")
    for attempt in (restic.identity, restic.create, restic.snapshots, restic.check):
        with pytest.raises(ResticError) as raised:
            attempt(away)
        assert raised.value.kind == "unreachable"
    with pytest.raises(ResticError) as raised:
        restic.save_stream(away, dump, "db.dump", [])
    assert raised.value.kind == "unreachable"


def test_damage_is_told_by_each_way_to_read(
    place: Place, repository: Repository, dump: Program, volume: Path, tmp_path: Path
) -> None:
    restic.create(repository)
    stream, _ = restic.save_stream(repository, dump, "db.dump", ["app:shop"])
    folder = restic.save_folder(repository, volume, ["app:shop"])
    place.spoil(repository.address.rsplit("/", 1)[1])
    with pytest.raises(ResticError) as checked:
        restic.check(repository, subset="100%")
    with pytest.raises(ResticError) as restored:
        restore(repository, folder.id, tmp_path / "restored")
    with pytest.raises(ResticError) as taken:
        restic.read(repository, stream.id, "db.dump", limit=len(DATA))
    with pytest.raises(Broken) as carried:
        pipes.carry(restic.source(repository, stream.id, "db.dump"), shell("cat >/dev/null"))
    assert [found.value.kind for found in (checked, restored, taken)] == ["damaged"] * 3
    assert carried.value.side == "source"


def test_a_snapshot_that_cannot_be_read_is_not_left_out_of_the_list(
    place: Place, repository: Repository, tag: str
) -> None:
    restic.create(repository)
    restic.save_bytes(repository, b"seal", "seal.tar", [tag])
    place.spoil(repository.address.rsplit("/", 1)[1], "snapshots")
    with pytest.raises(ResticError) as raised:
        restic.snapshots(repository, tag)
    assert raised.value.kind == "damaged"
