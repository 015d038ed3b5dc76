"""The plugin `builder-herokuish`: its one property."""

from sandbox.dokku import report, settings
from sandbox.dokku.host import Host
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

SETTINGS = (Setting("allowed", ""),)


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `builder-herokuish:report` knows."""
    return settings.read_all(host, "builder-herokuish", app, SETTINGS)


def show_report(call: Call) -> None:
    """Answer `builder-herokuish:report`."""
    report.run(call, report.Report("builder-herokuish", read, legacy="builder-herokuish-"))


def set_property(call: Call) -> None:
    """Answer `builder-herokuish:set`."""
    settings.put(call, "builder-herokuish", SETTINGS)


COMMANDS = {"builder-herokuish": show_report, "report": show_report, "set": set_property}
