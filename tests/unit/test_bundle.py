"""What is taken out of an untrusted tree or archive, and what is refused."""

from __future__ import annotations

import io
import os
import random
import shutil
import socket
import stat
import tarfile
from pathlib import Path

import pytest

from ansible_deploy import bundle
from ansible_deploy.bundle import capture, capture_archive
from ansible_deploy.errors import DeployError, Refused


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with a small deploy.d."""
    folder = tmp_path / "tree"
    (folder / "deploy.d/files").mkdir(parents=True)
    (folder / "deploy.d/deploy.yml").write_text("port: 8000\n")
    (folder / "deploy.d/files/run.sh").write_text("#!/bin/sh\n")
    (folder / "deploy.d/files/run.sh").chmod(0o755)
    (folder / "outside").write_text("secret of the host")
    return folder


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty destination."""
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


def refusal(tree: Path, place: Path) -> str:
    """What is said about a tree that is refused."""
    with pytest.raises(Refused) as caught:
        capture(tree, place)
    return str(caught.value)


def archive(tree: Path, *, with_folders: bool = True) -> io.BytesIO:
    """The tree as a tar file, with entries for its folders or with those of its files alone."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for path in sorted((tree / "deploy.d").rglob("*")):
            if with_folders or path.is_file():
                tar.add(path, path.relative_to(tree), recursive=False)
    return io.BytesIO(stream.getvalue())


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> io.BytesIO:
    """A tar file with one member."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, link
        tar.addfile(info)
    return io.BytesIO(stream.getvalue())


def test_plain_files_are_copied_for_us_alone(tree: Path, place: Path) -> None:
    folder = capture(tree, place).folder
    modes = {
        str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode)
        for path in (folder, *folder.rglob("*"))
    }
    assert modes == {".": 0o700, "deploy.yml": 0o600, "files": 0o700, "files/run.sh": 0o700}
    assert (folder / "deploy.yml").read_text() == "port: 8000\n"
    assert [path.name for path in place.iterdir()] == ["deploy.d"]


