"""Destroy, rename, clone, move: what becomes of an app's backups, and who may see them."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_deploy.backups.turn import exchange
from tests.backups.servers.place import FolderStore, Place
from tests.backups.servers.rest import rest
from tests.e2e.backups import Shop
from tests.e2e.hosts import SandboxHost

WISH = "volumes: [uploads:/app/uploads]\n"
Make = Callable[..., Shop]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A folder for repositories."""
    folder = tmp_path_factory.mktemp("lives") / "disk"
    folder.mkdir()
    return Place("local", str(folder), FolderStore(folder))


@pytest.fixture
def make(home: SandboxHost, place: Place, tmp_path: Path) -> Iterator[Make]:
    """Makes small apps with a volume and a target, and destroys them at the end."""
    made = []

    def make_one(app: str, more: str = "", *, wish: str = WISH) -> Shop:
        shop = Shop(home, app, tmp_path / app / "tree", wish)
        shop.target(place).set_up()
        made.append(app)
        shop.push(more)
        shop.fill(app)
        return shop

    yield make_one
    for app in made:
        home.dokku("ansible-deploy:set", app, "final-backup", "skip", check=False)
        if app in home.made:
            home.clear_one(app)
        for folder in (home.lib_root / "data/storage").glob(f"{app}[_-]*"):
            shutil.rmtree(folder)
        shutil.rmtree(Path(place.address) / app, ignore_errors=True)


def destroy(shop: Shop) -> str:
    """Destroy the app, but none of its data; return what was said."""
    return shop.host.dokku("--force", "apps:destroy", shop.app).output


def create_again(shop: Shop, place: Place) -> None:
    """Make an app of that name, and set up its target, which went with the first."""
    shop.host.dokku("apps:create", shop.app)
    shop.target(place).set_up()


def reasons(shop: Shop) -> list[str]:
    return [row["reason"] for row in shop.backups()]


def test_a_destroyed_app_has_a_last_backup_and_comes_back(make: Make, place: Place) -> None:
    shop = make("e2e-last")
    first = shop.backup()
    shop.fill("last")
    said = destroy(shop)
    assert "(final)" in said
    assert said.index("(final)") < said.index("Cleaning up")
    assert "e2e-last_uploads" in said
    crontab = shop.host.root / "var/spool/cron/crontabs/dokku"
    assert "e2e-last" not in (crontab.read_text() if crontab.exists() else "")
    shutil.rmtree(shop.host.lib_root / "data/storage/e2e-last_uploads")
    create_again(shop, place)
    assert reasons(shop) == ["final", "manual"]
    assert "2 backups of e2e-last from before are there" in shop.push().output
    shop.restore()
    assert shop.marks() == {"volume": "last"}
    shop.restore(first)
    assert shop.marks() == {"volume": "e2e-last"}


def test_a_new_life_goes_on_without_the_old_data_when_a_person_says_so(
    make: Make, place: Place
) -> None:
    shop = make("e2e-anew")
    shop.ours("set", "final-backup", "skip")
    old = shop.backup()
    said = destroy(shop)
    assert "(final)" not in said
    create_again(shop, place)
    shop.push()
    assert shop.ours("backup", "--scheduled", check=False).exit == 1
    new = shop.backup()
    shop.ours("backup", "--scheduled")
    assert [row["id"] for row in shop.backups()][1:] == [new, old]


def test_config_that_comes_back_before_the_first_push_lets_it_pass(
    make: Make, home: SandboxHost, place: Place
) -> None:
    """As on a new server: only the link of a service sets its variable, saved or not."""
    wish = "services: {db: {type: postgres}, cache: {type: redis, backup: false}}\n"
    shop = make("e2e-literal", wish=wish)
    mine = ("TOKEN=mine", "READ_DATABASE_URL=elsewhere")
    home.dokku("config:set", "--no-restart", shop.app, *mine)
    shop.backup()
    shop.ours("set", "final-backup", "skip")
    home.clear_one(shop.app)
    shop.target(place).set_up()
    said = shop.ours("restore", "--config").output
    assert "1 variable of e2e-literal set again" in said
    assert "not set, for it is a service's address: REDIS_URL" in said
    assert "READ_DATABASE_URL would keep a service from being linked" in said
    assert set(home.dokku("config:keys", shop.app).stdout.split()) >= {"TOKEN"}
    assert "REDIS_URL" not in home.dokku("config:keys", shop.app).stdout
    shop.push()
    shop.restore()
    assert shop.sql("select distinct mark from orders;") == shop.app
    assert "READ_DATABASE_URL" in shop.ours("restore", "--config").output
    assert home.dokku("config:get", shop.app, "READ_DATABASE_URL").stdout.strip() == "elsewhere"


