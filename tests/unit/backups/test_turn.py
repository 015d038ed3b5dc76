"""Directories change places in one step, and a turn that was done is not done again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_deploy.backups.turn import NEW, OLD, TurnedVolume, _put_volume, exchange


@pytest.fixture
def volume(tmp_path: Path) -> TurnedVolume:
    """A volume with old data, and a restored one beside it."""
    for side in (OLD, NEW):
        (tmp_path / side).mkdir()
        (tmp_path / side / "file").write_text(side)
    place, other = tmp_path / OLD, tmp_path / NEW
    inodes = {side: os.stat(tmp_path / side).st_ino for side in (NEW, OLD)}
    return TurnedVolume("uploads", str(place), str(other), **inodes)


def data(volume: TurnedVolume) -> tuple[str, str]:
    return tuple(Path(path, "file").read_text() for path in (volume.directory, volume.other))  # type: ignore[return-value]


def test_the_restored_data_takes_the_place(volume: TurnedVolume) -> None:
    _put_volume(volume, volume.new)
    assert data(volume) == (NEW, OLD)


def test_once_more_changes_nothing(volume: TurnedVolume) -> None:
    for _ in range(2):
        _put_volume(volume, volume.new)
    assert data(volume) == (NEW, OLD)


def test_and_back(volume: TurnedVolume) -> None:
    _put_volume(volume, volume.new)
    _put_volume(volume, volume.old)
    assert data(volume) == (OLD, NEW)


def test_a_place_that_is_missing_is_an_error_and_moves_nothing(volume: TurnedVolume) -> None:
    with pytest.raises(OSError, match="cannot exchange"):
        exchange(volume.directory, volume.other + "-gone")
    assert data(volume) == (OLD, NEW)
