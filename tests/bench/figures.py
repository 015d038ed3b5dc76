"""The figures of speed that we promise, one function each; their budgets stand in the table below.

The app of most figures is created and not yet deployed: one domain, one port, five variables, one
volume, one property of nginx.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench import backups, monitoring
from tests.bench.hooks import Bench
from tests.bench.measure import Cost, median
from tests.bench.promise import Figure, Promise
from tests.e2e.hosts import web_app

UNCHANGED = "-----> deploy.d is unchanged"
PROVISIONED = "-----> Provisioning"
DEPLOY = """port: 5000
domains: [{domain}]
env: {{ONE: '1', TWO: '2', THREE: '3', FOUR: '4', FIVE: '5'}}
volumes: [data:/app/data]
dokku: {{nginx: {{client-max-body-size: 50m}}}}
"""
FEW, MANY = 2, 12
SMALLEST_WAIT = 0.002


def without_deploy_d(bench: Bench, runs: int) -> Figure:
    """All hooks of a push of an app without deploy.d."""
    with bench.app("bench-plain") as app:
        tree = bench.tree(app, {"index.html": "hello"})
        costs = [bench.push(app, tree, "-----> No deploy.d") for _ in range(runs)]
        return _timed(costs, _reads(bench, app, runs))


def unchanged(bench: Bench, runs: int) -> Figure:
    """All hooks of a push that changes nothing; it starts no Ansible."""
    with _provisioned(bench) as (app, tree):
        before = bench.host.runs(app)
        costs = [bench.push(app, tree, UNCHANGED) for _ in range(runs)]
        if bench.host.runs(app) != before:
            raise SystemExit("bench: a push that changes nothing started Ansible")
        return _timed(costs, _reads(bench, app, runs), "no ansible-playbook")


def unchanged_calls(bench: Bench, runs: int) -> Figure:
    """The `dokku` calls of such a push."""
    with _provisioned(bench) as (app, tree):
        calls = bench.calls(app, tree, UNCHANGED)
        return Figure(len(calls), note=", ".join(sorted(words[0] for words in calls)))


def first_provisioning(bench: Bench, runs: int) -> Figure:
    """All hooks of the first push, in turn with the commands that a person would type."""
    costs, hand = [], []
    for _ in range(runs):
        with bench.app("bench-hand") as app:
            hand.append(bench.by_hand(_seven_commands(bench, app)))
        with bench.app("bench-first") as app:
            costs.append(bench.push(app, _app_tree(bench, app), PROVISIONED))
    return _timed(costs, hand)


def one_more_resource(bench: Bench, runs: int) -> Figure:
    """The slope between runs with few and many limits: each is a task, a read and a write.

    The calls that the many need beyond the few are made by hand, and their cost taken away.
    """
    few, many, hand = [], [], []
    extra = _extra_calls(bench)
    for _ in range(runs):
        few.append(_limited(bench, FEW))
        many.append(_limited(bench, MANY))
        with bench.app("bench-limits") as app:
            bench.tree(app, {})
            hand.append(bench.by_hand(extra))
    number = MANY - FEW
    calls = median(hand) / number
    costs = [(more - less) / number - calls for more, less in zip(many, few, strict=True)]
    note = f"{len(extra) / number:g} dokku calls a resource, their time taken away"
    return _timed(costs, [calls], note)


def nginx_rebuilds(bench: Bench, runs: int) -> Figure:
    """How often nginx's file of a deployed app changed while hooks gave it other domains."""
    seen = []
    with bench.app("bench-live") as app:
        _deploy(bench, app)
        for number in range(runs):
            tree = _app_tree(bench, app, f"bench-live-{number}.example.org")
            with _versions(bench.host.dokku_root / app / "nginx.conf") as versions:
                bench.push(app, tree, PROVISIONED)
            seen.append(len(versions) - 1)
    return Figure(max(seen), note=f"{runs} pushes that change a deployed app's domain")


