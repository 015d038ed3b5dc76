"""Pushes, rollbacks and the clock: backups that nobody types, and jobs that meet a deploy."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.backups.processes import users_of
from tests.backups.servers.place import Place
from tests.e2e.backups import Shop
from tests.e2e.hosts import AUTHOR, ROOT, mirror, web_app
from tests.waiting import wait_for

OFF = "backups: {before-release: false}\n"


def revision(shop: Shop) -> str:
    """What was pushed last."""
    repository = shop.host.repository(shop.app)
    return shop.host.git(repository, "rev-parse", "HEAD").stdout.strip()


def marked(mark: str) -> dict[str, str]:
    return dict.fromkeys(("postgres", "redis", "volume"), mark)


def page(shop: Shop) -> str:
    return shop.host.get(f"{shop.app}.dokku.sandbox")[1]


def test_a_release_that_changes_code_is_preceded_by_a_backup(shop: Shop) -> None:
    shop.fill("one")
    replaced, before = revision(shop), {row["id"] for row in shop.backups()}
    pushed = shop.push(text="second").output
    assert pushed.index("(before-release)") < pushed.index("Deploying web")
    made = [row for row in shop.backups() if row["id"] not in before]
    assert [(row["reason"], row["revision"]) for row in made] == [("before-release", replaced)]
    shop.host.dokku("ps:rebuild", shop.app)
    assert len(shop.backups()) == len(before) + 1, "the code did not change"
    shop.push(OFF, text="third")
    assert len(shop.backups()) == len(before) + 2, "the new wish is not in force before its release"
    shop.push(OFF, text="fourth")
    assert len(shop.backups()) == len(before) + 2


def test_back_to_an_earlier_release_with_its_data_or_without(shop: Shop) -> None:
    shop.push(text="good")
    shop.fill("good")
    good = revision(shop)
    shop.push(text="bad")
    bad = revision(shop)
    shop.fill("bad")
    shop.ours("rollback", good[:8])
    assert (page(shop), shop.marks()) == ("good", marked("bad"))
    newest = shop.backups()[0]
    assert (newest["reason"], newest["revision"]) == ("before-release", bad)
    again = shop.ours("rollback", good, check=False)
    assert (again.exit, f"runs revision {good[:8]} already" in again.output) == (1, True)
    shop.fill("later")
    count = len(shop.backups())
    shop.ours("rollback", bad, "--with-data")
    assert (page(shop), shop.marks()) == ("bad", marked("bad"))
    assert len(shop.backups()) == count + 1
    shop.ours("restore", "--undo")
    assert shop.marks() == marked("later")
    shop.ours("restore", "--confirm")
    for word, said in (("0000000", "has no revision 0000000"), ("HEAD", "Please specify")):
        answer = shop.ours("rollback", word, check=False)
        assert (answer.exit, said in answer.output) == (1, True), answer.output


def test_a_rollback_that_cannot_start_leaves_release_and_data(shop: Shop) -> None:
    shop.push(text="stands")
    shop.fill("stands")
    host, tree = shop.host, shop.tree
    (tree / "server.py").write_text("raise SystemExit('cannot start')\n")
    assert host.push(shop.app, tree).exit != 0
    broken = revision(shop)
    shop.backup()
    answer = shop.ours("rollback", broken, "--with-data", check=False)
    assert answer.exit == 1, answer.output
    assert (page(shop), shop.marks()) == ("stands", marked("stands"))
    if shop.report("backups-restored"):
        shop.ours("restore", "--confirm")
    assert shop.marks() == marked("stands")


def test_a_release_without_the_folder_is_preceded_by_a_backup_too(shop: Shop) -> None:
    shop.push(text="has it")
    replaced, count, crontab = revision(shop), len(shop.backups()), crontab_of(shop)
    host, tree = shop.host, shop.tree
    (tree / "server.py").write_text("raise SystemExit('cannot start')\n")
    failed = host.push(shop.app, tree_without(tree))
    assert failed.exit != 0, failed.output
    assert "any more" not in failed.output
    assert crontab_of(shop) == crontab
    assert len(shop.backups()) == count + 1
    web_app(tree, {}, "without")
    pushed = host.push(shop.app, tree_without(tree), force=True).output
    assert pushed.index("(before-release)") < pushed.index("No backups are made any more")
    assert crontab_of(shop) == ""
    assert shop.backups()[0]["revision"] == replaced
    shop.push(text="has it again")
    assert crontab_of(shop) == crontab


def crontab_of(shop: Shop) -> str:
    """The app's own lines."""
    file = shop.host.root / "var/spool/cron/crontabs/dokku"
    lines = file.read_text().splitlines() if file.exists() else []
    return "\n".join(line for line in lines if f" {shop.app} " in line)


def tree_without(tree: Path) -> Path:
    shutil.rmtree(tree / "deploy.d", ignore_errors=True)
    return tree


def test_a_failed_job_of_the_clock_is_told(shop: Shop) -> None:
    """By the job itself, whose output cron mails, and by each push until a proof succeeds."""
    shop.push("backups: {verify: {check: select 0}}\n", text="wrong")
    shop.backup()
    run = shop.host.run(str(ROOT / "script/sandbox"), "cron", f"verify {shop.app}")
    assert "verify.check of the restored database answers 0" in run.output
    assert "THE LAST PROOF FAILED" in shop.push(text="right").output
    shop.ours("verify", "--scheduled")
    assert "THE LAST PROOF FAILED" not in shop.push(text="right again").output


