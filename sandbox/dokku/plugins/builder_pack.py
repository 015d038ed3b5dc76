"""The plugin `builder-pack`: its one property."""

from sandbox.dokku import report, settings
from sandbox.dokku.host import Host
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

SETTINGS = (Setting("projecttoml-path", "project.toml"),)


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `builder-pack:report` knows."""
    return settings.read_all(host, "builder-pack", app, SETTINGS)


def show_report(call: Call) -> None:
    """Answer `builder-pack:report`."""
    report.run(call, report.Report("builder-pack", read, legacy="builder-pack-"))


def set_property(call: Call) -> None:
    """Answer `builder-pack:set`."""
    settings.put(call, "builder-pack", SETTINGS)


COMMANDS = {"builder-pack": show_report, "report": show_report, "set": set_property}
