"""A made-up host with apps, as the files of the plugin tell of them, and a Prometheus to ask."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ansible_deploy import files
from ansible_deploy.backups.record import Record
from ansible_deploy.layout import GLOBAL, AppFolder, Layout
from ansible_deploy.record import State, write_state

HOST = "server1"


def ago(**how_long: float) -> str:
    """A moment before this one, as records have it; a run of all tests takes its time."""
    return f"{datetime.now(UTC) - timedelta(**how_long):%Y-%m-%dT%H:%M:%SZ}"


def ahead(days: float) -> str:
    """A moment that comes."""
    return ago(days=-days)


def make_layout(root: Path) -> Layout:
    return Layout(root / "lib", root / "home", root / "enabled", Path(__file__).parents[1])


def add_app(layout: Layout, app: str, **state: Any) -> AppFolder:
    """An app that was pushed and is watched, and of which nothing else is known yet."""
    folder = layout.app(app)
    files.make_folder(folder.accepted)
    known = {"address": f"https://{app}.example.org", "revision": "3f2a9c1d" * 5}
    write_state(folder, State(origin=app, **{**known, **state}))
    labels = {"app": app, "host": HOST, "revision": "3f2a9c1d"}
    target = [{"targets": [f"https://{app}.example.org/"], "labels": labels}]
    files.write_json(layout.monitoring.targets(app), target)
    return folder


def add_backups(folder: AppFolder, **record: Any) -> None:
    """Backups of every night, and proofs of every Sunday."""
    app = folder.path.name
    jobs = ("0 * * * *", "backup"), ("30 * * * *", "verify")
    lines = (f"{table};dokku ansible-deploy:{job} {app} --scheduled\n" for table, job in jobs)
    files.write(folder.cron_entries, "".join(lines))
    then = time.time() - 30 * 86400
    os.utime(folder.cron_entries, (then, then))
    last_at = record.get("last_at", ago(minutes=20))
    good = {"last": "c0ffee", "last_reason": "scheduled"}
    good |= {"last_at": last_at, "scheduled_at": last_at}
    proven = {"proven": "c0ffee", "proven_at": ago(minutes=15)}
    files.write_json(folder.backups, asdict(Record(**{**good, **proven, **record})))


def add_deploys(folder: AppFolder, *deploys: tuple[str, int]) -> None:
    """Deploys that ended, the oldest first: when, and how."""
    lines = [
        json.dumps(
            {
                "build": f"b{number}",
                "at": int(datetime.fromisoformat(at).timestamp()),
                "exit": exit_code,
                "source": "git-hook",
                "revision": revision(number),
            }
        )
        for number, (at, exit_code) in enumerate(deploys)
    ]
    files.write(folder.deploys, "".join(f"{line}\n" for line in lines))


def revision(number: int) -> str:
    """The commit of a deploy, as git would call it."""
    return hashlib.sha1(f"{number}".encode(), usedforsecurity=False).hexdigest()


def add_nightly(folder: AppFolder, *changes: str, domains: Mapping[str, str] | None = None) -> None:
    """What the nightly job found: changes such as ``domains + shop.example.org``."""
    keys = ("concern", "sign", "subject")
    drift = [
        {**dict(zip(keys, words.split(" ", 2), strict=True)), "detail": ""} for words in changes
    ]
    files.write_json(
        folder.nightly, {"at": ago(hours=9), "drift": drift, "domains": dict(domains or {})}
    )


def add_processes(folder: AppFolder, wanted: int, running: int) -> None:
    value = {"at": ago(minutes=4), "wanted": wanted, "running": running}
    files.write_json(folder.processes, value)


class Prometheus(ThreadingHTTPServer):
    """Answers the two questions of the plugin; ``probes`` by app, and alerts with their labels.

    Only the form of an answer is played, for what a real one says of real probes the tests on the
    sandbox show.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.probes: dict[str, int] = {}
        self.alerts: list[dict[str, str]] = []
        self.body: bytes | None = None
        self.status = 200

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, query: str) -> bytes:
        if self.body is not None:
            return self.body
        probes = [({"app": app, "host": HOST}, value) for app, value in self.probes.items()]
        found = [(a, 1) for a in self.alerts] if query.startswith("ALERTS") else probes
        result = [{"metric": labels, "value": [1.5, str(value)]} for labels, value in found]
        data = {"resultType": "vector", "result": result}
        return json.dumps({"status": "success", "data": data}).encode()


class Answers(BaseHTTPRequestHandler):
    server: Prometheus

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)["query"][0]
        body = self.server.answer(query)
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Nothing: a test's output is its own."""


@contextmanager
def prometheus(layout: Layout) -> Iterator[Prometheus]:
    """A Prometheus that the plugin is told of."""
    with Prometheus() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        files.write(layout.settings / GLOBAL / "prometheus", server.address)
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
