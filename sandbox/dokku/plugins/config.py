"""The plugin `config`: environment variables of apps, in `config/<app>/ENV`."""

import base64
import sys
from pathlib import Path

from sandbox.dokku import app_environment, envfile, plugn, properties, say, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps
from sandbox.dokku.words import Call

GLOBAL = properties.GLOBAL


def put(host: Host, app: str, entries: dict[str, str], *, restart: bool) -> None:
    """Set variables as `config:set` does: message, file, trigger, and a restart on request."""
    for key in entries:
        app_environment.check_key(key)
    if entries:
        say.info1_quiet("Setting config vars")
        if not say.is_quiet():
            say.out(app_environment.pretty(entries, "       "))
        app_environment.write(host, app, {**app_environment.read(host, app), **entries})
        notify(host, app, "set", sorted(entries))
    restart_app(host, app, wanted=restart)


def remove(host: Host, app: str, keys: list[str], *, restart: bool) -> None:
    """Unset variables as `config:unset` does."""
    variables = app_environment.read(host, app)
    for key in keys:
        app_environment.check_key(key)
    for key in keys:
        if key in variables:
            say.info1_quiet(f"Unsetting {key}")
        else:
            say.info1_quiet(f"Skipping {key}, it is not set in the environment")
    kept = {key: value for key, value in variables.items() if key not in keys}
    if kept != variables:
        app_environment.write(host, app, kept)
        notify(host, app, "unset", keys)
    restart_app(host, app, wanted=restart)


def notify(host: Host, app: str, operation: str, keys: list[str]) -> None:
    """Fire `post-config-update`; its failure is a warning only."""
    status = plugn.trigger(host, "post-config-update", app, operation, *keys)
    if status:
        say.warn(f"Failure while triggering post-config-update: exit status {status}")


def restart_app(host: Host, app: str, *, wanted: bool) -> None:
    """Redeploy a deployed app; the command succeeds even when that fails (facts, 0.5)."""
    if app == GLOBAL or not wanted or properties.get(host, "ps", app, "restore") == "false":
        return
    if properties.get(host, "common", app, "deployed") != "true":
        return
    say.info1(f"Restarting app {app}")
    status = plugn.trigger(host, "release-and-deploy", app, "", "config-redeploy")
    if status:
        say.warn(f"Failure while restarting app: exit status {status}")


def target(call: Call, switches: str = "", valued: str = "") -> tuple[str, words.Flags]:
    """Return app (or --global) and flags of a command; the words that follow the app remain."""
    flags = words.parse(call, f"global {switches}", valued)
    if flags.has("global"):
        return GLOBAL, flags
    return apps.verify(call.host, flags.words.pop(0) if flags.words else ""), flags


def set_variables(call: Call) -> None:
    """Answer `config:set`."""
    app, flags = target(call, "no-restart encoded")
    if not flags.words:
        raise Fail("At least one env pair must be given")
    entries = {}
    for pair in flags.words:
        key, equals, value = pair.partition("=")
        if not equals:
            raise Fail(f"Invalid env pair: {pair}")
        entries[key] = base64.b64decode(value).decode() if flags.has("encoded") else value
    put(call.host, app, entries, restart=not flags.has("no-restart"))


def unset_variables(call: Call) -> None:
    """Answer `config:unset`."""
    app, flags = target(call, "no-restart")
    if not flags.words:
        raise Fail("At least one key must be given")
    remove(call.host, app, flags.words, restart=not flags.has("no-restart"))


def clear(call: Call) -> None:
    """Answer `config:clear`."""
    app, flags = target(call, "no-restart")
    variables = app_environment.read(call.host, app)
    for key in variables:
        say.info1_quiet(f"Unsetting {key}")
    if variables:
        app_environment.write(call.host, app, {})
        notify(call.host, app, "clear", [])
    restart_app(call.host, app, wanted=not flags.has("no-restart"))


def import_variables(call: Call) -> None:
    """Answer `config:import`; prints values unless quiet."""
    if "--quiet" in call.words:  # a global flag stands before the command (0.38.27, seen)
        say.write(2, "Usage of config:import:\nunknown flag: --quiet\n")
        raise Fail("", 2)
    app, flags = target(call, "no-restart replace", "format")
    name = flags.words[0] if flags.words else ""
    if name == "-":
        say.info1_quiet("Reading config vars from stdin")
    text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    entries = app_environment.parse_import(text, flags.get("format", "envfile"))
    if not entries:
        raise Fail("No config vars to set")
    for key, value in entries.items():
        say.info1_quiet(f"Setting config var {key}={value}")
    if flags.has("replace"):
        app_environment.write(call.host, app, {})
    put(call.host, app, entries, restart=not flags.has("no-restart"))


def get_variable(call: Call) -> None:
    """Answer `config:get`: status 1 and silence when the variable is not set."""
    app, flags = target(call, "quoted")
    if len(flags.words) != 1:
        raise Fail("Expected: key" if not flags.words else "Unexpected argument(s)")
    variables = app_environment.read(call.host, app)
    if flags.words[0] not in variables:
        raise Fail()
    value = variables[flags.words[0]]
    say.out(envfile.single_quoted(value) if flags.has("quoted") else value)


def keys_of(call: Call) -> None:
    """Answer `config:keys`."""
    app, flags = target(call, "merged")
    for key in sorted(app_environment.read(call.host, app, merged=flags.has("merged"))):
        say.out(key)


def show(call: Call) -> None:
    """Answer `config` and `config:show`."""
    app, flags = target(call, "merged shell export")
    variables = app_environment.read(call.host, app, merged=flags.has("merged"))
    say.info2_quiet(f"{'global' if app == GLOBAL else app} env vars")
    say.out(app_environment.pretty(variables, "") if variables else "")


def export(call: Call) -> None:
    """Answer `config:export`."""
    app, flags = target(call, "merged", "format")
    form = flags.get("format", "exports")
    if form not in app_environment.FORMATS:
        raise Fail(f"Unknown export format: {form}")
    variables = dict(
        sorted(app_environment.read(call.host, app, merged=flags.has("merged")).items())
    )
    say.write(1, app_environment.FORMATS[form](variables) + (" " if form == "shell" else "\n"))


def post_create(call: Call) -> None:
    """Give a new app an empty file of variables."""
    app_environment.write(call.host, call.word(0), {})


def forget(call: Call) -> None:
    """Remove the variables of a deleted app."""
    path = app_environment.file(call.host, call.word(0))
    path.unlink(missing_ok=True)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()


def copy(call: Call) -> None:
    """Copy the variables to a clone or a new name."""
    old, new = call.words[:2]
    app_environment.write(call.host, new, app_environment.read(call.host, old))


COMMANDS = {
    "config": show,
    "set": set_variables,
    "unset": unset_variables,
    "clear": clear,
    "import": import_variables,
    "get": get_variable,
    "keys": keys_of,
    "show": show,
    "export": export,
}
