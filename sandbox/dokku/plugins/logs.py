"""The plugin `logs`: what app processes wrote."""

from sandbox.dokku import containers, report, say, settings, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps, ps
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

SETTINGS = (
    Setting("app-label-alias", "com.dokku.app-name"),
    Setting("max-size", "10m"),
    Setting("vector-cron-sink"),
    Setting("vector-image", "timberio/vector:0.57.0-debian", "gc"),
    Setting("vector-networks", "", "gc"),
    Setting("vector-sink"),
)


def show(call: Call) -> None:
    """Answer `logs APP [--num N] [--ps PROCESS]`."""
    flags = words.parse(call, "quiet|q tail|t", "num|n ps|p")
    app = apps.verify(call.host, ([*flags.words, ""])[0])
    found = ps.status(call.host, app)
    if not found:
        raise Fail(f"App {app} has not been deployed")
    for name, (_, cid) in found.items():
        if flags.get("ps") in ("", name.partition(".")[0]):
            for line in containers.last_lines(call.host, cid, int(flags.get("num", "100"))):
                say.out(f"app[{name}]: {line}")


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `logs:report` knows."""
    return settings.read_all(host, "logs", app, SETTINGS)


def show_report(call: Call) -> None:
    """Answer `logs:report`."""
    report.run(call, report.Report("logs", read, legacy="logs-"))


def set_property(call: Call) -> None:
    """Answer `logs:set`."""
    settings.put(call, "logs", SETTINGS)


COMMANDS = {"logs": show, "report": show_report, "set": set_property}