def test_a_failed_last_backup_does_not_keep_the_app(make: Make, place: Place) -> None:
    shop = make("e2e-away")
    away = Path(place.address).with_name("unmounted")
    Path(place.address).rename(away)
    try:
        said = destroy(shop)
    finally:
        away.rename(place.address)
    assert "there is no last backup" in said
    assert shop.host.dokku("apps:exists", shop.app, check=False).exit == 20


def test_a_renamed_app_keeps_its_backups_and_its_schedule(make: Make, home: SandboxHost) -> None:
    shop = make("e2e-before")
    backup = shop.backup()
    home.made.append("e2e-after")
    home.dokku("apps:rename", "e2e-before", "e2e-after")
    after = Shop(home, "e2e-after", shop.tree, shop.wish)
    assert [row["id"] for row in after.backups()] == [backup]
    assert after.report("backups-last") == backup
    crontab = (home.root / "var/spool/cron/crontabs/dokku").read_text()
    assert "ansible-deploy:backup e2e-after --scheduled" in crontab
    assert "e2e-before" not in crontab
    after.ours("backup", "--scheduled")
    after.push()
    after.fill("lost")
    after.restore(backup)
    assert after.marks() == {"volume": "e2e-before"}
    home.clear_one("e2e-after")
    home.made.remove("e2e-before")


def test_a_new_app_of_an_old_name_is_kept_away_from_the_others_backups(
    make: Make, home: SandboxHost, place: Place
) -> None:
    shop = make("e2e-first")
    shop.backup()
    home.made.append("e2e-second")
    home.dokku("apps:rename", "e2e-first", "e2e-second")
    second = Shop(home, "e2e-second", shop.tree, shop.wish)
    second.ours("backup", "--scheduled")
    saved = second.backups()
    newcomer = Shop(home, "e2e-first", shop.tree.parent / "new", "volumes: [more:/app/more]\n")
    newcomer.push()
    newcomer.target(place).set_up()
    said = "those of e2e-first and e2e-second would be mixed"
    for command in ("plan", "apply", "backup", "backups", "restore", "verify"):
        answer = newcomer.ours(command, check=False)
        assert (answer.exit, said in answer.output) == (1, True), answer.output
    refused = home.push(newcomer.app, newcomer.tree)
    assert (refused.exit, said in refused.output) == (1, True), refused.output
    newcomer.ours("set", "backup-repository", "e2e-first-2")
    assert "from before" not in newcomer.push().output
    newcomer.fill("newcomer")
    newcomer.backup()
    newcomer.ours("backup", "--scheduled")
    assert second.backups() == saved
    second.ours("backup", "--scheduled")
    assert len(newcomer.backups()) == 2
    newcomer.ours("verify")
    second.ours("verify")
    home.clear_one("e2e-second")
    shutil.rmtree(Path(place.address) / "e2e-first-2")


def test_a_clone_has_a_repository_of_its_own(make: Make, home: SandboxHost, place: Place) -> None:
    source = make("e2e-source")
    backup = source.backup()
    home.made.append("e2e-copy")
    home.dokku("apps:clone", "--skip-deploy", "e2e-source", "e2e-copy")
    copy = Shop(home, "e2e-copy", source.tree, source.wish)
    assert "from before" not in copy.push().output
    assert copy.backups() == []
    copy.fill("copy")
    copy.ours("backup", "--scheduled")
    assert len(copy.backups()) == 1
    assert [row["id"] for row in source.backups()] == [backup]
    source.ours("restore", backup, "--into", "e2e-copy")
    assert (copy.marks(), source.marks()) == ({"volume": "e2e-source"}, {"volume": "e2e-source"})
    assert (copy.report("backups-restored"), source.report("backups-restored")) == (backup, "")
    copy.ours("restore", "--undo")
    assert copy.marks() == {"volume": "copy"}
    copy.ours("restore", "--confirm")
    assert sorted(p.name for p in Path(place.address).iterdir()) == ["e2e-copy", "e2e-source"]
    home.clear_one("e2e-copy")
    shutil.rmtree(Path(place.address) / "e2e-copy")


