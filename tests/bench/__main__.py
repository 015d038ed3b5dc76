"""Measures the promised figures and prints each beside its budget; `script/bench --help`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.figures import PROMISES
from tests.bench.hooks import Bench
from tests.bench.measure import median
from tests.bench.promise import Figure, Promise
from tests.e2e.hosts import ROOT, DokkuHost, start_sandbox


def main() -> int:
    """Print and keep every figure; 1 when one of them is over its budget."""
    options = _options()
    over = 0
    with _bench(options.host, options.sandbox) as bench:
        for name in options.only or PROMISES:
            promise = PROMISES[name]
            figure = promise.measure(bench, options.runs)
            over += figure.value > promise.budget
            sys.stdout.write(_shown(promise, figure) + "\n")
            sys.stdout.flush()
            _keep(options.output, _record(options, name, promise, figure))
    return 1 if over else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--host", choices=("sandbox", "dokku"), default="sandbox")
    parser.add_argument("--sandbox", type=Path, help="use the sandbox there, and leave it up")
    parser.add_argument("--runs", type=int, default=5, help="runs of each figure (5)")
    parser.add_argument("--output", type=Path, default=ROOT / "bench.jsonl")
    parser.add_argument("--only", action="append", choices=tuple(PROMISES), metavar="FIGURE")
    return parser.parse_args()


@contextmanager
def _bench(kind: str, sandbox: Path | None) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        work = Path(folder, "work")
        work.mkdir()
        Path(folder).chmod(0o755)  # the user dokku of a real host looks into it
        if kind == "dokku":
            roots = Path("/home/dokku"), Path("/var/lib/dokku")
            yield Bench(DokkuHost(*roots, work, dict(os.environ)))
            return
        host = start_sandbox(sandbox or Path(folder, "host"), work)
        try:
            yield Bench(host)
        finally:
            if not sandbox:
                host.down()


def _shown(promise: Promise, figure: Figure) -> str:
    verdict = "ok" if figure.value <= promise.budget else "OVER"
    if promise.unit != "s":
        text = f"{figure.value:7g}     (budget {promise.budget:g}, {verdict})"
    else:
        text = f"{figure.value * 1000:7.0f} ms  (budget {promise.budget * 1000:.0f} ms, {verdict})"
        text += f"; cpu {median(figure.costs).cpu * 1000:.0f} ms"
        text += f"; {figure.value / figure.reference.wall:.2f} x {promise.beside}"
        text += (
            f" ({figure.reference.wall * 1000:.0f} ms, cpu {figure.reference.cpu * 1000:.0f} ms)"
        )
    return f"{promise.what:45} {text}" + (f"; {figure.note}" if figure.note else "")


def _record(
    options: argparse.Namespace, name: str, promise: Promise, figure: Figure
) -> dict[str, object]:
    record: dict[str, object] = {
        "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "revision": _revision(),
        "host": options.host,
        "load": round(os.getloadavg()[0], 2),
        "figure": name,
        "value": round(figure.value, 4),
        "budget": promise.budget,
        "unit": promise.unit,
        "note": figure.note,
    }
    if figure.costs:
        record["runs"] = [_rounded(asdict(cost)) for cost in figure.costs]
        record["reference"] = {"what": promise.beside, **_rounded(asdict(figure.reference))}
        record["ratio"] = round(figure.value / figure.reference.wall, 3)
    return record


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}


def _revision() -> str:
    words = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    return subprocess.run(words, capture_output=True, text=True).stdout.strip()


def _keep(path: Path, record: dict[str, object]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
