"""The plugin `builder-lambda`: its one property."""

from sandbox.dokku import report, settings
from sandbox.dokku.host import Host
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

SETTINGS = (Setting("lambdayml-path", "lambda.yml"),)


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `builder-lambda:report` knows."""
    return settings.read_all(host, "builder-lambda", app, SETTINGS)


def show_report(call: Call) -> None:
    """Answer `builder-lambda:report`."""
    report.run(call, report.Report("builder-lambda", read, legacy="builder-lambda-"))


def set_property(call: Call) -> None:
    """Answer `builder-lambda:set`."""
    settings.put(call, "builder-lambda", SETTINGS)


COMMANDS = {"builder-lambda": show_report, "report": show_report, "set": set_property}
