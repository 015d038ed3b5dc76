"""Backup and restore of much data, beside the same that a person does with pipes and restic.

An app with a PostgreSQL and a volume, `BENCH_MIB` (1024) of each. Both sides begin with an empty
repository, and both verify what they restored. What is set beside each other was done in turns.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.bench.hooks import Bench
from tests.bench.measure import Cost, median
from tests.bench.promise import Figure

APP, VOLUME = "bench-data", "files"
DEPLOY = f"services: [postgres]\nvolumes: [{VOLUME}:/app/files]\n"
SCRATCH = f"{APP}-by-hand"
MIB = int(os.environ.get("BENCH_MIB", "1024"))
ROW = "(select string_agg(md5(random()::text), '') from generate_series(1, 31) where n > 0)"
SQL = f"create table rows as select n, {ROW} as words from generate_series(1, {MIB} * 1024) as n;"
FILE = 1024 * 1024
PASSWORD = "of the bench"
NUMBERS = itertools.count(1)
LOOK = 0.02


@dataclass
class Data:
    """The app with its data, the folder where repositories are, and how much memory we took."""

    bench: Bench
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    peak: int = 0

    @property
    def service(self) -> str:
        """The app's PostgreSQL, which is another one after a restore."""
        return self.bench.host.dokku("--quiet", "postgres:app-links", APP).stdout.strip()

    @property
    def volume(self) -> Path:
        """The directory of the volume."""
        return self.bench.host.lib_root / f"data/storage/{APP}_{VOLUME}"

    def by_hand(self, repository: str, script: str) -> Cost:
        """What a line of shell costs, with restic's environment for a repository."""
        starter = self.bench.starter
        variables = {
            **starter.environment,
            "RESTIC_REPOSITORY": str(self.folder / repository),
            "RESTIC_PASSWORD": PASSWORD,
        }
        words = ("bash", "-ec", f"set -o pipefail; {script}")
        return replace(starter, environment=variables).run(*words)[0]

    def ours(self, command: str, *words: str) -> tuple[Cost, str]:
        """What one of our commands costs; how much memory it has is looked at meanwhile."""
        with self._watched():
            return self.bench.starter.run("dokku", f"ansible-deploy:{command}", APP, *words)

    def backup(self) -> tuple[Cost, str]:
        """Make a backup in a new repository; return its cost and its id."""
        words = ("ansible-deploy:set", APP, "backup-repository", f"ours-{next(NUMBERS)}")
        self.bench.host.dokku(*words)
        cost, said = self.ours("backup")
        found = re.search(r"=====> Backup ([0-9a-f]{8}) of ", said)
        if not found:
            raise SystemExit(f"bench: no backup was made:\n{said}")
        return cost, found[1]

    @contextmanager
    def _watched(self) -> Iterator[None]:
        is_done = threading.Event()

        def look() -> None:
            while not is_done.wait(LOOK):
                self.peak = max(self.peak, *map(_most_memory, _our_processes()), 0)

        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            yield
        finally:
            is_done.set()
            watcher.join()


def backup(bench: Bench, runs: int) -> Figure:
    """A backup in a new repository."""
    ours, hand = [], []
    with _data(bench) as data:
        for _ in range(_few(runs)):
            hand.append(_backup_by_hand(data, f"hand-{next(NUMBERS)}"))
            ours.append(data.backup()[0])
    return _ratio(ours, hand)


def restore(bench: Bench, runs: int) -> Figure:
    """A restore into fresh places, to which the app is then turned."""
    ours, hand = [], []

    def by_hand() -> None:
        hand.append(_restore_by_hand(data, repository))

    def by_us() -> None:
        ours.append(data.ours("restore", made)[0])
        data.bench.host.dokku("ansible-deploy:restore", APP, "--confirm")

    with _data(bench) as data:
        repository = f"hand-{next(NUMBERS)}"
        _backup_by_hand(data, repository)
        _, made = data.backup()
        for _ in range(_few(runs)):
            # Who comes second has the files in memory, so each side does once.
            for side in (by_hand, by_us, by_us, by_hand):
                os.sync()
                side()
    return _ratio(ours, hand)


