"""The plugin `apps`: create, destroy, rename and clone apps; the file of the deploy lock."""

import os
import re
import sys
import time

from sandbox.dokku import deploy_lock, plugn, properties, report, say, words
from sandbox.dokku.failure import Fail, missing_app
from sandbox.dokku.host import Host
from sandbox.dokku.words import Call

NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")
NAME_RULE = (
    "App name must begin with lowercase alphanumeric character, and may only contain"
    " lowercase alphanumerics, dots, and hyphens"
)


def verify(host: Host, app: str) -> str:
    """Return the app's name, or fail with status 20 when there is no such app."""
    if not app:
        raise Fail("Please specify an app to run the command on")
    if not NAME.fullmatch(app) or not host.app(app).is_dir():
        raise missing_app(app)
    return app


def verify_name(app: str) -> None:
    """Fail when a word cannot name an app."""
    if not NAME.fullmatch(app):
        raise Fail(NAME_RULE)


def create(call: Call) -> None:
    """Answer `apps:create`."""
    create_app(call.host, words.parse(call).words[0] if call.words else "")


def create_app(host: Host, app: str) -> None:
    """Create an app; what plugins do about it hangs on `post-create`."""
    if not app:
        raise Fail("Please specify an app to run the command on")
    verify_name(app)
    if host.app(app).is_dir():
        raise Fail("Name is already taken")
    say.info1_quiet(f"Creating {app}...")
    host.app(app).mkdir(parents=True)
    properties.put(host, "apps", app, key="created-at", value=str(int(time.time())))
    plugn.must(host, "post-create", app)


def post_create(call: Call) -> None:
    """Make the app's data directory."""
    call.host.data("apps", call.word(0)).mkdir(parents=True, exist_ok=True)


def destroy(call: Call) -> None:
    """Answer `apps:destroy`."""
    flags = words.parse(call, "force")
    app = verify(call.host, flags.words[0] if flags.words else "")
    if os.environ.get("DOKKU_APPS_FORCE_DELETE") != "1":
        confirm(app, "app")
    destroy_app(call.host, app)


def confirm(name: str, kind: str) -> None:
    """Let the caller type the name of what is to be destroyed."""
    say.warn("WARNING: Potentially Destructive Action")
    say.warn(f"This command will destroy {kind} {name}.")
    say.warn(f'To proceed, type "{name}"')
    say.write(1, "> ")
    answer = sys.stdin.readline()
    if not answer:
        raise Fail("EOF")
    if answer.strip() != name:
        say.write(2, "Confirmation did not match test. Aborted.\n")
        raise Fail()


def destroy_app(host: Host, app: str) -> None:
    """Destroy an app step by step; a failing trigger stops midway, with status 1."""
    scheduler = properties.get(host, "scheduler", app, "selected") or "docker-local"
    say.info1(f"Destroying {app} (including all add-ons)")
    for name, *words_ in (
        ("pre-delete", app, "latest"),
        ("scheduler-stop", scheduler, app, "true"),
        ("scheduler-post-delete", scheduler, app, "latest"),
        ("post-delete", app, "latest"),
    ):
        if plugn.trigger(host, name, *words_):
            raise Fail()
    say.info1("Cleaning up...")
    say.info1("Retiring old containers and images")
    import shutil

    shutil.rmtree(host.app(app), ignore_errors=True)


def exists(call: Call) -> None:
    """Answer `apps:exists`: 0 or 20."""
    verify(call.host, call.word(0))


def list_apps(call: Call) -> None:
    """Answer `apps:list`."""
    apps = list(call.host.apps())
    if words.parse(call, valued="format").get("format") == "json":
        say.out("[" + ",".join(f'"{app}"' for app in apps) + "]")
        return
    say.info2_quiet("My Apps")
    if not apps:
        say.warn("You haven't deployed any applications yet")
    for app in apps:
        say.out(app)


def lock(call: Call) -> None:
    """Answer `apps:lock`: only create the file, as Dokku does."""
    file = deploy_lock.file(call.host, verify(call.host, call.word(0)))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    say.info1("Deploy lock created")


