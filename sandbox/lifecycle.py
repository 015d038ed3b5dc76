"""Starts and stops a sandbox: the tree, nginx, the servers behind services, the plugin."""

import os
import shutil
import subprocess
from pathlib import Path

from sandbox import layout, processes, servers, watching
from sandbox.dokku import deployed, nginx_server, sandbox_settings
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import ps

PLUGIN = "ansible-deploy"
DOMAIN = "dokku.sandbox"


class Problem(Exception):
    """Something that the user has to mend first."""


def up(host: Host, words: list[str]) -> int:
    """Start the host; a second call repairs what is not running."""
    check_programs()
    if host.lib.is_dir() and not nginx_server.is_running(host):
        clean(host)
    layout.create(host)
    sandbox_settings.probe(host)
    write_if_missing(host.home / "VHOST", DOMAIN + "\n")
    nginx_server.start(host)
    servers.start(host)
    restore_apps(host)
    if "--without-plugin" not in words:
        install_plugin(host)
        watching.up(host)
    return status(host, [])


def restore_apps(host: Host) -> None:
    """Start the apps that ran before `down`, as a host does when it boots."""
    for app in host.apps():
        if deployed.is_deployed(host, app) and ps.running(host, app) != "true":
            print(f"starting {app}", flush=True)
            words = [str(host.root / "bin/dokku"), "ps:restore", app]
            with open(host.root / "log/restore.log", "a", encoding="utf-8") as log:
                if subprocess.run(words, check=False, stdout=log, stderr=log).returncode:
                    print(f"  {app} did not start, see {log.name}")


def down(host: Host, words: list[str]) -> int:
    """Stop every process that the sandbox started."""
    if not host.root.exists():
        return 0
    if not host.lib.is_dir():
        raise Problem(f"{host.root} does not look like a sandbox; left alone")
    servers.stop(host)
    clean(host)
    if "--remove" in words:
        shutil.rmtree(host.root)
    return 0


def clean(host: Host) -> None:
    """Stop what runs, also what a crash has left, and forget what ran."""
    processes.stop_all(host)
    shutil.rmtree(host.run, ignore_errors=True)
    shutil.rmtree(host.tmp, ignore_errors=True)
    layout.create_directories(host)


def status(host: Host, _: list[str]) -> int:
    """Say what runs, and where; 1 when the host is down."""
    if not nginx_server.is_running(host):
        print(f"sandbox {host.root}: down")
        return 1
    print(f"sandbox {host.root}: up")
    for name, port in nginx_server.ports(host).items():
        print(f"  host port {name} is 127.0.0.1:{port}")
    for line in servers.status(host):
        print(f"  {line}")
    for app in host.apps():
        print(f"  app {app}")
    return 0


def check_programs() -> None:
    """Refuse to start where a needed program is missing."""
    missing = [name for name in ("git", "nginx") if not find(name)]
    missing += servers.missing()
    if missing:
        raise Problem(f"missing: {', '.join(missing)}; run script/bootstrap")


def find(program: str) -> str | None:
    """Return the path of a program, also of those that only root's search path holds."""
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def write_if_missing(file: Path, text: str) -> None:
    """Write a file once."""
    if not file.exists():
        file.write_text(text, encoding="utf-8")


def run(host: Host, *words: str) -> int:
    """Run a dokku command as the operator would."""
    return subprocess.run([str(host.root / "bin/dokku"), *words], check=False).returncode


def install_plugin(host: Host) -> None:
    """Install this clone's tracked state, with uncommitted changes, through `plugin:install`."""
    repository = host.root / "work/plugin.git"
    git = ["git", "-C", str(layout.CLONE)]
    changes = subprocess.run([*git, "stash", "create"], capture_output=True, text=True, check=False)
    if changes.returncode:
        raise Problem(f"cannot read this clone: {changes.stderr.strip()} (try --without-plugin)")
    commit = changes.stdout.strip() or "HEAD"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(repository)], check=True)
    push = [*git, "push", "-q", "--force", str(repository), f"{commit}:refs/heads/main"]
    subprocess.run(push, check=True)
    shutil.rmtree(host.lib / "plugins/available" / PLUGIN, ignore_errors=True)
    if run(host, "plugin:install", f"file://{repository}", "--name", PLUGIN):
        raise Problem("plugin:install failed")
