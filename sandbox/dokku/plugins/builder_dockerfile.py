"""The plugin `builder-dockerfile`: its one property."""

from sandbox.dokku import report, settings
from sandbox.dokku.host import Host
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

SETTINGS = (Setting("dockerfile-path", "Dockerfile"),)


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `builder-dockerfile:report` knows."""
    return settings.read_all(host, "builder-dockerfile", app, SETTINGS)


def show_report(call: Call) -> None:
    """Answer `builder-dockerfile:report`."""
    report.run(call, report.Report("builder-dockerfile", read, legacy="builder-dockerfile-"))


def set_property(call: Call) -> None:
    """Answer `builder-dockerfile:set`."""
    settings.put(call, "builder-dockerfile", SETTINGS)


COMMANDS = {"builder-dockerfile": show_report, "report": show_report, "set": set_property}
