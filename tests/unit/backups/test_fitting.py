"""What could not be turned to is told before anything is restored, in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ansible_deploy.backups.contents import Contents
from ansible_deploy.backups.failure import explained
from ansible_deploy.backups.fitting import check_places
from ansible_deploy.desired import Desired
from ansible_deploy.errors import HostError
from ansible_deploy.manifest import App, Manifest
from ansible_deploy.manifest.storage import Storage, Volume
from ansible_deploy.record import State

from .test_contents import CONTENTS


def wish(directory: Path) -> Desired:
    """An app whose volume is a directory of the host."""
    volume = Volume(str(directory), "/uploads")
    return Desired(
        Path("deploy.d"), App("shop"), Manifest(storage=Storage((volume,))), State("shop")
    )


def saved(directory: Path) -> Contents:
    """A backup of it."""
    return replace(CONTENTS, volumes=(replace(CONTENTS.volumes[0], key=str(directory)),))


def test_a_directory_that_can_be_exchanged_is_left_as_it_is(tmp_path: Path) -> None:
    place = tmp_path / "uploads"
    place.mkdir()
    check_places(wish(place), saved(place))
    assert [path.name for path in tmp_path.iterdir()] == ["uploads"]


@pytest.mark.parametrize(
    ("place", "said"),
    [(Path("/proc"), "something is mounted there"), (Path("/nowhere/uploads"), "No such file")],
)
def test_one_that_cannot_is_told(place: Path, said: str) -> None:
    with pytest.raises(HostError, match=f"backup 1234: .*{said}"), explained("backup 1234"):
        check_places(wish(place), saved(place))
