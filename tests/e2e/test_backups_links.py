"""A restore links the app anew, whatever its variables are called, and takes none of them away."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator

import pytest

from tests.backups.servers.place import Place
from tests.e2e.backups import Remains, Shop
from tests.e2e.hosts import Answer, SandboxHost, web_app
from tests.e2e.test_backups_killed import REPOSITORIES, Job, Moment
from tests.e2e.test_backups_secrets import watched

WISH = """\
services:
  db: {type: postgres}
  analytics: {type: postgres, as: ANALYTICS_DATABASE}
"""
VARIABLES = {"db": "DATABASE_URL", "analytics": "ANALYTICS_DATABASE_URL"}
ONE_URL = """\
import hashlib, os
only = os.environ.get("ONLY", "")
if only and hashlib.sha256(os.environ["DATABASE_URL"].encode()).hexdigest() != only:
    raise SystemExit("this is not the database that I know")
"""
OLD, NEW = {"db": "old", "analytics": "old"}, {"db": "new", "analytics": "new"}


@pytest.fixture(scope="module")
def shop(
    home: SandboxHost, disk: Place, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    """An app with two databases, the name of one in that of the other, and a backup of both.

    Where its variable ONLY is set it starts with no other database than that one.
    """
    shop = Shop(home, "e2e-linked", tmp_path_factory.mktemp("linked") / "tree", WISH)
    shop.target(disk).set_up()
    REPOSITORIES[shop.app] = f"{disk.address}/{shop.app}"
    web_app(shop.tree, {"deploy.d/deploy.yml": f"port: 5000\n{WISH}"})
    server = shop.tree / "server.py"
    server.write_text(ONE_URL + server.read_text())
    answer = home.push(shop.app, shop.tree)
    assert answer.exit == 0, answer.output
    fill(shop, "new")
    shop.backup()
    fill(shop, "old")
    yield shop
    home.clear_one(shop.app)


@pytest.fixture
def remains(shop: Shop) -> Remains:
    """What was there before a test."""
    return Remains(shop.host, shop.app)


def config(shop: Shop) -> dict[str, str]:
    """The app's variables."""
    words = ("config:export", "--format", "json", shop.app)
    found: dict[str, str] = json.loads(shop.host.dokku(*words).stdout)
    return found


def services(shop: Shop) -> dict[str, str]:
    """By their keys the services that the app's variables lead to; each has to be linked."""
    names = shop.host.dokku("--quiet", "postgres:app-links", shop.app).stdout.split()
    urls = {shop.host.dokku("postgres:info", n, "--dsn").stdout.strip(): n for n in names}
    found = {key: urls[config(shop)[variable]] for key, variable in VARIABLES.items()}
    assert sorted(found.values()) == sorted(names)
    return found


def fill(shop: Shop, mark: str) -> None:
    for name in services(shop).values():
        sql = f"drop table if exists marks; create table marks as select '{mark}'::text as mark;"
        shop.host.dokku("postgres:connect", name, stdin=sql)


def restore(shop: Shop, chosen: str, *, check: bool = True) -> Answer:
    """Restore the backup of the new data."""
    backup = shop.backups()[-1]["id"]
    return shop.ours("restore", backup, "--services", chosen, check=check)


def marks(shop: Shop) -> dict[str, str]:
    """Which data each of the two databases has."""
    query = "\\pset tuples_only on\n\\pset format unaligned\nselect 'is ' || mark from marks;\n"
    found = {}
    for key, name in services(shop).items():
        said = shop.host.dokku("postgres:connect", name, stdin=query).stdout
        found[key] = next(line[3:] for line in said.splitlines() if line.startswith("is "))
    return found


@pytest.mark.parametrize("chosen", ["db", "analytics", "db,analytics"])
def test_there_and_back_again(shop: Shop, remains: Remains, chosen: str) -> None:
    mixed = {key: "new" if key in chosen.split(",") else "old" for key in VARIABLES}
    restore(shop, chosen)
    assert marks(shop) == mixed
    for expected in (OLD, mixed, OLD):
        shop.ours("restore", "--undo")
        assert marks(shop) == expected
    shop.ours("restore", "--confirm")
    assert remains.left() == set()
    assert "unchanged" in shop.host.push(shop.app).output


