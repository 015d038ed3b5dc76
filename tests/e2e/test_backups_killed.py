"""Killed at any moment, jobs lose nothing: the app has old data or new, and nothing is left over.

Each job is killed after some of its calls of `dokku`, and at some times between; with
`DOKKU_TEST_KILLS=all` after every call. Either the plugin's process alone is killed, as by the
kernel when memory is short, or all that it started with it, as when the power fails.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ansible_deploy.backups.turn import exchange
from tests.backups.processes import children
from tests.backups.servers.place import Place
from tests.e2e.backups import Remains, Shop, Target, running
from tests.e2e.hosts import KILLS_ALL, SandboxHost
from tests.waiting import wait_for

SHARES = (0.3, 0.7)
WISH = "services: [postgres]\nvolumes: [uploads:/app/uploads]\n"
OLD, NEW = "old", "new"


@dataclass(frozen=True)
class Moment:
    """When to kill: after so many calls of `dokku`, or after so many seconds."""

    calls: int = 0
    seconds: float = 0.0
    is_all: bool = False


@dataclass(frozen=True)
class Job:
    """A command of the plugin about one app, which can be killed."""

    shop: Shop
    words: tuple[str, ...]

    @property
    def command(self) -> list[str]:
        """The words of the call."""
        return ["dokku", f"ansible-deploy:{self.words[0]}", self.shop.app, *self.words[1:]]

    def measure(self) -> tuple[int, float]:
        """Run it undisturbed; return how many calls it made and how long it took."""
        before, began = len(self.shop.host.calls()), time.monotonic()
        self.shop.ours(*self.words)
        return len(self.shop.host.calls()) - before - 1, time.monotonic() - began

    def kill(self, moment: Moment) -> None:
        """Start it and kill it at that moment; returns when nothing of it runs any more."""
        with (self.shop.host.root / "log/calls.jsonl").open("rb") as log:
            log.seek(0, os.SEEK_END)
            end = time.monotonic() + (moment.seconds or 60)
            process = subprocess.Popen(
                self.command,
                env=self.shop.host.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            count = 0
            while process.poll() is None and time.monotonic() < end:
                count += log.read().count(b"\n")
                if moment.calls and count >= moment.calls:
                    break
                time.sleep(0.002)
        _kill(process, is_all=moment.is_all)
        process.wait()
        wait_for(lambda: not self.running())

    def running(self) -> list[str]:
        """What works on the app or its repository."""
        folder = str(self.shop.host.root)
        found = {**running(f"RESTIC_REPOSITORY={REPOSITORIES[self.shop.app]}")}
        found |= {pid: words for pid, words in running(self.shop.app).items() if folder in words}
        jobs = ("restic", "ansible_deploy", "pg_dump", "pg_restore", "bin/dokku")
        return [words for words in found.values() if any(job in words for job in jobs)]


REPOSITORIES: dict[str, str] = {}


def _kill(process: subprocess.Popen[bytes], *, is_all: bool) -> None:
    """Kill the plugin's process, or all from the top down."""
    pids = [process.pid]
    for pid in pids:
        pids += children(pid)
    if not is_all:
        pids = [pid for pid in pids if b"ansible_deploy" in _words(pid)] or pids
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def _words(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def moments(job: Job, step: int) -> Iterator[Moment]:
    """When a job is killed: after every call or each so many, and at some times between."""
    calls, seconds = job.measure()
    assert calls > 3
    both = itertools.cycle((True, False))
    for number in range(1, calls + 1, 1 if KILLS_ALL else step):
        yield Moment(calls=number, is_all=next(both))
    for share in SHARES:
        yield Moment(seconds=share * seconds, is_all=next(both))


@pytest.fixture(scope="module")
def shop(
    home: SandboxHost, disk: Place, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    """An app with old data, and a backup of new data."""
    shop = Shop(home, "e2e-struck", tmp_path_factory.mktemp("struck") / "tree", WISH)
    shop.target(disk).set_up()
    REPOSITORIES[shop.app] = f"{disk.address}/{shop.app}"
    shop.push()
    shop.fill(NEW)
    shop.backup()
    shop.fill(OLD)
    yield shop
    home.clear_one(shop.app)


@pytest.fixture
def target(shop: Shop, disk: Place) -> Target:
    """The app's target, for a look at what is really there."""
    return shop.target(disk)


@pytest.fixture
def remains(shop: Shop) -> Remains:
    """What was there before the jobs of a test."""
    return Remains(shop.host, shop.app)


def whole(mark: str) -> dict[str, str]:
    return {"postgres": mark, "volume": mark}


def test_a_killed_backup_is_none_or_a_good_one(
    shop: Shop, target: Target, remains: Remains
) -> None:
    job = Job(shop, ("backup",))
    kept = shop.backups()[-1]["id"]
    for moment in moments(job, 3):
        known = {row["id"] for row in shop.backups()}
        job.kill(moment)
        for row in shop.backups():
            if row["id"] not in known:
                shop.ours("verify", row["id"])
    shop.ours("backup")
    assert (shop.marks(), remains.left()) == (whole(OLD), set())
    sealed = [row for row in target.snapshots(shop.app) if "seal" in row["tags"]]
    assert {row["id"][:8] for row in sealed} == {row["id"] for row in shop.backups()}
    target.restic(shop.app, "unlock", "--remove-all")  # a killed restic could not; none is running
    target.restic(shop.app, "check", "--read-data")
    assert kept in {row["id"] for row in shop.backups()}


def test_what_a_killed_backup_saved_goes_later(shop: Shop, target: Target) -> None:
    """Of another host it could be a backup under way, and of this one while it is young."""
    ours = next(row for row in target.snapshots(shop.app) if "seal" in row["tags"])
    server = next(tag for tag in ours["tags"] if tag.startswith("server:"))
    for days, owner in ((3, server), (1, server), (3, "server:other")):
        then = f"{datetime.now().astimezone() - timedelta(days=days):%Y-%m-%d %H:%M:%S}"
        tags = f"app:{shop.app},backup:{days:012x},part:services/postgres,{owner}"
        words = ("--stdin", "--stdin-filename", "x.dump", "--time", then, "--tag", tags)
        target.restic(shop.app, "backup", *words, data=b"half a backup")
    shop.ours("backup", "--scheduled")
    found = [row["tags"] for row in target.snapshots(shop.app)]
    assert [tags for tags in found if "backup:000000000001" in tags and server in tags]
    left = [tags for tags in found if "backup:000000000003" in tags]
    assert [server in tags for tags in left] == [False]


def test_a_killed_proof_leaves_nothing(shop: Shop, remains: Remains) -> None:
    job = Job(shop, ("verify",))
    following = itertools.cycle((("backup",), ("verify",)))
    for moment in moments(job, 3):
        job.kill(moment)
        shop.ours(*next(following))
        assert (shop.marks(), remains.left()) == (whole(OLD), set()), moment
    assert shop.report("backups-disproven") == ""


def test_a_killed_restore_is_taken_up_or_given_up(shop: Shop, remains: Remains) -> None:
    job = Job(shop, ("restore", backup_of_new(shop)))
    steps: Iterator[Callable[[Shop, Moment], None]] = itertools.cycle(
        (once_more, take_back, deploy, restart)
    )
    all_moments = moments(job, 6)
    first = next(all_moments)
    shop.ours("restore", "--undo")
    shop.ours("restore", "--confirm")
    for moment in itertools.chain([first], all_moments):
        job.kill(moment)
        next(steps)(shop, moment)
        assert (shop.marks(), remains.left()) == (whole(OLD), set()), moment
        assert shop.host.get(f"{shop.app}.dokku.sandbox") == (200, "hello")


def backup_of_new(shop: Shop) -> str:
    found: str = shop.backups()[-1]["id"]
    return found


def once_more(shop: Shop, moment: Moment) -> None:
    """The same command again: it restores, or says that the first one did."""
    answer = shop.ours("restore", backup_of_new(shop), check=False)
    assert answer.exit == 0 or "is not confirmed yet" in answer.output, (moment, answer.output)
    assert shop.marks() == whole(NEW), (moment, answer.output)
    shop.ours("restore", "--undo")
    assert shop.marks() == whole(OLD), moment
    shop.ours("restore", "--confirm")


def take_back(shop: Shop, moment: Moment) -> None:
    """A person does not want it any more; where it had not come so far the next job tidies up."""
    answer = shop.ours("restore", "--undo", check=False)
    if answer.exit == 0:
        assert shop.marks() == whole(OLD), moment
        shop.ours("restore", "--confirm")
    else:
        assert "there is no restore" in answer.output, (moment, answer.output)
        assert shop.marks() == whole(OLD), moment
        shop.ours("verify")


def deploy(shop: Shop, moment: Moment) -> None:
    """A push comes next: the new release has the one data or the other, whole."""
    shop.push()
    decide(shop, moment)


def restart(shop: Shop, moment: Moment) -> None:
    """A person restarts the app; none of our other triggers is called."""
    shop.host.dokku("ps:restart", shop.app)
    decide(shop, moment)


def decide(shop: Shop, moment: Moment) -> None:
    """Nothing is mixed; the old data comes back."""
    marks = shop.marks()
    assert marks in (whole(OLD), whole(NEW)), moment
    if marks == whole(NEW):
        shop.ours("restore", "--undo")
    if shop.report("backups-restored"):
        shop.ours("restore", "--confirm")
    shop.ours("verify")


@pytest.fixture
def mixed(shop: Shop) -> Path:
    """The journal of a restore that was struck when services were turned, and volumes not yet."""
    shop.ours("restore", backup_of_new(shop))
    journal = shop.host.data(shop.app) / "restore.json"
    turn = json.loads(journal.read_text())
    exchange(turn["volumes"][0]["directory"], turn["volumes"][0]["other"])
    journal.write_text(json.dumps({**turn, "is_done": False}))
    left = journal.with_name("restored-struck")
    left.mkdir()
    left.with_name("scratch.json").write_text(json.dumps([{"directory": str(left)}]))
    assert shop.marks() == {"postgres": NEW, "volume": OLD}
    return journal


@pytest.mark.parametrize(
    "words",
    [("ps:restart",), ("ps:restore",), ("config:set", "A={}"), ("ps:rebuild",)],
    ids=lambda words: str(words[0]),
)
def test_no_deploy_picks_up_a_mixture(
    shop: Shop, remains: Remains, mixed: Path, words: tuple[str, ...]
) -> None:
    """Nor does Dokku's look at the app after a boot, when Docker has started its containers."""
    command, *more = words
    answer = shop.host.dokku(command, shop.app, *(word.format(time.time()) for word in more))
    assert shop.marks() == whole(NEW)
    assert json.loads(mixed.read_text())["is_done"], answer.output
    assert "Not as deploy.d says" not in answer.output
    shop.ours("restore", "--undo")
    assert shop.marks() == whole(OLD)
    shop.ours("restore", "--confirm")
    assert remains.left() == set()


def test_one_process_alone_is_not_restarted_into_other_data(shop: Shop, mixed: Path) -> None:
    answer = shop.host.dokku("ps:restart", shop.app, "web", check=False)
    assert answer.exit != 0
    assert f"run: dokku ps:restart {shop.app}" in answer.output
    assert not json.loads(mixed.read_text())["is_done"]
    shop.ours("restore", "--undo")
    assert shop.marks() == whole(OLD)
    shop.ours("restore", "--confirm")


def test_a_killed_rollback_puts_no_old_data_under_new_code(shop: Shop, remains: Remains) -> None:
    """Whatever comes next: the data that was restored is only ever met by the code it is for."""
    codes = []
    for text in (NEW, OLD):
        shop.push("backups: {before-release: false}\n", text=text)
        shop.fill(text)
        shop.backup()
        codes.append(revision_of(shop))
    job = Job(shop, ("rollback", codes[0], "--with-data"))
    steps = itertools.cycle((("ps:restart",), ("ansible-deploy:verify",), ("ps:rebuild",)))
    for moment in moments(job, 8):
        put_back(shop, codes[1])
        job.kill(moment)
        shop.host.dokku(*next(steps), shop.app)
        page = shop.host.get(f"{shop.app}.dokku.sandbox")[1]
        marks = shop.marks()
        assert marks in (whole(OLD), whole(page)), (moment, page, marks)
    put_back(shop, codes[1])
    assert remains.left() == set()


def revision_of(shop: Shop) -> str:
    repository = shop.host.repository(shop.app)
    return shop.host.git(repository, "rev-parse", "HEAD").stdout.strip()


def put_back(shop: Shop, code: str) -> None:
    """The newer code runs with the old data again."""
    shop.ours("rollback", code, check=False)
    assert shop.host.get(f"{shop.app}.dokku.sandbox") == (200, OLD)
    if shop.marks() != whole(OLD):
        shop.ours("restore", "--undo")
    assert shop.marks() == whole(OLD)
    if shop.report("backups-restored"):
        shop.ours("restore", "--confirm")


@pytest.mark.parametrize("decision", ["--undo", "--confirm"])
def test_a_killed_decision_is_carried_out(shop: Shop, remains: Remains, decision: str) -> None:
    """The nightly backup comes next; it must neither save a mixture nor remove what is needed."""
    job = Job(shop, ("restore", decision))
    size = len(remains.before)
    for number in range(2, 14, 1 if KILLS_ALL else 5):
        shop.ours("restore", backup_of_new(shop))
        job.kill(Moment(calls=number, is_all=bool(number % 2)))
        shop.ours("backup", "--scheduled")
        expected = (OLD, NEW) if decision == "--undo" else (NEW,)
        marks = shop.marks()
        assert marks in [whole(side) for side in expected], number
        if shop.report("backups-restored"):
            if marks == whole(NEW):
                shop.ours("restore", "--undo")
            assert shop.marks() == whole(OLD), number
            shop.ours("restore", "--confirm")
        assert len(remains.found()) == size, (number, remains.left())
        shop.fill(OLD)


def test_a_backup_after_a_killed_restore_is_whole(shop: Shop, remains: Remains) -> None:
    """Killed while the app is turned: the next job of the clock finds the turn half done."""
    job = Job(shop, ("restore", backup_of_new(shop)))
    calls, _ = job.measure()
    shop.ours("restore", "--undo")
    shop.ours("restore", "--confirm")
    for number in range(calls // 2, calls, 1 if KILLS_ALL else 6):
        job.kill(Moment(calls=number, is_all=bool(number % 2)))
        shop.ours("backup", "--scheduled")
        marks = shop.marks()
        assert marks in (whole(OLD), whole(NEW)), number
        if shop.report("backups-restored"):
            shop.ours("restore", "--undo")
            assert shop.marks() == whole(OLD), number
            shop.ours("restore", "--confirm")
        assert remains.left() == set(), number
