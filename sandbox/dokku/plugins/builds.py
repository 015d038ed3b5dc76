"""The plugin `builds`: a record and a log of each build, in data/builds/APP."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.dokku import report, say, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

BUILDS = (
    "git-hook",
    "ps:rebuild",
    "git:from-image",
    "git:from-archive",
    "git:sync",
    "git:load-image",
)
KEPT = 20
RETENTION = Setting("retention", str(KEPT))


def file(host: Host, app: str, build: str) -> Path:
    """Return the file of a record."""
    return host.data("builds", app) / f"{build}.json"


def now() -> str:
    """Return the time as Dokku writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def record_start(call: Call) -> None:
    """Write the record of a build that begins."""
    app, build, pid, source = call.words[:4]
    record = {
        "id": build,
        "app": app,
        "kind": "build" if source in BUILDS else "deploy",
        "pid": int(pid),
        "started_at": now(),
        "status": "running",
        "source": source,
    }
    write(call.host, record)


def record_finalize(call: Call) -> None:
    """Write how a build ended; the second of two calls changes nothing."""
    app, build, status = call.words[:3]
    path = file(call.host, app, build)
    if not path.exists():
        text = f"builds-record-finalize: no record for {app}/{build}, skipping"
        say.warn(text)
        return
    record = json.loads(path.read_text(encoding="utf-8"))
    if record["status"] == "running":
        record["finished_at"] = now()
        record["status"] = "succeeded" if status == "0" else "failed"
        record["exit_code"] = int(status)
        write(call.host, record)
    for old in sorted(path.parent.glob("*.json"))[:-KEPT]:
        old.unlink()
        old.with_suffix(".log").unlink(missing_ok=True)


def write(host: Host, record: dict[str, Any]) -> None:
    """Write a record."""
    path = file(host, record["app"], record["id"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record), encoding="utf-8")


def records(host: Host, app: str) -> list[dict[str, Any]]:
    """Return all records of an app, the newest first."""
    paths = sorted(host.data("builds", app).glob("*.json"), reverse=True)
    return [view(host, json.loads(path.read_text(encoding="utf-8"))) for path in paths]


def view(host: Host, record: dict[str, Any]) -> dict[str, Any]:
    """Add to a record what a list shows."""
    status = record["status"]
    if status == "running" and not os.path.exists(f"/proc/{record['pid']}"):
        status = "abandoned"
    end = record.get("finished_at") or now()
    seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(record["started_at"])).seconds
    log = host.data("builds", record["app"]) / f"{record['id']}.log"
    return {**record, "display_status": status, "duration": f"{seconds}s", "log_path": str(log)}


def list_builds(call: Call) -> None:
    """Answer `builds:list`."""
    flags = words.parse(call, valued="format kind status")
    names = flags.words[:1] or list(call.host.apps())
    found = [r for app in names for r in records(call.host, apps.verify(call.host, app))]
    if flags.get("format") == "json":
        say.out(json.dumps(found, separators=(",", ":")))
        return
    if not found:
        say.out("No builds recorded for this app" if flags.words else "No running builds")
        return
    for r in found:
        say.out(f"{r['id']}  {r['kind']}  {r['display_status']}  {r['source']}  {r['duration']}")


def output(call: Call) -> None:
    """Answer `builds:output APP [ID]`."""
    found = records(call.host, apps.verify(call.host, call.word(0)))
    wanted = [r for r in found if call.word(1) in ("", "current", r["id"])]
    if not wanted:
        raise Fail("No build found")
    say.write(1, Path(wanted[0]["log_path"]).read_text(encoding="utf-8", errors="replace"))


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `builds:report` knows."""
    return RETENTION.read(host, "builds", app)


def show_report(call: Call) -> None:
    """Answer `builds:report`."""
    report.run(call, report.Report("builds", read))


COMMANDS = {"builds": list_builds, "list": list_builds, "output": output, "report": show_report}
