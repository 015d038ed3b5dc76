"""The plugin `app-json`: the app.json of a release, and the tasks that it and the Procfile name."""

import json
import os
import re
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Any

from sandbox.dokku import (
    app_environment,
    containers,
    deployed,
    properties,
    report,
    say,
    scaling,
    settings,
)
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps, config, procfile
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

PATH = Setting("appjson-path", "app.json")


def file(host: Host, app: str) -> Path:
    """Return the app.json of the deploy in progress, else of the last release."""
    home = host.data("app-json", app)
    fresh = home / f"app.json.{os.environ.get('DOKKU_PID')}"
    return fresh if fresh.exists() else home / "app.json"


def read_file(host: Host, app: str) -> dict[str, Any]:
    """Return the app.json of an app, empty when there is none."""
    path = file(host, app)
    return parse(path.read_text(encoding="utf-8")) if path.exists() else {}


def parse(text: str) -> dict[str, Any]:
    """Read JSON in which comments and commas at the end of a list are allowed."""
    bare = re.sub(r'("(?:[^"\\]|\\.)*")|/\*.*?\*/|//[^\n]*', lambda m: m[1] or "", text, flags=re.S)
    plain = re.sub(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', lambda m: m[1] or "", bare, flags=re.S)
    try:
        found = json.loads(plain)
    except ValueError as error:
        raise Fail(f"Failed to parse app.json: {error}") from None
    return found if isinstance(found, dict) else {}


def core_post_extract(call: Call) -> None:
    """Copy the app.json of a new tree; one that cannot be read ends the deploy."""
    from sandbox.dokku.plugins import extracting

    properties.put(call.host, "app-json", call.word(0), key="appjson-env-processed", value="")
    name = settings.computed(call.host, "app-json", call.word(0), PATH)
    copied = extracting.copy(call, "app-json", name, "app.json")
    if copied:
        parse(copied.read_text(encoding="utf-8"))


def pre_release(call: Call) -> None:
    """Set variables that app.json asks for, then run its predeploy task."""
    app = call.word(1)
    set_variables(call.host, app)
    run_task(call.host, app, "predeploy", script(call.host, app, "predeploy"))


def set_variables(host: Host, app: str) -> None:
    """Write the variables of app.json's `env`; later deploys keep what is set."""
    wanted = read_file(host, app).get("env") or {}
    present, found = app_environment.read(host, app), {}
    for name, rule in wanted.items():
        rule = rule if isinstance(rule, dict) else {"value": rule}
        if name in present and not rule.get("sync"):
            continue
        value = str(rule.get("value", ""))
        if not value and rule.get("generator") == "secret":
            value = secrets.token_hex(32)
        if not value and rule.get("required", True):
            raise Fail(f"Missing required env var {name}")
        if value:
            found[name] = value
    if found:
        say.info1(f"Setting {len(found)} env var(s) from app.json")
        os.environ["DOKKU_QUIET_OUTPUT"] = "1"
        config.put(host, app, found, restart=False)
        os.environ.pop("DOKKU_QUIET_OUTPUT")


def post_release(call: Call) -> None:
    """Run the Procfile's release task, take over the formation, run the first-deploy task."""
    app = call.word(1)
    run_task(call.host, app, "release", procfile.commands(call.host, app).get("release", ""))
    take_formation(call.host, app)
    if deployed.is_deployed(call.host, app):
        return
    if properties.get(call.host, "app-json", app, "heroku.postdeploy") == "executed":
        return
    properties.put(call.host, "app-json", app, key="heroku.postdeploy", value="executed")
    first = str((read_file(call.host, app).get("scripts") or {}).get("postdeploy", ""))
    run_task(call.host, app, "heroku.postdeploy", first)


def take_formation(host: Host, app: str) -> None:
    """Scale as app.json says."""

    formation = read_file(host, app).get("formation") or {}
    counts = {name: int(rule["quantity"]) for name, rule in formation.items() if "quantity" in rule}
    if counts:
        scaling.write_scale(host, app, {**scaling.scale(host, app), **counts})
    properties.put(host, "ps", app, key="can-scale", value="false" if counts else "")


def post_deploy(call: Call) -> None:
    """Run the postdeploy task."""
    run_task(call.host, call.word(0), "postdeploy", script(call.host, call.word(0), "postdeploy"))


def script(host: Host, app: str, phase: str) -> str:
    """Return a task of app.json."""
    scripts = read_file(host, app).get("scripts") or {}
    return str((scripts.get("dokku") or {}).get(phase, ""))


def run_task(host: Host, app: str, phase: str, command: str) -> None:
    """Run a task in the app's surroundings; its failure ends the step."""
    from sandbox.dokku import app_process

    say.info1(f"Checking for {phase} task")
    if not command:
        say.verbose(f"No {phase} task found, skipping")
        return
    source = "Procfile" if phase == "release" else "app.json"
    where = "" if phase == "predeploy" else " in ephemeral container"
    say.verbose(f"Executing {phase} task from {source}{where}: {command}")
    container = app_process.new_container(host, app, "run", 1)
    container.argv, container.ports = ["/bin/sh", "-c", command], {}
    containers.create(host, container)
    home = containers.folder(host, container.id)
    try:
        answer = subprocess.run(
            container.start, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False, env={"PATH": containers.PATH},
        )  # fmt: skip
    finally:
        shutil.rmtree(home, ignore_errors=True)
    say.info2_quiet(f"Start of {app} {phase} task ({container.id[:9]}) output")
    for line in answer.stdout.decode(errors="replace").splitlines():
        say.verbose_quiet(line)
    say.info2_quiet(f"End of {app} {phase} task ({container.id[:9]}) output")
    if answer.returncode:
        raise Fail(f"Execution of {phase} task failed: {command}")


def core_post_deploy(call: Call) -> None:
    """Make this release's app.json the app's."""
    from sandbox.dokku.plugins import extracting

    extracting.settle(call, "app-json", "app.json")


def get_content(call: Call) -> None:
    """Answer the trigger `app-json-get-content`."""
    say.out(json.dumps(read_file(call.host, call.word(0))))


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `app-json:report` knows."""
    return PATH.read(host, "app-json", app)


def show_report(call: Call) -> None:
    """Answer `app-json:report`."""
    report.run(call, report.Report("app-json", read, legacy="app-json-"))


def set_property(call: Call) -> None:
    """Answer `app-json:set`."""
    apps.verify(call.host, call.word(0)) if call.word(0) != properties.GLOBAL else None
    settings.put(call, "app-json", (PATH,))


COMMANDS = {"app-json": show_report, "report": show_report, "set": set_property}
