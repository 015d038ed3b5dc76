"""What it costs to write all files by which an app is watched, beside writing the same by hand."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import monitoring_files
from tests.bench.hooks import Bench
from tests.bench.measure import Cost, median
from tests.bench.promise import Figure
from tests.unit.library.scripted import ScriptedDokku

ASKED = {
    **{name: option.get("default") for name, option in monitoring_files.MODULE.arguments.items()},
    "app": "shop",
    "host": "here",
    "domains": ["shop.example.org"],
    "ports": ["http:80:5000"],
    "contains": "OK",
    "channels": ["ops"],
    "thresholds": {"latency": 5, "certificate": 1209600, "domain": 2592000},
    "state": "present",
}
OTHERS = 500


def files(bench: Bench, runs: int) -> Figure:
    """An app's files, on a host that watches 500 others with expectations of their own."""
    costs, hand = [], []
    with tempfile.TemporaryDirectory(prefix="bench-files-") as name:
        root = Path(name, "monitoring")
        for number in range(OTHERS):
            _write(root, f"app-{number}")
        for _ in range(runs):
            costs.append(_cost(partial(_write, root, "shop")))
            present = monitoring_files.read(root, "shop")
            hand.append(_cost(partial(_copy, root, present)))
            for place in present:
                (root / place).unlink()
    return Figure(median(costs).wall, tuple(costs), median(hand), f"{OTHERS} other apps")


def _write(root: Path, app: str) -> None:
    world = {
        f"proxy:report {app} --format json": {"enabled": "true", "type": "", "computed-type": ""},
        f"ps:scale {app} --format json": [{"process_type": "web", "quantity": 1}],
    }
    dokku = ScriptedDokku(world)  # what Dokku takes to answer is no cost of the files
    monitoring_files.converge(dokku, {**ASKED, "app": app, "directory": str(root)}, check=False)


def _copy(root: Path, present: dict[str, str]) -> None:
    for place in (*present, "blackbox.yml"):
        shutil.copyfile(root / place, root / f"{place}.copy")
        (root / f"{place}.copy").unlink()


def _cost(what: Callable[[], None]) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    what()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)