def memory(bench: Bench, runs: int) -> Figure:
    """The most memory that a process of ours had in a backup and a restore."""
    with _data(bench) as data:
        _, made = data.backup()
        data.ours("restore", made)
        data.bench.host.dokku("ansible-deploy:restore", APP, "--confirm")
        if not data.peak:
            raise SystemExit("bench: none of our processes was seen")
        return Figure(round(data.peak / 1024, 1), note=_amount())


def _backup_by_hand(data: Data, repository: str) -> Cost:
    save = (
        f"dokku postgres:export {data.service} | restic backup -q --stdin --stdin-filename db.dump"
    )
    files = f"cd {data.volume}; restic backup -q --tag files ."
    return data.by_hand(repository, f"restic init -q; {save}; {files}")


def _restore_by_hand(data: Data, repository: str) -> Cost:
    """What a person types: load both, link the app to the new service, exchange the directory."""
    target, before, volume = data.folder / "restored", data.service, data.volume
    load = f"restic dump -q latest --path /db.dump /db.dump | dokku postgres:import {SCRATCH}"
    files = f"restic restore -q latest --tag files --verify --target {target}"
    turn = _link_by_hand(before, SCRATCH)
    exchange = f"mv {volume} {volume}.before; mv {target} {volume}"
    try:
        script = f"dokku postgres:create {SCRATCH}; {load}; {files}; {turn}; {exchange}"
        return data.by_hand(repository, f"{script}; dokku ps:restart {APP}")
    finally:
        data.by_hand(repository, _link_by_hand(SCRATCH, before))
        data.bench.host.dokku("--force", "postgres:destroy", SCRATCH)
        shutil.rmtree(f"{volume}.before")


def _link_by_hand(old: str, new: str) -> str:
    words = f"{APP} --no-restart"
    return f"dokku postgres:unlink {old} {words}; dokku postgres:link {new} {words}"


@contextmanager
def _data(bench: Bench) -> Iterator[Data]:
    """The app, filled."""
    folder = bench.host.work / "repositories"
    folder.mkdir()
    folder.chmod(0o777)  # the user dokku of a real host writes there
    host = bench.host
    with bench.app(APP) as app:
        words = ("ansible-deploy:set", app)
        host.dokku(*words, "backup-password", "bench", stdin=PASSWORD)
        host.dokku(*words, "backup-target", "bench", str(folder))
        bench.push(app, bench.tree(app, {"deploy.d/deploy.yml": DEPLOY}), "-----> Provisioning")
        data = Data(bench, folder)
        try:
            host.dokku("postgres:connect", data.service, stdin=SQL)
            _fill(data.volume)
            yield data
        finally:
            shutil.rmtree(folder)
            shutil.rmtree(data.volume, ignore_errors=True)


def _fill(volume: Path) -> None:
    """Writes files of which one half can be compressed."""
    numbers = random.Random(1)
    for number in range(MIB):
        words = f"{number} what files are full of ".encode()
        half = (words * (FILE // 2 // len(words) + 1))[: FILE // 2]
        (volume / str(number)).write_bytes(numbers.randbytes(FILE // 2) + half)


def _our_processes() -> Iterator[Path]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"\0ansible_deploy\0" in path.read_bytes():
                yield path.parent
        except OSError:  # it has just ended
            continue


def _most_memory(process: Path) -> int:
    """The most memory that a process has had, in KiB."""
    try:
        found = re.search(r"VmHWM:\s+(\d+)", (process / "status").read_text())
    except OSError:
        return 0
    return int(found[1]) if found else 0


def _few(runs: int) -> int:
    return max(1, runs // 2)


def _ratio(ours: list[Cost], hand: list[Cost]) -> Figure:
    mine, beside = median(ours), median(hand)
    note = (
        f"{_amount()}: {mine.wall:.1f} s beside {beside.wall:.1f} s,"
        f" cpu {mine.cpu:.1f} s beside {beside.cpu:.1f} s"
    )
    return Figure(round(mine.wall / beside.wall, 3), tuple(ours), beside, note)


def _amount() -> str:
    return f"{MIB} MiB of rows and {MIB} MiB of files"
