"""Backups of an app that is in use: made, listed, proven, brought back, taken back."""

from __future__ import annotations

import re
from pathlib import Path

from tests.backups.servers.place import Place
from tests.e2e.backups import Remains, Shop
from tests.e2e.hosts import web_app

OTHERS = "port: 5000\nservices: [redis]\nbackups: {target: main}\n"

ALL = ("postgres", "redis", "volume")


def marked(*marks: str) -> dict[str, str]:
    return dict(zip(ALL, marks, strict=True))


def test_a_restore_brings_back_everything_and_can_be_undone(shop: Shop) -> None:
    shop.fill("one")
    one, remains = shop.data(), Remains(shop.host, shop.app)
    backup = shop.backup()
    shop.fill("two")
    two, page = shop.data(), shop.host.get(f"{shop.app}.dokku.sandbox")
    assert one != two
    answer = shop.ours("restore", backup)
    assert f"{shop.app} has the data of backup {backup}" in answer.output
    assert shop.data() == one
    assert shop.report("backups-restored") == backup
    assert shop.host.get(f"{shop.app}.dokku.sandbox") == page
    refused = shop.ours("restore", backup, check=False)
    assert refused.exit == 1
    assert f"the restore of backup {backup} into {shop.app} is not confirmed yet" in refused.output
    for expected in (two, one, two):
        shop.ours("restore", "--undo")
        assert shop.data() == expected
    kept = shop.ours("restore", "--confirm").output
    assert backup not in kept, "this is not the data of the backup"
    assert shop.data() == two
    assert shop.report("backups-restored") == ""
    assert remains.left() == set()
    for decision in ("--undo", "--confirm"):
        answer = shop.ours("restore", decision, check=False)
        assert answer.exit == 1
        assert "there is no restore" in answer.output


def test_what_was_confirmed_is_what_the_next_push_and_backup_use(shop: Shop) -> None:
    shop.fill("kept")
    backup = shop.backup()
    shop.fill("lost")
    assert f"{shop.app} keeps the data of backup {backup}" in shop.restore(backup).output
    assert shop.host.dokku("ansible-deploy:plan", shop.app, check=False).exit == 0
    shop.push()
    assert shop.marks() == marked("kept", "kept", "kept")
    assert "402 rows" in shop.ours("backup").output


def test_parts_are_restored_by_their_names(shop: Shop) -> None:
    shop.fill("one")
    backup = shop.backup()
    shop.fill("two")
    shop.restore(backup, "--services", "postgres")
    assert shop.marks() == marked("one", "two", "two")
    shop.fill("two")
    shop.restore(backup, "--services", "redis,postgres", "--volumes", "uploads")
    assert shop.marks() == marked("one", "one", "one")
    for words, said in (
        (["--services", "mysql"], "the backup has no service mysql; it has postgres, redis"),
        (["--volumes", "cache"], "the backup has no volume cache; it has uploads"),
        (["--volumes", ""], "--volumes needs names joined by commas"),
    ):
        answer = shop.ours("restore", backup, *words, check=False)
        assert (answer.exit, said in answer.output) == (1, True), answer.output
    assert shop.report("backups-restored") == ""


def test_the_list_for_people_and_for_programs(shop: Shop) -> None:
    backup = shop.backup()
    revision = shop.host.git(shop.host.repository(shop.app), "rev-parse", "HEAD").stdout.strip()
    newest, *others = shop.backups()
    assert (newest["id"], newest["reason"]) == (backup, "manual")
    assert newest["revision"] == revision
    assert [row["at"] for row in others] == sorted((row["at"] for row in others), reverse=True)
    first = shop.ours("backups").stdout.splitlines()[2]
    words = rf" +{backup}  \d{{4}}-\d\d-\d\d \d\d:\d\d  manual +{revision[:8]}  - +\S+"
    assert re.fullmatch(words, first)
    assert shop.report("backups-last") == backup
    unknown = shop.ours("restore", "ffffffff", check=False)
    assert unknown.exit == 1
    assert f'there is no backup of {shop.app} called "ffffffff"' in unknown.output


def test_a_proof_touches_nothing_and_is_told(shop: Shop) -> None:
    shop.fill("one")
    backup = shop.backup()
    shop.fill("two")
    two, remains = shop.data(), Remains(shop.host, shop.app)
    answer = shop.ours("verify")
    assert f"Backup {backup} of {shop.app} is proven to restore" in answer.output
    assert "402 rows" in answer.output
    assert (shop.data(), remains.left()) == (two, set())
    assert shop.report("backups-proven") == backup
    assert [row["id"] for row in shop.backups() if row["proven"]] == [backup]
    assert re.search(r"last proven restore: \d{4}-\d\d-\d\d, 0 min ago", shop.push().output)


def test_the_config_comes_back_when_it_is_asked_for(shop: Shop) -> None:
    shop.host.dokku("config:set", "--no-restart", shop.app, "TOKEN=t o k é n", "OTHER=before")
    backup = shop.backup()
    database = shop.host.dokku("config:get", shop.app, "DATABASE_URL").stdout
    shop.host.dokku("config:unset", "--no-restart", shop.app, "TOKEN")
    shop.host.dokku("config:set", "--no-restart", shop.app, "OTHER=after")
    answer = shop.ours("restore", backup, "--config")
    assert "TOKEN" in answer.output
    assert "t o k" not in answer.output
    values = [
        shop.host.dokku("config:get", shop.app, name).stdout.rstrip("\n")
        for name in ("TOKEN", "OTHER", "DATABASE_URL")
    ]
    assert values == ["t o k é n", "after", database.rstrip("\n")]


def test_an_app_without_data_has_no_backups(shop: Shop, disk: Place) -> None:
    plain = Shop(shop.host, "e2e-nodata", shop.tree, wish="")
    plain.target(disk).set_up()
    assert "backups" not in plain.push().output
    assert not (plain.host.data(plain.app) / "cron-entries").exists()
    plain.push("services: [redis]\nbackups: off\n")
    answer = plain.ours("backup", check=False)
    assert (answer.exit, "says backups: off" in answer.output) == (1, True), answer.output
    assert not (plain.host.data(plain.app) / "cron-entries").exists()
    assert not (Path(disk.address) / plain.app).exists()
    plain.host.clear_one(plain.app)


def test_a_target_that_the_app_cannot_see_is_refused(shop: Shop, disk: Place) -> None:
    tree = web_app(shop.tree.parent / "other", {"deploy.d/deploy.yml": OTHERS})
    words = ("ansible-deploy:plan", "e2e-none", "-")
    answer = shop.host.dokku(*words, stdin=shop.host.archive(tree), check=False)
    assert answer.exit == 1
    assert "backups: there is no target main" in answer.output
    assert "dokku ansible-deploy:set e2e-none backup-target main URL" in answer.output
