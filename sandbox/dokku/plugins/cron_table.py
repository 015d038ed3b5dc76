"""The crontab of the host's user, which Dokku writes anew at each deploy.

No clock reads it; `script/sandbox cron` runs its lines.
Beside the apps' tasks it holds what plugins answer to the trigger `cron-entries`.
"""

import os
import tempfile
from pathlib import Path

from sandbox.dokku import crontab, plugn, properties, say, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import cron, scheduler
from sandbox.dokku.words import Call

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
HEAD = "PATH=/usr/local/bin:/usr/bin:/bin\nSHELL=/bin/bash\n\n"


def file(host: Host) -> Path:
    """Return the file behind `crontab -l`."""
    return host.root / "var/spool/cron/crontabs/dokku"


def answers(host: Host, scheduler: str) -> list[str]:
    """Return the lines that plugins answer; what they complain about is not shown."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", dir=host.tmp) as answer:
        with words.StandardOutput(answer.name), words.StandardOutput(os.devnull, 2):
            plugn.trigger(host, "cron-entries", scheduler)
        return answer.read().strip().split("\n")


def injected(host: Host, scheduler: str) -> list[list[str]]:
    """Return what plugins add to the crontab: schedule, command and perhaps a log file each.

    As in the original one empty line loses all of them, and one wrong line fails the writing.
    """
    found = []
    for line in answers(host, scheduler):
        if not line.strip():
            return []
        found.append(split(line))
        if not found[-1]:
            raise Fail(f"Invalid injected cron task: {line}")
    return found


def listed(host: Host) -> list[list[str]]:
    """Return the same for `cron:list`, which passes over what is wrong."""
    found = []
    for line in filter(str.strip, answers(host, "docker-local")):
        parts = split(line)
        if parts:
            found.append(parts)
        else:
            say.warn(f"Invalid injected cron task: {line}")
    return found


def split(line: str) -> list[str]:
    """Return the parts of a line, none when there are too few or too many."""
    parts = line.split(";")
    return parts if len(parts) in (2, 3) else []


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
        for parts in listed(host)
    ]


def base36(text: str) -> str:
    """Write the bytes of a text as a number to the base of 36, as Dokku makes ids."""
    number, digits = int.from_bytes(text.encode(), "big"), ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits


def write(call: Call) -> None:
    """Write the crontab where the scheduler, the first word, is one that uses it.

    This is the trigger `scheduler-cron-write`, and at the end of a deploy the app comes first.
    """
    if not call.word(0) or uses_crontab(call.word(0)):
        put_tasks(call.host)


def rewrite(call: Call) -> None:
    """Let the scheduler of an app write the crontab, after a deploy or a change of settings."""
    app = call.word(0)
    chosen = scheduler.selected(call.host, app)
    arguments = (chosen,) if app == properties.GLOBAL else (chosen, app)
    plugn.must(call.host, "scheduler-cron-write", *arguments)


def stopped(call: Call) -> None:
    """Follow `scheduler-stop`, which names the scheduler first."""
    if uses_crontab(call.word(0)):
        plugn.must(call.host, "scheduler-cron-write", call.word(0), call.word(1))


def uses_crontab(name: str) -> bool:
    """Tell whether a scheduler keeps its tasks in the host's crontab."""
    return name == "docker-local"


def put_tasks(host: Host) -> None:
    """Write the crontab, or remove it when there is nothing to do any more."""
    lines, schedulers = [], {scheduler.selected(host, properties.GLOBAL)}
    for app in host.apps():
        chosen = scheduler.selected(host, app)
        schedulers.add(chosen)
        for task in cron.tasks(host, app) if uses_crontab(chosen) else []:
            if not task["maintenance"]:
                lines.append(f"{task['schedule']} dokku cron:run {app} {task['id']}\n")
    for chosen in filter(uses_crontab, sorted(schedulers)):
        for schedule, command, *log in injected(host, chosen):
            lines.append(f"{schedule} {command}{''.join(f' &>> {name}' for name in log)}\n")
    if lines:
        install(host, header(host) + "".join(lines))
        say.info1("Updated schedule file")
    elif file(host).exists():
        file(host).unlink()
        say.info1("Removed")


def install(host: Host, text: str) -> None:
    """Replace the crontab unless crontab(1) would refuse it."""
    try:
        crontab.parse(text)
    except crontab.BadCrontab as error:
        raise Fail(f"Unable to update schedule file: {error}") from None
    put(host, text)


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

    rewrite(call)
    lifecycle.forget(call)
