"""The plugin `cron`: tasks of app.json are listed; nothing runs them by the clock."""

import hashlib
import json

from sandbox.dokku import properties, report, say, settings, words
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import app_json, apps
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

SETTINGS = (
    Setting("mailfrom", "", "gc"),
    Setting("mailto", "", "gc"),
    Setting("maintenance", "false"),
)


def tasks(host: Host, app: str) -> list[dict[str, object]]:
    """Return the tasks of an app."""
    found = []
    for task in app_json.read_file(host, app).get("cron") or []:
        text = f"{app}.{task['command']}.{task['schedule']}"
        row = {
            "id": hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(),
            "app": app,
            "command": task["command"],
            "schedule": task["schedule"],
            "concurrency_policy": task.get("concurrency_policy", "allow"),
            "app-in-maintenance": properties.get(host, "cron", app, "maintenance") == "true",
            "task-in-maintenance": bool(task.get("maintenance")),
            "maintenance": bool(task.get("maintenance")),
        }
        found.append(row)
    return found


def list_tasks(call: Call) -> None:
    """Answer `cron:list APP`."""
    flags = words.parse(call, "global", "format")
    names = [] if flags.has("global") else [apps.verify(call.host, ([*flags.words, ""])[0])]
    found = [task for app in names for task in tasks(call.host, app)]
    if flags.get("format") == "json":
        say.out(json.dumps(found, separators=(",", ":")))
        return
    rows = [("ID", "Schedule", "Concurrency", "Maintenance", "Command")]
    keys = ("id", "schedule", "concurrency_policy", "maintenance", "command")
    rows += [tuple(str(task[key]) for key in keys) for task in found]  # type: ignore[misc]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)]
        say.out("  ".join(cells))


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `cron:report` knows."""
    values = settings.read_all(host, "cron", app, SETTINGS)
    return (
        values if app == properties.GLOBAL else {**values, "task-count": str(len(tasks(host, app)))}
    )


def show_report(call: Call) -> None:
    """Answer `cron:report`."""
    report.run(call, report.Report("cron", read, legacy="cron-"))


def set_property(call: Call) -> None:
    """Answer `cron:set`."""
    settings.put(call, "cron", SETTINGS)


COMMANDS = {"cron": list_tasks, "list": list_tasks, "report": show_report, "set": set_property}
