"""The plugin `run`: one-off commands in the surroundings of an app."""

from sandbox.dokku import app_process, containers, say, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins import apps, procfile
from sandbox.dokku.words import Call


def run(call: Call) -> int:
    """Answer `run APP COMMAND...`."""
    rest = list(call.words)
    while rest and rest[0].startswith("-"):
        del rest[: 2 if rest[0] in ("-e", "--env", "--ttl-seconds", "--cron-id") else 1]
    app = apps.verify(call.host, rest[0] if rest else "")
    if not rest[1:]:
        raise Fail("No command specified")
    container = app_process.new_container(call.host, app, "run", 1)
    known = procfile.commands(call.host, app)
    container.argv = ["/bin/sh", "-c", known[rest[1]]] if rest[1] in known else rest[1:]
    container.ports = {}
    return containers.run_once(call.host, container)


def list_runs(call: Call) -> None:
    """Answer `run:list`: nothing runs detached here."""
    flags = words.parse(call, "", "format")
    apps.verify(call.host, ([*flags.words, ""])[0])
    if flags.get("format") == "json":
        say.out("[]")
    else:
        say.info2_quiet(f"{flags.words[0]} run containers")


COMMANDS = {"run": run, "list": list_runs}
