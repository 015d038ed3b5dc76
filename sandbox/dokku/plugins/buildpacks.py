"""The plugin `buildpacks`: a list that is kept; the sandbox builds without buildpacks."""

import re

from sandbox.dokku import properties, report, say, settings, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

STACK = Setting("stack", "gliderlabs/herokuish:latest-24")
SHAPE = re.compile(r"(https?|git|ssh)://\S+|git@\S+|[\w.-]+/[\w.-]+")


def stored(host: Host, app: str) -> list[str]:
    """Return the buildpacks of an app."""
    return properties.lines(host, "buildpacks", app, "buildpacks")


def change(call: Call) -> None:
    """Answer `buildpacks:add`, `:set` and `:remove`."""
    flags = words.parse(call, "", "index")
    app, url = apps.verify(call.host, ([*flags.words, ""])[0]), ([*flags.words, "", ""])[1]
    have = stored(call.host, app)
    action = call.command.partition(":")[2]
    if action == "remove":
        have = [item for item in have if item != url]
    elif not SHAPE.fullmatch(url):
        raise Fail(f"Invalid buildpack specified: {url}")
    elif url not in have:
        place = int(flags.get("index", str(len(have) + 1))) - 1
        have[place : place + (action == "set")] = [url]
    properties.put_lines(call.host, "buildpacks", app, key="buildpacks", items=have)


def clear(call: Call) -> None:
    """Answer `buildpacks:clear`."""
    app = apps.verify(call.host, call.word(0))
    properties.put(call.host, "buildpacks", app, key="buildpacks", value="")


def show_list(call: Call) -> None:
    """Answer `buildpacks:list`."""
    app = apps.verify(call.host, call.word(0))
    say.info1_quiet(f"{app} buildpack urls")
    for item in stored(call.host, app):
        say.verbose(item)


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `buildpacks:report` knows."""
    values = STACK.read(host, "buildpacks", app)
    return values if app == properties.GLOBAL else {**values, "list": ",".join(stored(host, app))}


def show_report(call: Call) -> None:
    """Answer `buildpacks:report`."""
    report.run(call, report.Report("buildpacks", read, legacy="buildpacks-"))


def set_property(call: Call) -> None:
    """Answer `buildpacks:set-property`."""
    settings.put(call, "buildpacks", (STACK,))


COMMANDS = {
    "buildpacks": show_list,
    "add": change,
    "set": change,
    "remove": change,
    "clear": clear,
    "list": show_list,
    "report": show_report,
    "set-property": set_property,
}
