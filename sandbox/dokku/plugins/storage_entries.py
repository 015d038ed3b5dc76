"""The entries of the plugin `storage`: directories of the host that have a name."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from sandbox.dokku import properties, say, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import storage_directories
from sandbox.dokku.words import Call

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,43}[a-z0-9])?")


def entry_file(host: Host, name: str) -> Path:
    """Return the file of an entry."""
    return host.lib / "data/storage-registry" / f"{name}.json"


def load_entry(host: Host, name: str) -> dict[str, Any]:
    """Return an entry, empty when there is none."""
    file = entry_file(host, name)
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def save_entry(host: Host, entry: dict[str, Any]) -> None:
    """Write an entry; empty fields are left out, as Dokku does."""
    full = {key: entry[key] for key in FIELDS if entry.get(key)}
    text = json.dumps({**full, "schema_version": 1}, indent=2)
    properties.write_private(entry_file(host, entry["name"]), text)


FIELDS = [
    "name",
    "scheduler",
    "host_path",
    "size",
    "access_mode",
    "storage_class",
    "namespace",
    "chown",
    "mode",
    "reclaim_policy",
    "annotations",
    "labels",
]


def create(call: Call) -> None:
    """Answer `storage:create NAME [PATH] [flags]`."""
    valued = "chown mode scheduler size access-mode storage-class-name namespace reclaim-policy"
    flags = words.parse(call, "", f"{valued} annotation label")
    name, path = ([*flags.words, "", ""])[:2]
    if not NAME.fullmatch(name) or name.startswith("legacy-"):
        raise Fail(f"storage entry name {json.dumps(name)} is invalid")
    scheduler = flags.get("scheduler", "docker-local")
    local = scheduler == "docker-local"
    entry: dict[str, Any] = {"name": name, "scheduler": scheduler}
    entry["host_path"] = (
        (path or storage_directories.default_path(call.host, name)) if local else ""
    )
    for key, flag in RENAMED.items():
        entry[key] = flags.get(flag)
    for key in ("annotation", "label"):
        entry[key + "s"] = dict(pair.split("=", 1) for pair in flags.lists.get(key, []))
    if load_entry(call.host, name):
        say.info1_quiet(f"Storage entry {name} already exists, leaving in place")
    if local:
        storage_directories.make(call.host, entry)
    save_entry(call.host, entry)
    say.info1(f"Storage entry {name} created")


RENAMED = {
    "chown": "chown",
    "mode": "mode",
    "size": "size",
    "access_mode": "access-mode",
    "storage_class": "storage-class-name",
    "namespace": "namespace",
    "reclaim_policy": "reclaim-policy",
}


def legacy_name(path: str) -> str:
    """Return the name of the entry that is made for a bare path."""
    return "legacy-" + hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()[:10]


def entries(host: Host) -> list[dict[str, Any]]:
    """Return all entries, sorted by name."""
    files = sorted((host.lib / "data/storage-registry").glob("*.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def list_entries(call: Call) -> None:
    """Answer `storage:list-entries`."""
    found = entries(call.host)
    if words.parse(call, "", "format scheduler").get("format") == "json":
        say.out(json.dumps(found, indent=2))
        return
    if not found:
        say.info1_quiet("No storage entries registered")
        return
    say.info1_quiet("Storage entries:")
    for entry in found:
        say.verbose(f"{entry['name']}\t{entry['scheduler']}\t{entry.get('host_path', '')}")


def info(call: Call) -> None:
    """Answer `storage:info NAME [--format json]`."""
    flags = words.parse(call, "", "format")
    entry = load_entry(call.host, ([*flags.words, ""])[0])
    if not entry:
        raise Fail(f'storage entry "{([*flags.words, ""])[0]}" does not exist')
    if flags.get("format") == "json":
        say.out(json.dumps(entry, indent=2))
        return
    say.info1_quiet(f"Storage entry {entry['name']}")
    say.verbose(f"Scheduler:        {entry['scheduler']}")
    say.verbose(f"Host path:        {entry.get('host_path', '')}")


def exists(call: Call) -> None:
    """Answer `storage:exists NAME`."""
    if not load_entry(call.host, call.word(0)):
        raise Fail(f'storage entry "{call.word(0)}" does not exist')


def set_property(call: Call) -> None:
    """Answer `storage:set NAME KEY [VALUE]`."""
    name, key, value = ([*list(call.words), "", "", ""])[:3]
    entry = load_entry(call.host, name)
    if not entry:
        raise Fail(f'storage entry "{name}" does not exist')
    valid = ("chown", "mode", "namespace", "reclaim-policy", "size")
    if key not in valid:
        raise Fail(f"Invalid property specified, valid properties include: {', '.join(valid)}")
    entry[key.replace("-", "_")] = value
    save_entry(call.host, entry)
    say.info1(f"Storage entry {name} updated")