PROMISES = {
    "plain": Promise(
        "a push without deploy.d, all our hooks", 0.030, "s", without_deploy_d, "a dokku read"
    ),
    "unchanged": Promise(
        "a push that changes nothing, all our hooks", 0.4, "s", unchanged, "a dokku read"
    ),
    "calls": Promise("dokku calls of such a push", 8, "calls", unchanged_calls),
    "first": Promise(
        "the first provisioning", 2.0, "s", first_provisioning, "the seven commands by hand"
    ),
    "slope": Promise(
        "one more resource, beyond its dokku calls", 0.015, "s", one_more_resource, "these calls"
    ),
    "rebuilds": Promise("nginx rebuilds caused by us", 0, "rebuilds", nginx_rebuilds),
    "backup": Promise("a backup, beside the same by hand", 1.15, "x", backups.backup),
    "restore": Promise("a restore, beside the same by hand", 1.15, "x", backups.restore),
    "files": Promise(
        "writing all files that watch an app",
        0.020,
        "s",
        monitoring.files,
        "copying the same files",
    ),
    "memory": Promise("memory of our process in both", 80, "MiB", backups.memory),
}


def _timed(costs: list[Cost], reference: list[Cost], note: str = "") -> Figure:
    return Figure(median(costs).wall, tuple(costs), median(reference), note)


def _reads(bench: Bench, app: str, runs: int) -> list[Cost]:
    return [bench.dokku("domains:report", app, "--domains-app-vhosts") for _ in range(runs)]


def _app_tree(bench: Bench, app: str, domain: str = "") -> Path:
    text = DEPLOY.format(domain=domain or f"{app}.example.org")
    return bench.tree(app, {"deploy.d/deploy.yml": text})


@contextmanager
def _provisioned(bench: Bench) -> Iterator[tuple[str, Path]]:
    with bench.app("bench-same") as app:
        tree = _app_tree(bench, app)
        bench.push(app, tree, PROVISIONED)
        bench.push(app, tree, UNCHANGED)
        yield app, tree


def _seven_commands(bench: Bench, app: str) -> list[list[str]]:
    volume = f"{app}_data"
    mount = f"{bench.host.lib_root / 'data/storage' / volume}:/app/data"
    variables = [f"{name}={number}" for number, name in enumerate("ABCDE")]
    return [
        ["config:set", "--no-restart", app, *variables],
        ["storage:ensure-directory", volume],
        ["storage:mount", app, mount],
        ["nginx:set", app, "client-max-body-size", "50m"],
        ["domains:set", app, f"{app}.example.org"],
        ["ports:set", app, "http:80:5000"],
        ["proxy:build-config", app],
    ]


def _limits_tree(bench: Bench, app: str, number: int) -> Path:
    lines = "".join(f"  worker{n}: {{memory: 64m}}\n" for n in range(number))
    return bench.tree(app, {"deploy.d/deploy.yml": f"resources:\n{lines}"})


def _limited(bench: Bench, number: int) -> Cost:
    with bench.app("bench-limits") as app:
        return bench.push(app, _limits_tree(bench, app, number), PROVISIONED)


def _extra_calls(bench: Bench) -> list[list[str]]:
    """The calls that a run with many limits makes beyond one with few."""
    found = []
    for number in (FEW, MANY):
        with bench.app("bench-limits") as app:
            found.append(bench.calls(app, _limits_tree(bench, app, number), PROVISIONED))
    few, many = found
    for words in few:
        many.remove(words)
    return many


def _deploy(bench: Bench, app: str) -> None:
    """Deploy a small web app with its deploy.d, from an archive: no key is needed for it."""
    text = DEPLOY.format(domain=f"{app}.example.org")
    tree = web_app(bench.tree(app, {}), {"deploy.d/deploy.yml": text})
    words = ["tar", "-C", str(tree), "-c", "."]
    archive = subprocess.run(words, capture_output=True, check=True).stdout
    bench.host.dokku("git:from-archive", app, "--", stdin=archive)


@contextmanager
def _versions(path: Path) -> Iterator[set[tuple[int, int]]]:
    """The versions of a file that are there while the block runs, looked at all the time."""
    seen: set[tuple[int, int]] = set()
    is_done = threading.Event()

    def look() -> None:
        while True:
            status = path.stat()
            seen.add((status.st_ino, status.st_mtime_ns))
            if is_done.wait(SMALLEST_WAIT):
                return

    look_thread = threading.Thread(target=look)
    status = path.stat()
    seen.add((status.st_ino, status.st_mtime_ns))
    look_thread.start()
    try:
        yield seen
    finally:
        is_done.set()
        look_thread.join()
