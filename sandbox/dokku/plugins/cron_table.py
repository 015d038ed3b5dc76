"""The crontab of the host's user, which Dokku writes anew at each deploy. Nothing here reads it.

Beside the apps' tasks it holds what plugins answer to the trigger `cron-entries`.
"""

import tempfile
from pathlib import Path

from sandbox.dokku import plugn, properties, say, words
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import cron
from sandbox.dokku.words import Call

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
HEAD = "PATH=/usr/local/bin:/usr/bin:/bin\nSHELL=/bin/bash\n\n"


def file(host: Host) -> Path:
    """Return the file behind `crontab -l`."""
    return host.root / "var/spool/cron/crontabs/dokku"


def entries(host: Host) -> list[list[str]]:
    """Return what plugins add: schedule, command and perhaps a log file each."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", dir=host.tmp) as answer:
        with words.StandardOutput(answer.name):
            plugn.trigger(host, "cron-entries", "docker-local")
        lines = answer.read().splitlines()
    found = []
    for line in filter(str.strip, lines):
        parts = line.split(";")
        if len(parts) in (2, 3):
            found.append(parts)
        else:
            say.warn(f"Invalid injected cron task: {line}")
    return found


def global_tasks(host: Host) -> list[dict[str, object]]:
    """Return what plugins add as `cron:list --global` knows it."""
    healthy = dict.fromkeys(("app-in-maintenance", "task-in-maintenance", "maintenance"), False)
    return [
        {
            "id": base36(";;;".join(parts)),
            "command": parts[1],
            "global": True,
            "schedule": parts[0],
            "concurrency_policy": "",
            **healthy,
        }
        for parts in entries(host)
    ]


def base36(text: str) -> str:
    """Write the bytes of a text as a number to the base of 36, as Dokku makes ids."""
    number, digits = int.from_bytes(text.encode(), "big"), ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits


def write(call: Call) -> None:
    """Write the crontab, or remove it when there is nothing to do any more."""
    host, lines = call.host, []
    for app in host.apps():
        for task in cron.tasks(host, app):
            if not task["maintenance"]:
                lines.append(f"{task['schedule']} dokku cron:run {app} {task['id']}\n")
    for schedule, command, *log in entries(host):
        lines.append(f"{schedule} {command}{''.join(f' &>> {name}' for name in log)}\n")
    if lines:
        put(host, header(host) + "".join(lines))
        say.info1("Updated schedule file")
    elif file(host).exists():
        file(host).unlink()
        say.info1("Removed")


def header(host: Host) -> str:
    """Return the lines above the tasks."""
    found = ""
    for key in ("mailfrom", "mailto"):
        value = properties.get(host, "cron", properties.GLOBAL, key)
        found += f"{key.upper()}={value}\n" if value else ""
    return found + HEAD


def put(host: Host, text: str) -> None:
    """Replace the crontab."""
    file(host).parent.mkdir(parents=True, exist_ok=True)
    file(host).write_text(text, encoding="utf-8")


def post_delete(call: Call) -> None:
    """Drop a deleted app's tasks."""
    from sandbox.dokku.plugins import lifecycle

    write(call)
    lifecycle.forget(call)
