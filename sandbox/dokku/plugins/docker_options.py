"""The plugin `docker-options`: kept and reported; only `-v` of them means something here."""

import json

from sandbox.dokku import properties, say, words
from sandbox.dokku.failure import Fail, missing_app
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps
from sandbox.dokku.words import Call

PHASES = ("build", "deploy", "run")
EVERY = "_default_"


def key(phase: str, process: str = EVERY) -> str:
    """Return the name of the property."""
    return f"{process}.{phase}"


def listed(host: Host, app: str, phase: str, process: str = EVERY) -> list[str]:
    """Return the options of a phase."""
    return properties.lines(host, "docker-options", app, key(phase, process))


def add(host: Host, app: str, phases: tuple[str, ...], option: str, process: str = EVERY) -> None:
    """Add an option, also a second time (facts, 0.16)."""
    for phase in phases:
        items = [*listed(host, app, phase, process), option]
        properties.put_lines(host, "docker-options", app, key=key(phase, process), items=items)


def remove(
    host: Host, app: str, phases: tuple[str, ...], option: str, process: str = EVERY
) -> None:
    """Remove every option of that text."""
    for phase in phases:
        items = [item for item in listed(host, app, phase, process) if item != option]
        properties.put_lines(host, "docker-options", app, key=key(phase, process), items=items)


def target(call: Call, what: str) -> tuple[str, tuple[str, ...], str, str]:
    """Return app, phases, option and process of a command."""
    rest, process = list(call.words), EVERY
    for index, word in enumerate(rest):
        if word == "--process" and index + 1 < len(rest):
            process = rest[index + 1]
            del rest[index : index + 2]
            break
    app = apps.verify(call.host, rest[0] if rest else "")
    phases = tuple((rest[1] if len(rest) > 1 else "").split(","))
    if any(phase not in PHASES for phase in phases):
        raise Fail("Phase(s) must be one of [build deploy run]")
    option = " ".join(rest[2:])
    if not option:
        raise Fail(f"Please specify docker options to {what} the phase")
    return app, phases, option, process


def add_command(call: Call) -> None:
    """Answer `docker-options:add`."""
    app, phases, option, process = target(call, "add to")
    add(call.host, app, phases, option, process)


def remove_command(call: Call) -> None:
    """Answer `docker-options:remove`."""
    app, phases, option, process = target(call, "remove from")
    remove(call.host, app, phases, option, process)


def clear(call: Call) -> None:
    """Answer `docker-options:clear APP [PHASES]`."""
    flags = words.parse(call, "", "process")
    app = apps.verify(call.host, ([*flags.words, ""])[0])
    phases = flags.words[1].split(",") if flags.words[1:] else PHASES
    if not flags.words[1:]:
        say.info1(f"Clearing docker-options for {app} on all phases")
    for phase in phases:
        if flags.words[1:]:
            say.info1(f"Clearing docker-options for {app} on phase {phase}")
        name = key(phase, flags.get("process", EVERY))
        properties.put(call.host, "docker-options", app, key=name, value="")


def list_options(call: Call) -> None:
    """Answer `docker-options:list APP --phase PHASE [--process PROCESS]`."""
    flags = words.parse(call, "", "phase process")
    app = apps.verify(call.host, ([*flags.words, ""])[0])
    if not flags.get("phase"):
        raise Fail("--phase is required")
    for item in listed(call.host, app, flags.get("phase"), flags.get("process", EVERY)):
        say.out(item)


def scopes(host: Host, app: str) -> list[tuple[str, str]]:
    """Return (name in the report, property) of all that is set."""
    found = [(phase, key(phase)) for phase in PHASES]
    for name in properties.keys(host, "docker-options", app):
        process, _, phase = name.rpartition(".")
        if process not in (EVERY, "") and phase in PHASES:
            found.append((f"{phase}.{process}", name))
    return found


def show_report(call: Call) -> None:
    """Answer `docker-options:report`; the only report whose JSON has lists."""
    flags = words.parse(call, "", "format")
    for app in flags.words[:1] or list(call.host.apps()):
        if not call.host.app(app).is_dir():
            raise missing_app(app)
        values = {
            name: properties.lines(call.host, "docker-options", app, prop)
            for name, prop in scopes(call.host, app)
        }
        if flags.get("format") == "json":
            both: dict[str, object] = {}
            for name, items in values.items():
                phase, dot, process = name.partition(".")
                both[name] = both[f"docker-options-{name}"] = " ".join(items)
                both[f"{phase}-list{dot}{process}"] = items
            say.out(json.dumps(dict(sorted(both.items())), separators=(",", ":")))
            continue
        say.info2_quiet(f"{app} docker-options information")
        for name, items in values.items():
            label = f"Docker options {name.replace('.', ' ')}:"
            say.out(f"       {label.ljust(31)}{' '.join(items)}")


COMMANDS = {
    "docker-options": show_report,
    "add": add_command,
    "remove": remove_command,
    "clear": clear,
    "list": list_options,
    "report": show_report,
}
