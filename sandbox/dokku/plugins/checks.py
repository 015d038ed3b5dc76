"""The plugin `checks`: for which processes there is zero downtime, and how a new one is judged."""

from sandbox.dokku import properties, report, say, settings
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

WAIT_TO_RETIRE = Setting("wait-to-retire", "60")


def listed(host: Host, app: str, key: str) -> list[str]:
    """Return the processes of `disabled` or `skipped`."""
    return [word for word in properties.get(host, "checks", app, key).split(",") if word]


def applies(host: Host, app: str, key: str, process: str) -> bool:
    """Say whether checks are disabled or skipped for a process."""
    names = listed(host, app, key)
    return process in names or "_all_" in names


def switch(call: Call, key: str | None, text: str) -> None:
    """Put processes on one of the two lists (or on none)."""
    app, names = apps.verify(call.host, call.word(0)), list(call.words[1:]) or ["_all_"]
    for name in ("disabled", "skipped"):
        kept = [] if names == ["_all_"] else listed(call.host, app, name)
        kept = [word for word in kept if word not in names]
        if name == key:
            kept += names
        properties.put(call.host, "checks", app, key=name, value=",".join(sorted(kept)))
    some = "" if names == ["_all_"] else f" proctypes ({','.join(names)})"
    owner = f"app's ({app})" if some or key is None else f"app ({app})"
    say.info1(f"{text} for {owner}{some}")


def disable(call: Call) -> None:
    """Answer `checks:disable`."""
    switch(call, "disabled", "Disabling zero downtime")


def enable(call: Call) -> None:
    """Answer `checks:enable`."""
    switch(call, None, "Enabling zero downtime")


def skip(call: Call) -> None:
    """Answer `checks:skip`."""
    switch(call, "skipped", "Skipping zero downtime")


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `checks:report` knows."""
    values = WAIT_TO_RETIRE.read(host, "checks", app)
    if app == properties.GLOBAL:
        return values
    lists = {name: ",".join(listed(host, app, name)) or "none" for name in ("disabled", "skipped")}
    return {**values, **{f"{name}-list": text for name, text in lists.items()}}


def show_report(call: Call) -> None:
    """Answer `checks:report`."""
    report.run(call, report.Report("checks", read))


def set_property(call: Call) -> None:
    """Answer `checks:set`."""
    settings.put(call, "checks", (WAIT_TO_RETIRE,))


def run(call: Call) -> None:
    """Answer `checks:run`: judge the processes that run."""
    from sandbox.dokku import health
    from sandbox.dokku.plugins import ps

    app = apps.verify(call.host, call.word(0))
    for name, (_, cid) in ps.status(call.host, app).items():
        complaint = health.judge(call.host, app, cid)
        if complaint:
            raise Fail(f"{name}: {complaint}")


COMMANDS = {
    "checks": show_report,
    "disable": disable,
    "enable": enable,
    "skip": skip,
    "report": show_report,
    "set": set_property,
    "run": run,
}
