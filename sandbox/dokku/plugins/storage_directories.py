"""The directories behind storage entries. Helpers that root runs make and remove them for Dokku."""

import os
import re
import shutil
from pathlib import Path
from typing import Any

from sandbox.dokku import say, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.words import Call

OWNERS = {"herokuish": "32767", "heroku": "1000", "paketo": "2000", "packeto": "2000", "root": "0"}


def ensure_directory(call: Call) -> None:
    """Answer `storage:ensure-directory [--chown WHO] NAME`."""
    flags = words.parse(call, "", "chown")
    say.warn("Deprecated: please use 'storage:create' instead of 'storage:ensure-directory'")
    name = flags.words[0] if flags.words else ""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise Fail("Directory can only contain the following set of characters: [A-Za-z0-9_-]")
    path = call.host.lib / "data/storage" / name
    say.info1(f"Ensuring {path} exists")
    path.mkdir(parents=True, exist_ok=True)
    owner = flags.get("chown", "herokuish")
    if owner != "false":
        own(owner)
    say.verbose_quiet("Directory ready for mounting")


def default_path(host: Host, name: str) -> str:
    """Return where the directory of an entry is when nobody says otherwise."""
    return str(host.lib / "data/storage" / name)


def require_default_path(host: Host, entry: dict[str, Any], flag: str) -> None:
    """Fail unless an entry is where Dokku's root helpers may work."""
    path, default = entry["host_path"], default_path(host, entry["name"])
    if path != default:
        place = f"when the storage entry uses the default host path ({default})"
        raise Fail(f"{flag} is only supported {place}; omit {flag} and manage {path} manually")


def condemned(host: Host, entry: dict[str, Any], *, wished: bool) -> str:
    """Return the directory that dies with its entry, if any: never one at a path of its own."""
    flag = "--destroy-host-dir"
    if wished and entry["scheduler"] != "docker-local":
        raise Fail(f"{flag} only applies to docker-local storage entries")
    if wished:
        require_default_path(host, entry, flag)
    elif entry.get("reclaim_policy") != "Delete":
        return ""
    elif entry["host_path"] != default_path(host, entry["name"]):
        text = "in place; reclaim policy Delete only removes the default host path"
        say.warn(f"Leaving {entry['host_path']} {text}")
        return ""
    return str(entry["host_path"])


def remove(path: str) -> None:
    """Remove a directory as root would, whatever its modes are."""
    for folder, names, _ in os.walk(path):
        for name in names:
            if not os.path.islink(os.path.join(folder, name)):
                os.chmod(os.path.join(folder, name), 0o700)
    if os.path.isdir(path):
        shutil.rmtree(path)


def make(host: Host, entry: dict[str, Any]) -> None:
    """Make the directory of an entry."""
    path = Path(entry["host_path"])
    for key in ("chown", "mode"):
        if entry[key] and entry[key] != "false":
            require_default_path(host, entry, f"--{key}")
    if not path.is_absolute():
        return  # a named volume of Docker
    if path.exists() and not path.is_dir():
        raise Fail(f"storage entry path {path} exists but is not a directory")
    if not path.is_dir():
        path.mkdir(parents=True)
        say.verbose(f"Created {path}")
    if entry["mode"]:
        say.verbose(f"Setting directory mode to {entry['mode']}")
        path.chmod(int(entry["mode"], 8))
    if entry["chown"] and entry["chown"] != "false":
        own(entry["chown"])


def own(owner: str) -> None:
    """Say that a directory changes hands; it does not, for apps run as the sandbox's user."""
    number = OWNERS.get(owner, owner)
    if not number.isdigit():
        raise Fail("Unsupported chown permissions")
    say.verbose_quiet(f"Setting directory ownership to {number}:{number}")
