"""The plugin `builder-nixpacks`: its one property."""

from sandbox.dokku import report, settings
from sandbox.dokku.host import Host
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

SETTINGS = (Setting("nixpackstoml-path", "nixpacks.toml"),)


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `builder-nixpacks:report` knows."""
    return settings.read_all(host, "builder-nixpacks", app, SETTINGS)


def show_report(call: Call) -> None:
    """Answer `builder-nixpacks:report`."""
    report.run(call, report.Report("builder-nixpacks", read, legacy="builder-nixpacks-"))


def set_property(call: Call) -> None:
    """Answer `builder-nixpacks:set`."""
    settings.put(call, "builder-nixpacks", SETTINGS)


COMMANDS = {"builder-nixpacks": show_report, "report": show_report, "set": set_property}