@pytest.mark.parametrize("chosen", ["db", "db,analytics"])
def test_an_app_that_does_not_start_is_turned_back(
    shop: Shop, remains: Remains, chosen: str
) -> None:
    only = hashlib.sha256(config(shop)["DATABASE_URL"].encode()).hexdigest()
    shop.host.dokku("config:set", "--no-restart", shop.app, f"ONLY={only}")
    answer = restore(shop, chosen, check=False)
    shop.host.dokku("config:unset", "--no-restart", shop.app, "ONLY")
    assert answer.exit == 1
    assert f"{shop.app} has the data that it had" in answer.output
    assert (marks(shop), remains.left()) == (OLD, set())


def test_killed_while_links_are_changed(shop: Shop, remains: Remains) -> None:
    """One of them is not of the restore and only away for the moment; it comes back as well."""
    steps = itertools.cycle(
        (
            ("ansible-deploy:restore", shop.app, "--undo"),
            ("ps:restart", shop.app),
            ("ansible-deploy:backup", shop.app, "--scheduled"),
        )
    )
    restore(shop, "db")
    turn = Job(shop, ("restore", "--undo"))
    for number in calls_that_link(turn):
        if marks(shop)["db"] == "old":
            shop.ours("restore", "--undo")
        turn.kill(Moment(calls=number, is_all=bool(number % 2)))
        answer = shop.host.dokku(*next(steps))
        assert marks(shop) in (OLD, {**OLD, "db": "new"}), (number, answer.output)
    journal = shop.host.data(shop.app) / "restore.json"
    assert json.loads(journal.read_text())["aside"] == []
    if marks(shop) != OLD:
        shop.ours("restore", "--undo")
    shop.ours("restore", "--confirm")
    assert (marks(shop), remains.left()) == (OLD, set())


def calls_that_link(job: Job) -> list[int]:
    """After how many of its calls the job is about to unlink or link something, or has done so."""
    before = len(job.shop.host.calls())
    job.shop.ours(*job.words)
    words = [str(call["argv"]) for call in job.shop.host.calls()[before:]]
    found = [n for n, text in enumerate(words) if ":link'" in text or ":unlink'" in text]
    assert len(found) == 4, words
    return [found[0], *(number + 1 for number in found)]


def test_a_push_after_a_kill_goes_on_with_both(shop: Shop, remains: Remains) -> None:
    restore(shop, "db")
    turn = Job(shop, ("restore", "--undo"))
    numbers = calls_that_link(turn)
    shop.ours("restore", "--undo")
    turn.kill(Moment(calls=numbers[2], is_all=True))
    answer = shop.host.push(shop.app)
    assert answer.exit == 0, answer.output
    assert marks(shop) in (OLD, {**OLD, "db": "new"})
    if marks(shop) != OLD:
        shop.ours("restore", "--undo")
    shop.ours("restore", "--confirm")
    assert (marks(shop), remains.left()) == (OLD, set())


