"""The plugin `storage`: named entries (directories of the host) and where apps see them."""

import hashlib
import json
import os
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sandbox.dokku import properties, report, say, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps
from sandbox.dokku.words import Call

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,43}[a-z0-9])?")
OWNERS = {"herokuish": "32767", "heroku": "1000", "paketo": "2000", "packeto": "2000", "root": "0"}
EVERY = "_default_"


@dataclass
class Attachment:
    """One mount of an entry in an app."""

    entry_name: str
    container_path: str
    phases: str = "deploy,run"
    process_type: str = EVERY
    subpath: str = ""
    readonly: bool = False
    volume_options: str = ""
    volume_chown: str = ""


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


def attachments(host: Host, app: str) -> list[Attachment]:
    """Return the mounts of an app, sorted by entry."""
    lines = properties.lines(host, "storage", app, "attachments")
    found = [Attachment(**json.loads(line)) for line in lines]
    return sorted(found, key=lambda item: (item.entry_name, item.container_path))


def save(host: Host, app: str, items: list[Attachment]) -> None:
    """Write the mounts of an app."""
    lines = [json.dumps(asdict(item)) for item in items]
    properties.put_lines(host, "storage", app, key="attachments", items=lines)


def source(host: Host, item: Attachment) -> str:
    """Return the directory of the host that a mount shows."""
    path = str(load_entry(host, item.entry_name).get("host_path", ""))
    return f"{path}/{item.subpath}" if item.subpath else path


def mounts(host: Host, app: str, process: str) -> list[tuple[str, str, bool]]:
    """Return what a process sees: directory, place, whether it is read-only."""
    phase = "run" if process == "run" else "deploy"
    found = []
    for item in attachments(host, app):
        if phase in item.phases.split(",") and item.process_type in (EVERY, process):
            readonly = item.readonly or "ro" in item.volume_options.split(",")
            found.append((source(host, item), item.container_path, readonly))
    found += [mount for mount in from_options(host, app, phase) if mount[0].startswith("/")]
    return [mount for mount in found if mount[0].startswith("/")]


def from_options(host: Host, app: str, phase: str) -> list[tuple[str, str, bool]]:
    """Return the mounts that somebody wrote as docker options (`-v host:container`)."""
    from sandbox.dokku.plugins import docker_options

    found = []
    for option in docker_options.listed(host, app, phase):
        match = re.fullmatch(r"(?:-v|--volume)[ =]([^:]+):([^:]+)(?::(.*))?", option)
        if match:
            found.append((match[1], match[2], "ro" in (match[3] or "").split(",")))
    return found


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


def own(owner: str) -> None:
    """Say that a directory changes hands; it does not, for apps run as the sandbox's user."""
    number = OWNERS.get(owner, owner)
    if not number.isdigit():
        raise Fail("Unsupported chown permissions")
    say.verbose_quiet(f"Setting directory ownership to {number}:{number}")


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
    entry["host_path"] = (path or str(call.host.lib / "data/storage" / name)) if local else ""
    for key, flag in RENAMED.items():
        entry[key] = flags.get(flag)
    for key in ("annotation", "label"):
        entry[key + "s"] = dict(pair.split("=", 1) for pair in flags.lists.get(key, []))
    if load_entry(call.host, name):
        say.info1_quiet(f"Storage entry {name} already exists, leaving in place")
    if local:
        make_directory(Path(entry["host_path"]), entry)
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


def make_directory(path: Path, entry: dict[str, Any]) -> None:
    """Make the directory of an entry."""
    if not path.is_dir():
        path.mkdir(parents=True)
        say.verbose(f"Created {path}")
    if entry["mode"]:
        say.verbose(f"Setting directory mode to {entry['mode']}")
        path.chmod(int(entry["mode"], 8))
    if entry["chown"] and entry["chown"] != "false":
        own(entry["chown"])


def destroy(call: Call) -> None:
    """Answer `storage:destroy NAME --force [--destroy-host-dir]`."""
    flags = words.parse(call, "force destroy-host-dir")
    name = flags.words[0] if flags.words else ""
    entry = load_entry(call.host, name)
    if not entry:
        raise Fail(f'storage entry "{name}" does not exist')
    users = [
        a for a in call.host.apps() if any(m.entry_name == name for m in attachments(call.host, a))
    ]
    if users:
        raise Fail(f'storage entry "{name}" is still mounted by app(s): {", ".join(users)}')
    if os.environ.get("DOKKU_APPS_FORCE_DELETE") != "1":
        apps.confirm(name, "storage entry")
    if flags.has("destroy-host-dir"):
        shutil.rmtree(entry["host_path"], ignore_errors=True)
        say.verbose(f"Removed {entry['host_path']}")
    entry_file(call.host, name).unlink()
    say.info1(f"Storage entry {name} destroyed")


