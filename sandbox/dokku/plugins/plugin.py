"""The plugin `plugin`: installs, updates and removes plugins, and runs their hooks for it."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

from sandbox.dokku import core, plugn, say, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.words import Call

PREFIXES = ("https:", "git", "ssh:", "file:")
SUFFIXES = (".tar.gz", ".tgz")


def available(host: Host) -> Path:
    """Return PLUGIN_AVAILABLE_PATH."""
    return host.lib / "plugins/available"


def install(call: Call) -> None:
    """Answer `plugin:install URL [--committish REF] [--name NAME]`: `install` of all runs."""
    flags = words.parse(call, "core", "committish name")
    url = flags.words[0] if flags.words else ""
    if url:
        if not url.startswith(PREFIXES) and not url.endswith(SUFFIXES):
            say.warn("First argument must be --core or url to plugin")
            say.warn("Valid prefixes: https:, git:, ssh:, file:")
            say.warn("Valid suffixes: .tar.gz, .tgz")
            raise Fail("Please retry with valid arguments")
        download(call.host, url, flags)
    plugn.must(call.host, "install")


def download(host: Host, url: str, flags: words.Flags) -> None:
    """Clone a plugin and enable it."""
    name = flags.get("name") or name_of(url)
    home = available(host) / name
    if home.exists():
        raise Fail(f"Plugin ({name}) already installed")
    if git(home.parent, "clone", "--quiet", url, name):
        shutil.rmtree(home, ignore_errors=True)
        raise Fail(f"Unable to clone {url}")
    if flags.get("committish") and git(home, "checkout", "--quiet", flags.get("committish")):
        raise Fail(f"Unable to check out {flags.get('committish')}")
    if not (home / "plugin.toml").exists():
        say.warn(f"Plugin {name} has no plugin.toml")
    link(host, name)
    say.info1_quiet(f"Plugin {name} enabled")


def name_of(url: str) -> str:
    """Return the name that Dokku gives a plugin: the last part of its URL, without `dokku-`."""
    last = re.sub(r"(\.git|\.tar\.gz|\.tgz)$", "", url.rstrip("/")).rpartition("/")[2]
    return last.removeprefix("dokku-")


def git(directory: Path, *arguments: str) -> int:
    """Run git in a directory."""
    return subprocess.run(["git", "-C", str(directory), *arguments], check=False).returncode


def link(host: Host, name: str) -> None:
    """Enable a plugin."""
    path = host.enabled / name
    path.unlink(missing_ok=True)
    path.symlink_to(available(host) / name)


def update(call: Call) -> None:
    """Answer `plugin:update [NAME [REF]]`: `git pull`, then `update` of all plugins."""
    name, reference = call.word(0), call.word(1)
    if name:
        home = available(call.host) / name
        if not home.is_dir() or core.is_core(name):
            raise Fail(f"Plugin ({name}) not installed")
        say.info1(f"Updating plugin {name}")
        if git(home, "pull", "--quiet") or (reference and git(home, "checkout", "-q", reference)):
            raise Fail(f"Unable to update {name}")
    plugn.must(call.host, "update")


def uninstall(call: Call) -> None:
    """Answer `plugin:uninstall NAME`: `uninstall NAME` of all plugins, then the files go."""
    name = call.word(0)
    if not (available(call.host) / name).is_dir() or not name:
        raise Fail(f"Plugin {name} is not installed")
    if core.is_core(name):
        raise Fail("Cannot uninstall a core plugin")
    plugn.must(call.host, "uninstall", name)
    (call.host.enabled / name).unlink(missing_ok=True)
    shutil.rmtree(available(call.host) / name)
    say.info1_quiet(f"Plugin {name} uninstalled")


def enable(call: Call) -> None:
    """Answer `plugin:enable`."""
    if not (available(call.host) / call.word(0)).is_dir():
        raise Fail(f"Plugin ({call.word(0)}) not installed")
    link(call.host, call.word(0))
    say.info1_quiet(f"Plugin {call.word(0)} enabled")


def disable(call: Call) -> None:
    """Answer `plugin:disable`."""
    (call.host.enabled / call.word(0)).unlink(missing_ok=True)
    say.info1_quiet(f"Plugin {call.word(0)} disabled")


def installed(call: Call) -> None:
    """Answer `plugin:installed NAME`: 0 or 1."""
    if not (available(call.host) / call.word(0)).is_dir():
        raise Fail()


def list_plugins(call: Call) -> None:
    """Answer `plugin:list`."""
    rows = [row(call.host, path) for path in sorted(available(call.host).iterdir())]
    if words.parse(call, "", "format").get("format") == "json":
        say.out(json.dumps(rows, separators=(",", ":")))
        return
    for item in rows:
        state = "enabled" if item["enabled"] else "disabled"
        head = f"  {str(item['name']).ljust(20)} {item['version']} {state.ljust(10)}"
        say.out(f"{head} {item['description']}")


def row(host: Host, path: Path) -> dict[str, object]:
    """Return what a list shows of a plugin."""
    file = path / "plugin.toml"
    about = (
        tomllib.loads(file.read_text(encoding="utf-8")).get("plugin", {}) if file.exists() else {}
    )
    is_clone = (path / ".git").is_dir()
    return {
        "name": path.name,
        "version": about.get("version", ""),
        "enabled": (host.enabled / path.name).is_symlink(),
        "core": core.is_core(path.name),
        "description": about.get("description", ""),
        "source_url": answer(path, "config", "remote.origin.url") if is_clone else "",
        "committish": answer(path, "rev-parse", "HEAD") if is_clone else "",
        "branch": answer(path, "rev-parse", "--abbrev-ref", "HEAD") if is_clone else "",
    }


def answer(directory: Path, *arguments: str) -> str:
    """Return what git says in a directory."""
    command = ["git", "-C", str(directory), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def fire(call: Call) -> int:
    """Answer `plugin:trigger NAME ARGS`."""
    return plugn.trigger(call.host, *call.words) if call.words else 1


COMMANDS = {
    "plugin": list_plugins,
    "list": list_plugins,
    "install": install,
    "update": update,
    "uninstall": uninstall,
    "enable": enable,
    "disable": disable,
    "installed": installed,
    "trigger": fire,
}
