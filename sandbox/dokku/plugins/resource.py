"""The plugin `resource`: limits and reservations are kept and reported, not enforced."""

import json

from sandbox.dokku import properties, say, words
from sandbox.dokku.failure import missing_app
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps
from sandbox.dokku.words import Call

KINDS = [
    "cpu",
    "memory",
    "memory-swap",
    "network",
    "network-ingress",
    "network-egress",
    "nvidia-gpu",
]
EVERY = "_default_"
VERBS = {"limit": "limits", "reserve": "reservation"}


def change(call: Call) -> None:
    """Answer `resource:limit` and `resource:reserve`."""
    action = call.command.partition(":")[2]
    flags = words.parse(call, "", f"process-type {' '.join(KINDS)}")
    app = apps.verify(call.host, ([*flags.words, ""])[0])
    process = flags.get("process-type", EVERY)
    given = {kind: flags.get(kind) for kind in KINDS if flags.has(kind)}
    scope = "defaults" if process == EVERY else process
    if not given:
        say.info2_quiet(f"resource {VERBS[action]} {app} information [{scope}]")
        for kind in KINDS:
            stored = properties.get(call.host, "resource", app, f"{process}.{action}.{kind}")
            say.out(f"       {kind}: {stored}")
        return
    shown = "default" if process == EVERY else process
    say.info2(f"Setting resource {VERBS[action]} for {app} ({shown})")
    for kind, value in given.items():
        amount = "" if value == "clear" else value
        say.out(f"       {kind}: {amount or 'cleared'}")
        properties.put(call.host, "resource", app, key=f"{process}.{action}.{kind}", value=amount)


def clear(call: Call) -> None:
    """Answer `resource:limit-clear` and `resource:reserve-clear`."""
    action = call.command.partition(":")[2].removesuffix("-clear")
    flags = words.parse(call, "", "process-type")
    app = apps.verify(call.host, ([*flags.words, ""])[0])
    process = flags.get("process-type", "")
    say.info2(f"clearing {app} {VERBS[action]}{f' ({process})' if process else ''}")
    for name in properties.keys(call.host, "resource", app):
        owner, what, _ = name.split(".", 2)
        if what == action and process in ("", owner):
            properties.put(call.host, "resource", app, key=name, value="")


def read(host: Host, app: str) -> dict[str, str]:
    """Return all that is set."""
    names = [name for name in properties.keys(host, "resource", app) if name.count(".") == 2]
    return {name: properties.get(host, "resource", app, name) for name in names}


def show_report(call: Call) -> None:
    """Answer `resource:report`."""
    flags = words.parse(call, "", "format")
    for app in flags.words[:1] or list(call.host.apps()):
        if not call.host.app(app).is_dir():
            raise missing_app(app)
        values = read(call.host, app)
        if flags.get("format") == "json":
            both = {**values, **{f"resource-{key}": value for key, value in values.items()}}
            say.out(json.dumps(dict(sorted(both.items())), separators=(",", ":")))
            continue
        say.info2_quiet(f"{app} resource information")
        for key, value in values.items():
            label = f"resource {key.replace('.', ' ')}:"
            say.out(f"       {label.ljust(31)}{value}")


COMMANDS = {
    "limit": change,
    "reserve": change,
    "limit-clear": clear,
    "reserve-clear": clear,
    "report": show_report,
}