def test_the_clock_makes_backups_and_proofs(shop: Shop) -> None:
    crontab = (shop.host.root / "var/spool/cron/crontabs/dokku").read_text()
    for job in ("backup", "verify"):
        line = rf"^\d+ [1-4] \* \* [*0-7] dokku ansible-deploy:{job} {shop.app} --scheduled$"
        assert re.search(line, crontab, re.MULTILINE), crontab
        answer = shop.host.run(str(ROOT / "script/sandbox"), "cron", f"{job} {shop.app}")
        assert answer.exit == 0, answer.output
    newest = shop.backups()[0]
    assert (newest["reason"], newest["proven"]) == ("scheduled", True)
    for key in ("last", "proven"):
        assert shop.report(f"backups-{key}") == newest["id"]
    assert shop.record["maintained"], "the repository was neither pruned nor checked"


@contextmanager
def started(shop: Shop, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A command that runs meanwhile, and must end well."""
    with subprocess.Popen(
        words,
        env=shop.host.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0, output


def test_a_push_goes_on_while_a_backup_is_made(shop: Shop, disk: Place) -> None:
    shop.fill("one")
    before, count, replaced = shop.data(), len(shop.backups()), revision(shop)
    with started(shop, "dokku", "ansible-deploy:backup", shop.app):
        wait_for(lambda: users_of(f"{disk.address}/{shop.app}"))
        pushed = shop.push(text="meanwhile").output
    assert "there is no backup from before this release" not in pushed
    assert (page(shop), shop.data()) == ("meanwhile", before)
    rows = shop.backups()
    made = {row["reason"]: row["revision"] for row in rows[: len(rows) - count]}
    assert made == {"before-release": replaced, "manual": ""}, "it went on into the deploy"
    shop.ours("verify", shop.backups()[0]["id"])


@contextmanager
def locked_table(shop: Shop) -> Iterator[None]:
    """Somebody holds a table of the app's database: no dump of it comes to an end."""
    words = ("dokku", "postgres:connect", shop.service("postgres"))
    with subprocess.Popen(
        words, env=shop.host.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as session:
        assert session.stdin
        assert session.stdout
        session.stdin.write("begin; lock table orders in access exclusive mode; select 'held';\n")
        session.stdin.flush()
        next(line for line in session.stdout if "held" in line)
        yield
        session.stdin.close()


def test_a_push_does_not_wait_for_ever_for_its_backup(shop: Shop) -> None:
    shop.fill("one")
    count = len(shop.backups())
    shop.ours("set", "backup-wait", "10")
    try:
        with locked_table(shop):
            pushed = shop.push(text="in time").output
        assert "there is no backup from before this release; it goes on" in pushed
        assert page(shop) == "in time"
        assert shop.report("backups-failed") in pushed
        assert len(shop.backups()) == count
    finally:
        shop.ours("set", "backup-wait", "--unset")
    shop.backup()
    assert shop.report("backups-failed") == ""


def test_two_jobs_of_an_app_do_not_meet(shop: Shop, disk: Place) -> None:
    with started(shop, "dokku", "ansible-deploy:backup", shop.app):
        wait_for(lambda: users_of(f"{disk.address}/{shop.app}"))
        for command in ("backup", "verify", "restore"):
            answer = shop.ours(command, check=False)
            assert answer.exit == 75, answer.output
            assert "a backup, a restore or a proof of e2e-shop is under way" in answer.output


@pytest.fixture
def gate(shop: Shop, tmp_path: Path) -> Path:
    """The next release waits until this file is there."""
    file = tmp_path / "gate"
    release = f"release: while ! test -e {file}; do echo waiting; sleep 0.1; done\n"
    web_app(shop.tree, {"Procfile": f"{release}web: python3 -u server.py\n"})
    return file


def test_jobs_while_a_release_is_under_way(shop: Shop, gate: Path) -> None:
    shop.fill("one")
    saved, host = shop.backup(), shop.host
    shop.fill("two")
    repository, builds = host.repository(shop.app), host.lib_root / "data/builds" / shop.app
    mirror(shop.tree, repository)
    host.git(repository, "add", "--all", "--force")
    host.git(repository, *AUTHOR, "commit", "-qm", "a release that waits")
    known = set(builds.glob("*.log"))
    with started(shop, "git", "-C", str(repository), "push", "-f", "dokku", "main"):
        wait_for(lambda: any("waiting" in p.read_text() for p in {*builds.glob("*.log")} - known))
        during = shop.backup()
        refused = shop.ours("restore", saved, check=False)
        gate.touch()
    assert refused.exit == 75, refused.output
    assert "a deploy of e2e-shop is under way" in refused.output
    assert shop.marks() == marked("two")
    assert shop.report("backups-restored") == ""
    made = {row["id"]: row["revision"] for row in shop.backups()}
    assert made[during] == "", "the data may be that of the one release or of the other"
    shop.ours("verify", during)
    shop.push(text="after")
