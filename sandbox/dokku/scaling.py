"""How many processes an app has of each kind (a part of the plugin `ps`)."""

import json

from sandbox.dokku import (
    deployed,
    plugn,
    properties,
    say,
    words,
)
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps, procfile
from sandbox.dokku.words import Call


def scale(host: Host, app: str) -> dict[str, int]:
    """Return the number of processes of each kind."""
    lines = properties.lines(host, "ps", app, "scale")
    return {name: int(count) for name, _, count in (line.partition("=") for line in lines)}


def write_scale(host: Host, app: str, counts: dict[str, int]) -> None:
    """Write the number of processes of each kind."""
    items = [f"{name}={counts[name]}" for name in sorted(counts)]
    properties.put_lines(host, "ps", app, key="scale", items=items)


def can_scale(host: Host, app: str) -> bool:
    """Say whether `ps:scale` may change anything: not where app.json has a formation."""
    return properties.get(host, "ps", app, "can-scale") != "false"


def change_scale(call: Call) -> None:
    """Answer `ps:scale [--skip-deploy] APP [PROCESS=COUNT...]`."""
    flags = words.parse(call, "skip-deploy", "format")
    app = apps.verify(call.host, flags.words[0] if flags.words else "")
    if not flags.words[1:]:
        show_scale(call.host, app, flags.get("format"))
        return
    if not can_scale(call.host, app):
        text = "contains an app.json file with a formations key and cannot be manually scaled"
        raise Fail(f"App {app} {text}")
    say.info1(f"Scaling {app} processes: {' '.join(flags.words[1:])}")
    wanted = dict(count(word) for word in flags.words[1:])
    known = procfile.commands(call.host, app)
    for name, number in wanted.items():
        if known and number and name not in known:
            raise Fail(f"{name} is not a valid process name to scale up")
    before = scale(call.host, app)
    write_scale(call.host, app, {**before, **wanted})
    if flags.has("skip-deploy") or not deployed.is_deployed(call.host, app):
        return
    for name, number in wanted.items():
        if before.get(name) != number:
            plugn.must(call.host, "deploy", app, "latest", name)


def count(word: str) -> tuple[str, int]:
    """Read `process=count`."""
    name, equals, number = word.partition("=")
    if not equals:
        raise Fail(f"Missing count for process type {word}")
    if not number.isdigit():
        raise Fail(f"Invalid count for process type {name}")
    return name, int(number)


def show_scale(host: Host, app: str, form: str) -> None:
    """Print the number of processes of each kind."""
    counts = scale(host, app)
    if form == "json":
        rows = [{"process_type": name, "quantity": n} for name, n in sorted(counts.items())]
        say.out(json.dumps(rows, separators=(",", ":")))
        return
    say.info1_quiet(f"Scaling for {app}")
    rows_ = [] if say.is_quiet() else ["proctype: qty", "--------: ---"]
    for line in rows_ + [f"{(name + ':').ljust(5)} {n}" for name, n in sorted(counts.items())]:
        say.out(line)
