"""The plugin `scheduler`: which scheduler deploys an app."""

from sandbox.dokku import report, settings
from sandbox.dokku.host import Host
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

SELECTED = Setting("selected", "docker-local")
SETTINGS = (SELECTED, Setting("shell"))


def selected(host: Host, app: str) -> str:
    """Return the scheduler of an app."""
    return settings.computed(host, "scheduler", app, SELECTED)


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `scheduler:report` knows."""
    return settings.read_all(host, "scheduler", app, SETTINGS)


def show_report(call: Call) -> None:
    """Answer `scheduler:report`."""
    report.run(call, report.Report("scheduler", read, legacy="scheduler-"))


def set_property(call: Call) -> None:
    """Answer `scheduler:set`."""
    settings.put(call, "scheduler", SETTINGS)


COMMANDS = {"scheduler": show_report, "report": show_report, "set": set_property}
