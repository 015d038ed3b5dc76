"""The plugin `builder-railpack`: its one property."""

from sandbox.dokku import report, settings
from sandbox.dokku.host import Host
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

SETTINGS = (Setting("railpackjson-path", "railpack.json"),)


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `builder-railpack:report` knows."""
    return settings.read_all(host, "builder-railpack", app, SETTINGS)


def show_report(call: Call) -> None:
    """Answer `builder-railpack:report`."""
    report.run(call, report.Report("builder-railpack", read, legacy="builder-railpack-"))


def set_property(call: Call) -> None:
    """Answer `builder-railpack:set`."""
    settings.put(call, "builder-railpack", SETTINGS)


COMMANDS = {"builder-railpack": show_report, "report": show_report, "set": set_property}
