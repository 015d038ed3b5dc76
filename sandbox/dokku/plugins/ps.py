"""The plugin `ps`: how many processes an app has, and starting and stopping them."""

from sandbox.dokku import (
    containers,
    deployed,
    images,
    plugn,
    properties,
    report,
    repository,
    say,
    scaling,
    settings,
)
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps, procfile, scheduler
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

SKIP_DEPLOY = Setting("skip-deploy", "false")
STOP_TIMEOUT = Setting("stop-timeout-seconds", "30")
RESTART_POLICY = Setting("restart-policy", "on-failure:10")
PROCFILE = Setting("procfile-path", "Procfile")
SETTINGS = (
    Setting("dockerfile-start-cmd", "", "oc"),
    PROCFILE,
    RESTART_POLICY,
    SKIP_DEPLOY,
    Setting("start-cmd", "", "oc"),
    STOP_TIMEOUT,
)
RESTORE = Setting("restore", "true", "o")
POLICIES = ("no", "always", "unless-stopped", "on-failure")


def restart(call: Call) -> None:
    """Answer `ps:restart APP [PROCESS]`."""
    app = apps.verify(call.host, call.word(0))
    if not deployed.is_deployed(call.host, app):
        say.warn(f"App {app} has not been deployed")
        return
    plugn.must(call.host, "deploy", app, "latest", *call.words[1:2])


def rebuild(call: Call) -> None:
    """Answer `ps:rebuild APP`."""
    plugn.must(call.host, "receive-app", apps.verify(call.host, call.word(0)))


def stop(call: Call) -> None:
    """Answer `ps:stop APP`."""
    app = apps.verify(call.host, call.word(0))
    if not deployed.is_deployed(call.host, app):
        say.warn(f"App {app} has not been deployed")
        return
    say.info1_quiet(f"Stopping {app}")
    plugn.must(call.host, "scheduler-stop", scheduler.selected(call.host, app), app)
    plugn.must(call.host, "post-stop", app)


def post_stop(call: Call) -> None:
    """Remember that the app was stopped on purpose."""
    properties.put(call.host, "ps", call.word(0), key="restore", value="false")


def start(call: Call) -> None:
    """Answer `ps:start APP`."""
    start_app(call.host, apps.verify(call.host, call.word(0)))


def start_app(host: Host, app: str) -> None:
    """Start an app that does not run, through a whole release."""
    if not deployed.is_deployed(host, app):
        say.warn(f"App {app} has not been deployed")
        return
    plugn.must(host, "pre-start", app)
    state = running(host, app)
    if state == "true":
        say.warn(f"App {app} already running")
    else:
        warning = "running in mixed mode" if state == "mixed" else "been detected as not running"
        say.warn(f"App {'is' if state == 'mixed' else 'has'} {warning}, releasing")
        plugn.must(host, "release-and-deploy", app, "latest")
    plugn.must(host, "proxy-build-config", app)


def restore(call: Call) -> None:
    """Answer `ps:restore [APP]`: what runs at the start of the host."""
    plugn.must(call.host, "pre-restore")
    names = [apps.verify(call.host, call.word(0))] if call.word(0) else list(call.host.apps())
    if not call.word(0):
        say.warn("Restore specified without app, assuming --all")
    for app in names:
        restore_app(call.host, app)


def restore_app(host: Host, app: str) -> None:
    """Start an app again unless it was stopped on purpose."""
    say.info1("Clearing potentially invalid proxy configuration")
    if not deployed.is_deployed(host, app):
        say.warn(f"App {app} has not been deployed")
    elif properties.get(host, "ps", app, "restore") == "false":
        say.warn(f"Skipping ps:restore for {app} as restore property is false")
    else:
        say.info1("Starting app")
        start_app(host, app)


def status(host: Host, app: str) -> dict[str, tuple[str, str]]:
    """Return for each process (`web.1`) its status and its container."""
    found = {}
    for file in sorted(host.app(app).glob("CONTAINER.*")):
        cid = file.read_text(encoding="utf-8").strip()
        found[file.name.removeprefix("CONTAINER.")] = (containers.state(host, cid)[0], cid)
    return found


def running(host: Host, app: str) -> str:
    """Return "true", "false" or "mixed"."""
    states = {word == "running" for word, _ in status(host, app).values()}
    return "mixed" if len(states) == 2 else str(states == {True}).lower()


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `ps:report` knows."""
    values = settings.read_all(host, "ps", app, SETTINGS)
    if app == properties.GLOBAL:
        return values
    states = status(host, app)
    return {
        **values,
        "can-scale": str(scaling.can_scale(host, app)).lower(),
        "deployed": str(deployed.is_deployed(host, app)).lower(),
        "processes": str(len(states)),
        "restore": properties.get(host, "ps", app, "restore") or "true",
        "running": running(host, app),
        **{f"status-{name}": f"{word} (CID: {cid[:11]})" for name, (word, cid) in states.items()},
    }


BARE = ("deployed", "processes", "restore", "running", "status-")


def show_report(call: Call) -> None:
    """Answer `ps:report`."""
    report.run(call, report.Report("ps", read, legacy="ps-", bare=BARE))


def set_property(call: Call) -> None:
    """Answer `ps:set`."""
    if call.word(1) == "restart-policy" and call.word(2):
        if call.word(2).partition(":")[0] not in POLICIES:
            raise Fail("Invalid restart-policy specified")
    settings.put(call, "ps", (*SETTINGS, RESTORE))


def post_create(call: Call) -> None:
    """Give a new app one web process."""
    scaling.write_scale(call.host, call.word(0), {"web": 1})


def core_post_extract(call: Call) -> None:
    """Copy the Procfile of a new tree; one that cannot be read ends the deploy."""
    from sandbox.dokku.plugins import extracting

    name = settings.computed(call.host, "ps", call.word(0), PROCFILE)
    copied = extracting.copy(call, "ps", name, "Procfile")
    if copied:
        procfile.parse(copied.read_text(encoding="utf-8"))


def post_release(call: Call) -> None:
    """Scale processes that the Procfile names anew."""
    app = call.word(1)
    counts = scaling.scale(call.host, app)
    for name in procfile.commands(call.host, app):
        if name != "release":
            counts.setdefault(name, 1 if name == "web" else 0)
    scaling.write_scale(call.host, app, counts)


def core_post_deploy(call: Call) -> None:
    """Make this release's Procfile the app's."""
    from sandbox.dokku.plugins import extracting

    extracting.settle(call, "ps", "Procfile")
    properties.put(call.host, "ps", call.word(0), key="restore", value="")


def after_copy(call: Call) -> None:
    """Build a clone or a renamed app, unless asked not to or without code."""
    import os

    if not os.environ.get("SKIP_REBUILD") and repository.head(call.host, call.word(1)):
        plugn.must(call.host, "receive-app", call.word(1))


def post_delete(call: Call) -> None:
    """Remove the image of a deleted app."""
    from sandbox.dokku.plugins import lifecycle

    lifecycle.forget(call)
    images.untag(call.host, call.word(0))


COMMANDS = {
    "ps": show_report,
    "scale": scaling.change_scale,
    "restart": restart,
    "rebuild": rebuild,
    "stop": stop,
    "start": start,
    "restore": restore,
    "report": show_report,
    "set": set_property,
}
