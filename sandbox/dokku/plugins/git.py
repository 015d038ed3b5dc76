"""The plugin `git`: receives pushes, images, archives and clones, and starts their deploy."""

import os
import shutil
import subprocess

from sandbox.dokku import (
    plugn,
    properties,
    receiving,
    report,
    repository,
    say,
    settings,
    words,
)
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps, git_sources
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call


def serve(call: Call) -> int:
    """Answer `git-receive-pack APP` and its sisters, for git clients over ssh."""
    app = call.word(0).strip("'\"").lstrip("/")
    if not call.host.app(app).is_dir():
        apps.verify_name(app)
    if call.command != "git-upload-archive" and not (call.host.app(app) / "refs").is_dir():
        maybe_create(call.host, app)
        repository.ensure_repository(call.host, app)
    command = ["git-shell", "-c", f"{call.command} '{call.host.app(app)}'"]
    return subprocess.run(command, check=False).returncode


def maybe_create(host: Host, app: str) -> None:
    """Create an app that is pushed for the first time; its output must not disturb git's."""
    if host.app(app).is_dir():
        return
    if properties.get(host, "apps", "--global", "disable-autocreation") == "true":
        say.warn("App auto-creation disabled.")
        hint = f"Re-enable app auto-creation or create an app with 'dokku apps:create {app}'"
        raise Fail(hint)
    with words.StandardOutput(os.devnull):
        apps.create_app(host, app)


def hook(call: Call) -> None:
    """Answer `git-hook APP`: the refs of a push stand on standard input."""
    host, app = call.host, apps.verify(call.host, call.word(0))
    while line := read_line():
        _, new, ref = line.split()
        name = ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
        wanted = repository.branch(host, app)
        if name != wanted and repository.has_branch(host, app):
            text = f"WARNING: deploy did not complete, you must push to {wanted}."
            say.out(f"{receiving.ERASE}-----> {text}")
            text = f"for example, try 'git push <dokku> {name}:{wanted}'"
            say.out(f"{receiving.ERASE}-----> {text}")
            continue
        if name != wanted:
            say.out(f"{receiving.ERASE}-----> Set {name} as deploy-branch")
            properties.put(host, "git", app, key="deploy-branch", value=name)
        status = receiving.receive(host, app, new)
        if status:
            raise Fail("", status)
        plugn.must(host, "deploy-source-set", app, "git-push", new)


def read_line() -> str:
    """Read one line of standard input byte by byte: the rest belongs to the triggers below."""
    data = b""
    while (byte := os.read(0, 1)) not in (b"", b"\n"):
        data += byte
    return data.decode()


def receive_app(call: Call) -> int:
    """Answer the trigger `receive-app APP [REVISION]`."""
    return receiving.receive(call.host, call.word(0), call.word(1))


def forget_image(call: Call) -> None:
    """Forget the image of a deploy that came from one: only once another deploy has succeeded."""
    if call.word(1) != "docker-image":
        properties.put(call.host, "git", call.word(0), key="source-image", value="")


def initialize(call: Call) -> None:
    """Answer `git:initialize`."""
    repository.ensure_repository(call.host, apps.verify(call.host, call.word(0)))


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `git:report` knows."""
    values = settings.read_all(host, "git", app, repository.SETTINGS)
    if app == properties.GLOBAL:
        return values
    file = host.app(app) / "refs/heads" / repository.branch(host, app)
    return {
        **values,
        "last-updated-at": str(int(file.stat().st_mtime)) if file.exists() else "",
        "rev-env-var": receiving.variable(host, app),
        "sha": repository.head(host, app) or "HEAD",
        "source-image": properties.get(host, "git", app, "source-image"),
    }


def show_report(call: Call) -> None:
    """Answer `git:report`."""
    report.run(call, report.Report("git", read))


def set_property(call: Call) -> None:
    """Answer `git:set`."""
    table = (*(Setting(s.key, s.default) for s in repository.SETTINGS), *repository.OTHERS)
    settings.put(call, "git", table)


# what other plugins keep beside the repository: Dokku's git copies the whole directory (cpio)
BESIDE = ("letsencrypt", "nginx.conf.d", "tls")


def clone(call: Call) -> None:
    """Copy the repository to a clone or a new name."""
    from sandbox.dokku.plugins import lifecycle

    old, new = call.words[:2]
    lifecycle.copy(call)
    for name in BESIDE:
        source = call.host.app(old) / name
        if source.is_dir():
            shutil.copytree(source, call.host.app(new) / name, symlinks=True, dirs_exist_ok=True)
    if (call.host.app(old) / "refs").is_dir():
        for name in ("HEAD", "config", "objects", "refs", "packed-refs", "hooks", "info"):
            source, target = call.host.app(old) / name, call.host.app(new) / name
            if source.is_dir():
                shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
            elif source.exists():
                shutil.copyfile(source, target)
        repository.ensure_repository(call.host, new)


COMMANDS = {
    "git": show_report,
    "git-receive-pack": serve,
    "git-upload-pack": serve,
    "git-upload-archive": serve,
    "git-hook": hook,
    "from-image": git_sources.from_image,
    "from-archive": git_sources.from_archive,
    "sync": git_sources.sync,
    "initialize": initialize,
    "report": show_report,
    "set": set_property,
}