@pytest.mark.parametrize("with_folders", [True, False])
def test_a_tree_and_its_archive_have_one_digest(
    tree: Path, place: Path, tmp_path: Path, with_folders: bool
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    found = capture_archive(archive(tree, with_folders=with_folders), other)
    assert found
    assert found.digest == capture(tree, place).digest


def test_the_digest_sees_content_names_modes_and_folders(tree: Path, tmp_path: Path) -> None:
    path = tree / "deploy.d/files/run.sh"

    def digest() -> str:
        target = tmp_path / f"copy-{len(seen)}"
        target.mkdir()
        return capture(tree, target).digest

    seen: list[str] = []
    seen.append(digest())
    path.write_text("#!/bin/bash\n")
    seen.append(digest())
    path.chmod(0o644)
    seen.append(digest())
    path.rename(path.with_name("start.sh"))
    seen.append(digest())
    (tree / "deploy.d/roles").mkdir()
    seen.append(digest())
    assert len(set(seen)) == len(seen)


def test_a_symbolic_link_is_refused(tree: Path, place: Path) -> None:
    (tree / "deploy.d/vault.yml").symlink_to("../outside")
    (tree / "deploy.d/roles").symlink_to("/etc")
    problem = "is a symbolic link; replace it by a plain file"
    assert refusal(tree, place) == f"deploy.d/roles: {problem}\ndeploy.d/vault.yml: {problem}"


def test_a_hard_link_is_refused(tree: Path, place: Path) -> None:
    (tree / "deploy.d/vault.yml").hardlink_to(tree / "outside")
    assert refusal(tree, place).startswith("deploy.d/vault.yml: is a hard link")


def test_a_pipe_is_refused_and_not_waited_for(tree: Path, place: Path) -> None:
    os.mkfifo(tree / "deploy.d/deploy.fifo")
    assert refusal(tree, place).startswith("deploy.d/deploy.fifo: is a device, pipe or socket")


def test_a_socket_is_refused(tree: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree / "deploy.d")  # the path of a socket may have only 107 letters
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("agent")
        assert refusal(tree, place).startswith("deploy.d/agent: is a device, pipe or socket")


@pytest.mark.parametrize("kind", ["link", "file", "pipe", "nothing"])
def test_deploy_d_itself_must_be_a_folder(tree: Path, place: Path, kind: str) -> None:
    folder = tree / "deploy.d"
    shutil.rmtree(folder)
    make = {"link": lambda: folder.symlink_to("/etc"), "pipe": lambda: os.mkfifo(folder)}
    make |= {"file": lambda: folder.touch(), "nothing": lambda: None}
    make[kind]()
    assert refusal(tree, place) == "deploy.d: is not a folder; make it a plain folder"


@pytest.mark.parametrize("kind", ["symbolic", "hard", "folder"])
def test_a_link_that_is_swapped_in_meanwhile_is_not_followed(
    tree: Path, place: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Right after a name was looked at, another thing stands under it."""
    look = os.stat
    name = "files" if kind == "folder" else "deploy.yml"
    victim = tree / "deploy.d" / name

    def look_and_swap(entry: str, **options: object) -> os.stat_result:
        seen = look(entry, **options)  # type: ignore[arg-type]
        if entry == name and "dir_fd" in options:
            victim.rename(tree / "moved")
            victim.hardlink_to(tree / "outside") if kind == "hard" else victim.symlink_to(
                tree if kind == "folder" else tree / "outside"
            )
        return seen

    monkeypatch.setattr(os, "stat", look_and_swap)
    with pytest.raises((Refused, OSError)):
        capture(tree, place)
    monkeypatch.undo()
    copied = [path.read_text() for path in place.rglob("*") if path.is_file()]
    assert "secret of the host" not in copied


def test_too_many_files_are_refused_in_one_line(tree: Path, place: Path) -> None:
    for number in range(bundle.FILE_LIMIT + 200):
        (tree / f"deploy.d/-{number}.txt").touch()
    said = refusal(tree, place).splitlines()
    assert said.count("deploy.d: more than 500 files; keep only what a deploy needs") == 1
    assert len(said) <= bundle.FILE_LIMIT + 1


def test_a_folder_that_is_too_large_is_refused_and_not_copied(tree: Path, place: Path) -> None:
    for name in ("a", "b"):
        with (tree / "deploy.d" / name).open("wb") as file:
            file.truncate(bundle.SIZE_LIMIT)
    assert refusal(tree, place) == "deploy.d: larger than 5 MiB; keep only what a deploy needs"
    copied = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    assert copied <= bundle.SIZE_LIMIT


def test_a_folder_that_is_too_deep_is_refused(tree: Path, place: Path) -> None:
    (tree / "deploy.d" / "/".join("x" * 40)).mkdir(parents=True)
    assert "more than 10 folders deep; rename it" in refusal(tree, place)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("a\nb", "deploy.d/a\\nb: its name has a control character"),
        ("a\x1b[2Jb", "deploy.d/a\\x1b[2Jb: its name has a control character"),
        ("a\u202eb", "deploy.d/a\\u202eb: its name has a control character"),
        ("--help", "deploy.d/--help: its name begins with a dash"),
        ("n" * 101, f"deploy.d/{'n' * 101}: its name is longer than 100 characters"),
        (os.fsdecode(b"a\xff"), "deploy.d/a\\udcff: its name is not UTF-8"),
    ],
)
def test_a_strange_name_is_refused_and_shown_safely(
    tree: Path, place: Path, name: str, problem: str
) -> None:
    (tree / "deploy.d" / name).touch()
    assert refusal(tree, place) == f"{problem}; rename it"


@pytest.mark.parametrize(
    ("stream", "problem"),
    [
        (member("deploy.d/../../etc/cron.d/x"), "its name leads out of the folder"),
        (member("deploy.d//x"), "its name leads out of the folder"),
        (member("deploy.d/x", tarfile.SYMTYPE, "/etc/passwd"), "is a symbolic link"),
        (member("deploy.d/x", tarfile.LNKTYPE, "outside"), "is a hard link"),
        (member("deploy.d/x", tarfile.FIFOTYPE), "is a device, pipe or socket"),
        (member("deploy.d/x", tarfile.CHRTYPE), "is a device, pipe or socket"),
        (member("deploy.d", tarfile.SYMTYPE, "/etc"), "is not a folder"),
        (member("deploy.d"), "is not a folder"),
        (member("./deploy.d/-x"), "its name begins with a dash"),
    ],
)
def test_an_archive_is_held_to_the_same_rules(
    stream: io.BytesIO, problem: str, place: Path
) -> None:
    with pytest.raises(Refused, match=problem):
        capture_archive(stream, place)
    assert not [path for path in place.rglob("*") if not path.is_dir()]


def test_an_archive_without_the_folder_is_nothing(place: Path) -> None:
    assert capture_archive(member("deploy.data/x"), place) is None


def test_noise_is_refused_and_no_other_error(tree: Path, tmp_path: Path) -> None:
    """Tar files with random bytes in them: each is read, or refused in words."""
    chance = random.Random(20)
    whole = archive(tree).getvalue()
    for number in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 30)):
            data[chance.randrange(2048)] = chance.randrange(256)
        target = tmp_path / f"copy-{number}"
        target.mkdir()
        said = said_of(bytes(data[: chance.randrange(len(data))]), target)
        assert not said or said.startswith("deploy.d")


def said_of(data: bytes, place: Path) -> str:
    """In which words an archive is refused, empty when it is read."""
    try:
        capture_archive(io.BytesIO(data), place)
    except DeployError as error:
        return str(error)
    return ""
