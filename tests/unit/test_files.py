"""Files are replaced in one step and are for us alone."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from ansible_deploy import files


@pytest.fixture(autouse=True)
def _open_umask() -> object:
    """The widest umask: what we make must be narrow all the same."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_and_every_new_folder_above_it_are_for_us_alone(tmp_path: Path) -> None:
    path = tmp_path / "a/b/c/file"
    files.write(path, "text")
    assert mode(path) == 0o600
    assert [mode(folder) for folder in list(path.parents)[:3]] == [0o700] * 3


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir(mode=0o755)
    files.make_folder(tmp_path / "there")
    assert mode(tmp_path / "there") == 0o755


def test_a_file_that_others_could_read_becomes_ours(tmp_path: Path) -> None:
    (tmp_path / "file").touch(mode=0o644)
    files.write(tmp_path / "file", "text")
    assert mode(tmp_path / "file") == 0o600


@pytest.mark.parametrize("umask", [0o000, 0o077])
@pytest.mark.parametrize(
    ("wanted", "folders"), [(files.GROUP, 0o750), (files.PUBLIC, 0o755), (files.PRIVATE, 0o700)]
)
def test_what_others_are_meant_to_read_they_can(
    tmp_path: Path, umask: int, wanted: int, folders: int
) -> None:
    os.umask(umask)
    (tmp_path / "there").mkdir(0o711)
    (tmp_path / "there").chmod(0o711)
    path = tmp_path / "there/new/newer/file"
    files.write(path, "text", mode=wanted)
    assert mode(path) == wanted
    assert [mode(folder) for folder in list(path.parents)[:3]] == [folders, folders, 0o711]
    files.write_json(path, {}, mode=wanted)
    assert mode(path) == wanted


def test_a_write_replaces_a_link_and_does_not_follow_it(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("other")
    (tmp_path / "file").symlink_to("other")
    files.write(tmp_path / "file", "text")
    assert (tmp_path / "other").read_text() == "other"
    assert not (tmp_path / "file").is_symlink()


def test_a_write_that_fails_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    files.write(tmp_path / "file", "old")
    with pytest.raises(UnicodeEncodeError):
        files.write(tmp_path / "file", "new \ud800")
    assert (tmp_path / "file").read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path, wholes = tmp_path / "file", {"a" * 100_000, "b" * 100_000}
    files.write(path, "a" * 100_000)
    is_done = threading.Event()

    def rewrite() -> None:
        for number in range(40):
            files.write(path, "ab"[number % 2] * 100_000)
        is_done.set()

    writer = threading.Thread(target=rewrite)
    writer.start()
    seen = set()
    while not is_done.is_set():
        seen.add(path.read_text())
    writer.join()
    assert seen <= wholes


def test_json_is_read_as_it_was_written(tmp_path: Path) -> None:
    files.write_json(tmp_path / "x", {"größe": [1, None, "☃"]})
    assert files.read_json(tmp_path / "x") == {"größe": [1, None, "☃"]}
    assert "größe" in (tmp_path / "x").read_text("utf-8")


def test_json_that_is_missing_is_none_and_broken_is_an_error(tmp_path: Path) -> None:
    assert files.read_json(tmp_path / "missing") is None
    files.write(tmp_path / "broken", "{")
    with pytest.raises(ValueError, match="Expecting"):
        files.read_json(tmp_path / "broken")


def test_remove_takes_files_folders_and_nothing(tmp_path: Path) -> None:
    files.write(tmp_path / "folder/sub/file", "x")
    files.write(tmp_path / "file", "x")
    for name in ("folder", "file", "missing"):
        files.remove(tmp_path / name)
    assert os.listdir(tmp_path) == []


def test_remove_of_a_link_leaves_what_it_leads_to(tmp_path: Path) -> None:
    files.write(tmp_path / "folder/file", "x")
    (tmp_path / "link").symlink_to("folder")
    files.remove(tmp_path / "link")
    assert (tmp_path / "folder/file").exists()
    assert not (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("was_killed", [True, False])
def test_a_folder_takes_the_place_of_another(
    tmp_path: Path, is_there: bool, was_killed: bool
) -> None:
    files.write(tmp_path / "new/file", "new")
    if is_there:
        files.write(tmp_path / "target/gone", "old")
    if was_killed:
        files.write(tmp_path / ".target.old/file", "older")
    files.replace_folder(tmp_path / "new", tmp_path / "target")
    assert os.listdir(tmp_path) == ["target"]
    assert os.listdir(tmp_path / "target") == ["file"]
