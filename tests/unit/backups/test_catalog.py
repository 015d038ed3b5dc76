"""A backup is found by the beginning of its id, or by the revision whose data it has."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Snapshot
from ansible_deploy.backups.catalog import Backup, find, of_revision
from ansible_deploy.errors import DeployError

BEGAN = datetime(2025, 11, 1, 3, tzinfo=UTC)


def backup(
    number: int, revision: str = "", reason: str = "scheduled", server: str = "5e12"
) -> Backup:
    """The backup of one day, whose id begins with its number."""
    tags = {"app:shop", f"backup:{number:012x}", "seal", f"reason:{reason}", f"revision:{revision}"}
    tags.add(f"server:{server}")
    identity = f"{number:02x}" + "0" * 62
    return Backup(Snapshot(identity, BEGAN + timedelta(days=number), frozenset(tags), "host"))


BACKUPS = [backup(0xA1, "1111aaaa"), backup(0xA2, "2222bbbb"), backup(0xB3, "2222bbbb")]


def test_the_newest_where_none_is_named() -> None:
    assert find(BACKUPS, "", "shop", "5e12") is BACKUPS[-1]


def test_the_newest_of_this_server_before_a_newer_one_of_another() -> None:
    both = [backup(1), backup(2, server="0the")]
    assert find(both, "", "shop", "5e12") is both[0]
    assert find(both, "", "shop", "new1") is both[1]


def test_of_a_revision_this_server_comes_first_too() -> None:
    both = [backup(1, "2222bbbb"), backup(2, "2222bbbb", server="0the")]
    assert of_revision(both, "2222bbbb", "shop", "5e12") is both[0]
    assert of_revision(both, "2222bbbb", "shop", "new1") is both[1]


def test_by_the_beginning_of_its_id() -> None:
    assert find(BACKUPS, "a2", "shop", "5e12") is BACKUPS[1]


@pytest.mark.parametrize(
    ("word", "said"),
    [("a", 'more than one backup of shop called "a"'), ("c4", 'no backup of shop called "c4"')],
)
def test_a_word_that_names_none_or_several(word: str, said: str) -> None:
    with pytest.raises(DeployError, match=said):
        find(BACKUPS, word, "shop", "5e12")


def test_where_there_is_none_it_is_said_how_to_make_one() -> None:
    with pytest.raises(DeployError, match="dokku ansible-deploy:backup shop"):
        find([], "", "shop", "5e12")


def test_the_newest_of_a_revision() -> None:
    assert of_revision(BACKUPS, "2222bbbb", "shop", "5e12") is BACKUPS[2]
    with pytest.raises(DeployError, match="no backup of shop from revision 3333cccc"):
        of_revision(BACKUPS, "3333cccc", "shop", "5e12")


AHEAD = Backup(replace(backup(0xC4, "2222bbbb").snapshot, time=datetime.now(UTC) + timedelta(1)))


def test_one_from_a_clock_that_was_ahead_is_not_taken_for_the_newest() -> None:
    both = [*BACKUPS, AHEAD]
    assert find(both, "", "shop", "5e12") is BACKUPS[2]
    assert of_revision(both, "2222bbbb", "shop", "5e12") is BACKUPS[2]
    assert find(both, "c4", "shop", "5e12") is AHEAD, "by its name it is"
    for find_it in (find, lambda found, *_: of_revision(found, "2222", "shop", "5e12")):
        with pytest.raises(DeployError, match="mend the clock, or name the backup"):
            find_it([AHEAD], "", "shop", "5e12")
