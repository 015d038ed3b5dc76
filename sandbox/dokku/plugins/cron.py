"""The plugin `cron`: tasks of app.json are listed; nothing runs them by the clock."""

import json
import shlex

from sandbox.dokku import properties, report, say, settings, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import app_json, apps
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

MAINTENANCE = Setting("maintenance", "false")
SETTINGS = (Setting("mailfrom", "", "gc"), Setting("mailto", "", "gc"), MAINTENANCE)


def tasks(host: Host, app: str) -> list[dict[str, object]]:
    """Return the tasks of an app."""
    from sandbox.dokku.plugins import cron_table

    found = []
    suspended = settings.computed(host, "cron", app, MAINTENANCE) == "true"
    for task in app_json.read_file(host, app).get("cron") or []:
        row = {
            "id": cron_table.base36(f"{app}==={task['command']}==={task['schedule']}"),
            "app": app,
            "command": task["command"],
            "schedule": task["schedule"],
            "concurrency_policy": task.get("concurrency_policy", "allow"),
            "app-in-maintenance": suspended,
            "task-in-maintenance": bool(task.get("maintenance")),
            "maintenance": suspended or bool(task.get("maintenance")),
        }
        found.append(row)
    return found


def list_tasks(call: Call) -> None:
    """Answer `cron:list APP|--global`."""
    from sandbox.dokku.plugins import cron_table

    flags = words.parse(call, "global", "format")
    if flags.has("global"):
        found = cron_table.global_tasks(call.host)
    else:
        found = tasks(call.host, apps.verify(call.host, ([*flags.words, ""])[0]))
    if flags.get("format") == "json":
        say.out(json.dumps(found, separators=(",", ":")))
        return
    rows = [("ID", "Schedule", "Concurrency", "Maintenance", "Command")]
    keys = ("id", "schedule", "concurrency_policy", "maintenance", "command")
    rows += [tuple(cell(task.get(key, "")) for key in keys) for task in found]  # type: ignore[misc]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)]
        say.out("  ".join(cells))


def cell(value: object) -> str:
    """Return a value as Go prints it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


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
    """Answer `cron:set`; the crontab is written anew."""
    from sandbox.dokku.plugins import cron_table

    settings.put(call, "cron", SETTINGS)
    cron_table.rewrite(call)


def run_task(call: Call) -> int:
    """Answer `cron:run APP ID`, which is what the crontab calls."""
    from sandbox.dokku.plugins import run

    app, identifier = apps.verify(call.host, call.word(0)), call.word(1)
    known = {task["id"]: str(task["command"]) for task in tasks(call.host, app)}
    if identifier not in known:
        text = "No matching Cron ID found. " if identifier else ""
        raise Fail(f"{text}Please specify a Cron ID from the output of 'dokku cron:list {app}'")
    return run.run(Call(call.host, "run", (app, *shlex.split(known[identifier])), "run"))


COMMANDS = {
    "cron": list_tasks,
    "list": list_tasks,
    "report": show_report,
    "run": run_task,
    "set": set_property,
}