def test_two_apps_in_one_repository_do_not_see_each_other(make: Make, place: Place) -> None:
    one, two = make("e2e-one"), make("e2e-two")
    for shop in (one, two):
        shop.host.dokku("ansible-deploy:set", shop.app, "backup-repository", "both")
        shutil.rmtree(Path(place.address) / shop.app)
    first, second = one.backup(), two.backup()
    assert [row["id"] for row in one.backups()] == [first]
    assert [row["id"] for row in two.backups()] == [second]
    for command in ("restore", "verify"):
        answer = two.ours(command, first, check=False)
        assert answer.exit == 1
        assert f'there is no backup of e2e-two called "{first}"' in answer.output
    one.ours("backup", "--scheduled")
    assert [row["id"] for row in two.backups()] == [second], "the upkeep of another app took it"
    two.ours("verify")
    assert [path.name for path in Path(place.address).iterdir()] == ["both"]
    shutil.rmtree(Path(place.address) / "both")


def test_a_last_backup_is_whole_without_a_start_of_the_app(make: Make, place: Place) -> None:
    """A restore was struck before its directories were exchanged; nobody waits for a restart."""
    shop = make("e2e-struck-last")
    saved = shop.backup()
    shop.fill("lost")
    shop.ours("restore", saved)
    journal = shop.host.data(shop.app) / "restore.json"
    turn = json.loads(journal.read_text())
    exchange(turn["volumes"][0]["directory"], turn["volumes"][0]["other"])
    journal.write_text(json.dumps({**turn, "is_done": False}))
    before = len(shop.host.calls())
    assert "(final)" in destroy(shop)
    assert not [call for call in shop.host.calls()[before:] if "ps:restart" in str(call)]
    create_again(shop, place)
    shop.push()
    shop.restore()
    assert shop.marks() == {"volume": shop.app}


def test_a_last_backup_does_not_keep_the_app_for_ever(make: Make) -> None:
    """Another job holds the app's backups; the destruction waits for so long and no longer."""
    shop = make("e2e-bounded")
    shop.ours("set", "backup-wait", "10")
    with (shop.host.data(shop.app) / "backups.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = destroy(shop)
    assert "there is no last backup; it goes on" in said
    assert shop.host.dokku("apps:exists", shop.app, check=False).exit == 20


def test_nothing_is_removed_where_the_operator_denies_it(home: SandboxHost, tmp_path: Path) -> None:
    """A server that only takes: backups, upkeep and proof go on there, and all that was stays."""
    with rest(tmp_path, append_only=True) as server:
        shop = Shop(home, "e2e-append", tmp_path / "tree", WISH)
        target = shop.target(server)
        target.set_up()
        shop.ours("set", "backup-pruning", "main", "deny")
        shop.push("backups: {keep: {last: 1}, final: false}\n")
        shop.fill("kept")
        for _ in range(2):
            shop.ours("backup", "--scheduled")
        assert (reasons(shop), shop.report("backups-failed")) == (["scheduled"] * 2, "")
        assert shop.record["maintained"], "it was not checked"
        shop.ours("verify")
        shop.ours("set", "backup-pruning", "main", "--unset")
        assert shop.ours("backup", "--scheduled", check=False).exit == 1
        assert "the target of the backups refuses this" in shop.report("backups-upkeep-failed")
        assert len(reasons(shop)) == 3
        home.clear_one(shop.app)


def test_another_target_takes_over(make: Make, place: Place, tmp_path: Path) -> None:
    wish = "backups: {final: false}\n"
    shop = make("e2e-moves", wish)
    old = shop.backup()
    disk = tmp_path / "elsewhere"
    disk.mkdir()
    elsewhere = shop.target(Place("local", str(disk), FolderStore(disk)))
    elsewhere.set_up()
    assert "from before" not in shop.push(wish).output
    shop.ours("backup", "--scheduled")
    assert reasons(shop) == ["scheduled"]
    assert shop.report("backups-failed") == ""
    shop.target(place).set_up()
    assert [row["id"] for row in shop.backups()] == [old]
    assert "(final)" not in destroy(shop)
