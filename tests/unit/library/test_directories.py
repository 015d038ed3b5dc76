"""Directories behind mounts: who makes them, who owns them, and that data is never removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import directories
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import InvalidValue
from tests.unit.library.scripted import ScriptedDokku

if TYPE_CHECKING:
    from pathlib import Path


def owner(user: str = "32767", group: str | None = None, chown: str | None = None) -> str:
    """Returns the owner as Dokku takes it."""
    params = {"user": user, "group": group, "chown": chown}
    return directories.Owner.of(params).dokku_word


def test_owner_is_a_number_or_one_of_dokkus_words() -> None:
    """Both may stand in `user`; `chown` goes before it."""
    assert owner() == "32767"
    assert owner("1000", "1000") == "1000"
    assert owner("heroku") == "heroku"
    assert owner("1000", chown="root") == "root"


@pytest.mark.parametrize("given", [("www-data",), ("1", "2"), ("1", "1", "--help"), ("99999999",)])
def test_owner_that_dokku_cannot_set_is_refused(given: tuple[str, ...]) -> None:
    """It says what can be set."""
    with pytest.raises(InvalidValue):
        owner(*given)


def test_dokku_makes_directories_below_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And we make those elsewhere; volumes and what is there are left alone."""
    monkeypatch.setenv("DOKKU_LIB_ROOT", str(tmp_path))
    own, other = tmp_path / "data/storage/shop", tmp_path / "elsewhere/shop"
    dokku = ScriptedDokku({})
    giver = directories.Owner("32767", "32767", "false")
    hosts = [str(own), str(other), "volume", str(tmp_path)]
    planned = directories.create(dokku, hosts, giver, check=True)
    assert not other.exists()
    assert dokku.calls == []
    assert directories.create(dokku, hosts, giver, check=False) == planned
    assert [change.subject for change in planned] == [f"directory {own}", f"directory {other}"]
    assert other.is_dir()
    assert dokku.writes == ["storage:ensure-directory --chown false shop"]


def test_a_directory_with_data_is_never_removed(tmp_path: Path) -> None:
    """Only an empty one is, and only outside check mode."""
    full, empty = tmp_path / "full", tmp_path / "empty"
    (full / "data").mkdir(parents=True)
    empty.mkdir()
    hosts = [str(full), str(empty), "volume", str(tmp_path / "missing")]
    planned = directories.remove(hosts, check=True)
    assert empty.is_dir()
    assert directories.remove(hosts, check=False) == planned
    changes, warnings = planned
    assert [change.subject for change in changes] == [f"directory {empty}"]
    assert warnings == (f"{full} is not empty and was left where it is",)
    assert (full / "data").is_dir()
    assert not empty.exists()