def mount(call: Call) -> None:
    """Answer `storage:mount APP (NAME --container-dir DIR|HOST:DIR[:OPTIONS])`."""
    valued = "container-dir phase process-type volume-subpath volume-options volume-chown"
    flags = words.parse(call, "volume-readonly", valued)
    app = apps.verify(call.host, ([*flags.words, ""])[0])
    name = ([*flags.words, "", ""])[1]
    if ":" in name:
        mount_path(call.host, app, name)
        return
    if not load_entry(call.host, name):
        text = "does not exist; create it first with `dokku storage:create`"
        raise Fail(f'storage entry "{name}" {text}')
    if not flags.get("container-dir"):
        raise Fail("--container-dir is required when mounting a named storage entry")
    item = Attachment(
        name,
        flags.get("container-dir"),
        flags.get("phase", "deploy,run"),
        flags.get("process-type", EVERY),
        flags.get("volume-subpath"),
        flags.has("volume-readonly"),
        flags.get("volume-options"),
        flags.get("volume-chown"),
    )
    others = [other for other in attachments(call.host, app) if identity(other) != identity(item)]
    is_new = len(others) == len(attachments(call.host, app))
    save(call.host, app, [*others, item])
    place = f"at {item.container_path} on {app}"
    verb = f"mounted {place}" if is_new else f"mount {place} updated"
    say.info1(f"Storage entry {name} {verb}")


def identity(item: Attachment) -> tuple[str, str, str]:
    """Return what makes two mounts the same."""
    return item.entry_name, item.container_path, item.process_type


def mount_path(host: Host, app: str, text: str) -> None:
    """Mount `host:container[:options]`; an entry is made of it."""
    path, _, rest = text.partition(":")
    place, _, options = rest.partition(":")
    if not path or not place:
        raise Fail("Storage path must be two valid paths divided by colon.")
    name = legacy_name(path)
    if any((m.entry_name, m.container_path) == (name, place) for m in attachments(host, app)):
        raise Fail("Mount path already exists.")
    if not load_entry(host, name):
        save_entry(host, {"name": name, "scheduler": "docker-local", "host_path": path})
    item = Attachment(name, place, volume_options=options, readonly="ro" in options.split(","))
    save(host, app, [*attachments(host, app), item])


def legacy_name(path: str) -> str:
    """Return the name of the entry that is made for a bare path."""
    return "legacy-" + hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()[:10]


def unmount(call: Call) -> None:
    """Answer `storage:unmount`, in both forms."""
    flags = words.parse(call, "", "container-dir process-type")
    app = apps.verify(call.host, ([*flags.words, ""])[0])
    name = ([*flags.words, "", ""])[1]
    place = flags.get("container-dir")
    if ":" in name:
        path, _, rest = name.partition(":")
        name, place = legacy_name(path), rest.partition(":")[0]
    have = attachments(call.host, app)
    kept = [
        m for m in have if (m.entry_name, place or m.container_path) != (name, m.container_path)
    ]
    if len(kept) == len(have):
        raise Fail("Mount path does not exist.")
    save(call.host, app, kept)


def list_mounts(call: Call) -> None:
    """Answer `storage:list`."""
    flags = words.parse(call, "", "format")
    app = apps.verify(call.host, ([*flags.words, ""])[0])
    found = [m for m in attachments(call.host, app) if "deploy" in m.phases.split(",")]
    if flags.get("format") == "json":
        say.out(json.dumps([row(call.host, m) for m in found], separators=(",", ":")))
        return
    say.info1_quiet(f"{app} volume bind-mounts:")
    for item in found:
        options = f":{item.volume_options}" if item.volume_options else ""
        say.verbose(f"{source(call.host, item)}:{item.container_path}{options}")


def row(host: Host, item: Attachment) -> dict[str, Any]:
    """Return a mount as `storage:list` shows it."""
    values: dict[str, Any] = {"entry_name": item.entry_name, "host_path": source(host, item)}
    values["container_path"] = item.container_path
    if item.readonly:
        values["readonly"] = True
    if item.volume_options:
        values["volume_options"] = item.volume_options
    return values


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


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `storage:report` knows."""
    found: dict[str, str] = {}
    for number, item in enumerate(attachments(host, app), 1):
        values = {**asdict(item), "host_path": source(host, item)}
        for key, value in values.items():
            text = str(value).lower() if isinstance(value, bool) else value
            found[f"attachment.{number}.{key.replace('_', '-')}"] = text
    for phase in ("build", "deploy", "run"):
        paths = [
            f"-v {source(host, m)}:{m.container_path}"
            + (f":{m.volume_options}" if m.volume_options else "")
            for m in attachments(host, app)
            if phase in m.phases.split(",")
        ]
        found[f"{phase}-mounts"] = " ".join(paths)
    return found


def show_report(call: Call) -> None:
    """Answer `storage:report`."""
    report.run(call, report.Report("storage", read, legacy="storage-"))


COMMANDS = {
    "storage": list_entries,
    "create": create,
    "destroy": destroy,
    "ensure-directory": ensure_directory,
    "exists": exists,
    "info": info,
    "list": list_mounts,
    "list-entries": list_entries,
    "mount": mount,
    "report": show_report,
    "set": set_property,
    "unmount": unmount,
}
