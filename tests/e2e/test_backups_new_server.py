"""Everything is gone but the target: on an empty host a push and a restore bring the app back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backups.servers.place import Place
from tests.e2e.backups import PASSWORD, Shop
from tests.e2e.hosts import SandboxHost, start_sandbox


@pytest.fixture
def new(tmp_path: Path) -> Iterator[SandboxHost]:
    """Another host, on which nothing was ever deployed."""
    host = start_sandbox(tmp_path / "host", tmp_path / "repositories")
    yield host
    host.down()


def test_an_app_comes_back_and_its_backups_are_never_buried(
    shop: Shop, disk: Place, new: SandboxHost
) -> None:
    shop.fill("one")
    before, backup = shop.data(), shop.backup()
    there = Shop(new, shop.app, shop.tree, shop.wish)
    there.target(disk).set_up()
    listed = there.ours("backups").output
    assert f"=====> Backups of {shop.app}" in listed
    pushed = there.push().output
    assert re.search(
        rf"backups? of {shop.app} from before (is|are) there; to get its data back:"
        rf" dokku ansible-deploy:restore {shop.app}; to go on without it:"
        rf" dokku ansible-deploy:backup {shop.app}",
        pushed,
    )
    refuse_to_bury(there, backup)
    restored = there.ours("restore").output
    assert there.data() == before
    assert there.host.get(f"{shop.app}.dokku.sandbox") == (200, "hello")
    there.ours("restore", "--confirm")
    nightly = there.ours("backup", "--scheduled")
    assert nightly.output == "", "cron would write a mail"
    newest, second, *_ = there.backups()
    assert (newest["reason"], second["id"]) == ("scheduled", backup)
    assert there.record["repository"] == shop.record["repository"]
    assert PASSWORD not in listed + pushed + restored


def refuse_to_bury(there: Shop, backup: str) -> None:
    """What runs by itself does not join the backups of an earlier life."""
    nightly = there.ours("backup", "--scheduled", check=False)
    assert nightly.exit == 1
    assert "from before" in nightly.output
    assert "from before" in there.report("backups-failed")
    assert there.report("backups-last") == ""
    assert there.backups()[0]["id"] == backup