def test_variables_with_the_same_address_follow_it(shop: Shop, remains: Remains) -> None:
    before = config(shop)
    copies = {"DB_URL": "DATABASE_URL", "OLD_DATABASE_URL": "DATABASE_URL"}
    copies["STATISTICS"] = "ANALYTICS_DATABASE_URL"
    words = [f"{name}={before[variable]}" for name, variable in copies.items()]
    shop.host.dokku("config:set", "--no-restart", shop.app, *words)
    with watched() as watcher:
        said = restore(shop, "db").output
        after = config(shop)
        said += shop.ours("restore", "--undo").output
    assert after["DATABASE_URL"] != before["DATABASE_URL"]
    assert {name: after[name] for name in copies} == {n: after[of] for n, of in copies.items()}
    there = config(shop)
    assert {name: there[name] for name in copies} == {n: before[of] for n, of in copies.items()}
    journal = (shop.host.data(shop.app) / "restore.json").read_text()
    passwords = [url.split("@")[0].rpartition(":")[2] for url in (*after.values(), *there.values())]
    shop.host.dokku("config:unset", "--no-restart", shop.app, *copies)
    shop.ours("restore", "--confirm")
    assert (marks(shop), remains.left()) == (OLD, set())
    texts = (said, watcher.text(), journal)
    assert not [word for word in passwords if len(word) > 8 for text in texts if word in text]


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("DB_URL={}?pool=5", "has a variable DB_URL, the address of DATABASE_URL and more; "),
        ("READ_DATABASE_URL=none", "a variable READ_DATABASE_URL, in which DATABASE_URL stands; "),
    ],
)
def test_what_cannot_be_as_before_is_told_before_anything_is_changed(
    shop: Shop, remains: Remains, variable: str, said: str
) -> None:
    word = variable.format(config(shop)["DATABASE_URL"])
    unset = ("config:unset", "--no-restart", shop.app, word.partition("=")[0])
    remedy = f"for the time of the restore run: dokku {' '.join(unset)}"
    shop.host.dokku("config:set", "--no-restart", shop.app, word)
    before = config(shop)
    refused = restore(shop, "db", check=False)
    assert (refused.exit, said in refused.output, remedy in refused.output) == (1, True, True)
    assert (config(shop), remains.left()) == (before, set())
    shop.host.dokku(*unset)
    restore(shop, "db")
    word = variable.format(config(shop)["DATABASE_URL"])
    shop.host.dokku("config:set", "--no-restart", shop.app, word)
    before = config(shop)
    refused = shop.ours("restore", "--undo", check=False)
    assert (refused.exit, said in refused.output, remedy in refused.output) == (1, True, True)
    assert config(shop) == before
    shop.host.dokku("ps:restart", shop.app)
    shop.host.dokku(*unset)
    shop.ours("restore", "--undo")
    shop.ours("restore", "--confirm")
    assert (marks(shop), remains.left()) == (OLD, set())


@pytest.fixture
def admin(shop: Shop) -> Iterator[str]:
    """Another app that is linked to the database."""
    name = "e2e-linked-admin"
    shop.host.dokku("apps:create", name)
    shop.host.dokku("postgres:link", services(shop)["db"], name, "--no-restart")
    yield name
    shop.host.dokku("--force", "apps:destroy", name)


def test_what_another_app_uses_is_told_and_not_destroyed(
    shop: Shop, remains: Remains, admin: str
) -> None:
    name = services(shop)["db"]
    said = f"{admin} is linked to postgres {name} as well, and goes on with the data of before"
    assert said in restore(shop, "db,analytics").output
    remedy = f"is linked to {admin}, and is not destroyed; first run: dokku "
    remedy += f"postgres:unlink {name} {admin}"
    refused = shop.ours("restore", "--confirm", check=False)
    assert (refused.exit, remedy in refused.output) == (1, True), refused.output
    shop.ours("restore", "--undo")
    assert marks(shop) == OLD
    assert said in shop.ours("restore", "--undo").output
    journal = shop.host.data(shop.app) / "restore.json"
    turn = json.loads(journal.read_text())
    assert not turn["is_dropping"]
    journal.write_text(json.dumps({**turn, "is_dropping": True}))
    for words in (
        ("ps:stop", shop.app),
        ("ps:start", shop.app),
        ("ansible-deploy:backup", shop.app, "--scheduled"),
    ):
        answer = shop.host.dokku(*words)
        assert (remedy in answer.output) == (words[0] != "ps:stop"), answer.output
    assert shop.host.get(f"{shop.app}.dokku.sandbox") == (200, "hello")
    shop.host.dokku("postgres:unlink", name, admin, "--no-restart")
    shop.ours("restore", "--confirm")
    assert marks(shop) == NEW
    assert len(remains.found()) == len(remains.before)
    fill(shop, "old")