def locked(call: Call) -> None:
    """Answer `apps:locked`."""
    if not deploy_lock.file(call.host, verify(call.host, call.word(0))).exists():
        raise Fail("Deploy lock does not exist")
    if not say.is_quiet():
        say.out("Deploy lock exists")


def unlock(call: Call) -> None:
    """Answer `apps:unlock`."""
    file = deploy_lock.file(call.host, verify(call.host, call.word(0)))
    if file.exists():
        say.warn("A deploy may be in progress.")
        say.warn("Removing the app lock will not stop in progress deploys.")
    try:
        file.unlink()
    except FileNotFoundError:
        raise Fail("Unable to remove deploy lock") from None
    say.info1("Deploy lock removed")


def clone(call: Call) -> None:
    """Answer `apps:clone [--skip-deploy] [--ignore-existing] OLD NEW`."""
    flags = words.parse(call, "skip-deploy ignore-existing")
    old, new = ([*flags.words, "", ""])[:2]
    verify(call.host, old)
    verify_name(new)
    if call.host.app(new).is_dir():
        if flags.has("ignore-existing"):
            say.warn("Name is already taken")
            return
        raise Fail("Name is already taken")
    say.info1_quiet(f"Cloning {old} to {new}")
    create_app(call.host, new)
    plugn.must(call.host, "post-app-clone-setup", old, new)
    with skipping_deploy(flags.has("skip-deploy")):
        plugn.must(call.host, "post-app-clone", old, new)


def rename(call: Call) -> None:
    """Answer `apps:rename [--skip-deploy] OLD NEW`; the old app is destroyed underneath."""
    flags = words.parse(call, "skip-deploy")
    old, new = ([*flags.words, "", ""])[:2]
    verify(call.host, old)
    verify_name(new)
    if call.host.app(new).is_dir():
        raise Fail("Name is already taken")
    say.info1_quiet(f"Renaming {old} to {new}")
    create_app(call.host, new)
    plugn.must(call.host, "post-app-rename-setup", old, new)
    os.environ["DOKKU_APPS_FORCE_DELETE"] = "1"
    destroy_app(call.host, old)
    with skipping_deploy(flags.has("skip-deploy")):
        plugn.must(call.host, "post-app-rename", old, new)


def skipping_deploy(skip: bool) -> "words.Variable":
    """Tell the triggers below that the new app is not to be built."""
    return words.Variable("SKIP_REBUILD", "true" if skip else "")


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `apps:report` knows."""
    values = {key: properties.get(host, "apps", app, key) for key in STORED}
    return {
        **values,
        "dir": str(host.app(app)),
        "global-disable-autocreation": properties.get(
            host, "apps", properties.GLOBAL, "disable-autocreation"
        ),
        "locked": str(deploy_lock.file(host, app).exists()).lower(),
    }


STORED = ("created-at", "deploy-source", "deploy-source-metadata")
REPORT = report.Report("app", read, legacy="app-")


def deploy_source_set(call: Call) -> None:
    """Remember where the code came from."""
    app, source, metadata = call.words[:3]
    properties.put(call.host, "apps", app, key="deploy-source", value=source)
    properties.put(call.host, "apps", app, key="deploy-source-metadata", value=metadata)


def set_property(call: Call) -> None:
    """Answer `apps:set`."""
    app, key, value = ([*list(call.words), "", "", ""])[:3]
    if app != properties.GLOBAL:
        raise Fail("Property can only be specified globally")
    if key != "disable-autocreation":
        raise Fail("Invalid property specified, valid properties include: disable-autocreation")
    say.info2(f"Setting {key} to {value}" if value else f"Unsetting {key}")
    properties.put(call.host, "apps", app, key=key, value=value)


def show_report(call: Call) -> None:
    """Answer `apps:report`."""
    report.run(call, REPORT)


COMMANDS = {
    "apps": list_apps,
    "create": create,
    "destroy": destroy,
    "exists": exists,
    "list": list_apps,
    "lock": lock,
    "locked": locked,
    "unlock": unlock,
    "clone": clone,
    "rename": rename,
    "report": show_report,
    "set": set_property,
}
