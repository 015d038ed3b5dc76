"""The plugin `storage`: named entries (directories of the host) and where apps see them."""

import json
import os
import re
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.dokku import properties, report, say, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps, storage_directories, storage_entries
from sandbox.dokku.words import Call

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
    path = str(storage_entries.load_entry(host, item.entry_name).get("host_path", ""))
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


def destroy(call: Call) -> None:
    """Answer `storage:destroy NAME --force [--destroy-host-dir]`."""
    flags = words.parse(call, "force destroy-host-dir")
    name = flags.words[0] if flags.words else ""
    entry = storage_entries.load_entry(call.host, name)
    if not entry:
        raise Fail(f'storage entry "{name}" does not exist')
    users = [
        a for a in call.host.apps() if any(m.entry_name == name for m in attachments(call.host, a))
    ]
    if users:
        raise Fail(f'storage entry "{name}" is still mounted by app(s): {", ".join(users)}')
    directory = storage_directories.condemned(
        call.host, entry, wished=flags.has("destroy-host-dir")
    )
    if os.environ.get("DOKKU_APPS_FORCE_DELETE") != "1":
        if directory:
            text = f"is backed by {directory}, which will be removed along with its contents."
            say.warn(f"Storage entry {name} {text}")
        apps.confirm(name, "storage entry")
    if directory:
        storage_directories.remove(directory)
        say.verbose(f"Removed {directory}")
    storage_entries.entry_file(call.host, name).unlink()
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
    if not storage_entries.load_entry(call.host, name):
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
    name = storage_entries.legacy_name(path)
    if any((m.entry_name, m.container_path) == (name, place) for m in attachments(host, app)):
        raise Fail("Mount path already exists.")
    if not storage_entries.load_entry(host, name):
        storage_entries.save_entry(
            host, {"name": name, "scheduler": "docker-local", "host_path": path}
        )
    item = Attachment(name, place, volume_options=options, readonly="ro" in options.split(","))
    save(host, app, [*attachments(host, app), item])


def unmount(call: Call) -> None:
    """Answer `storage:unmount`, in both forms."""
    flags = words.parse(call, "", "container-dir process-type")
    app = apps.verify(call.host, ([*flags.words, ""])[0])
    name = ([*flags.words, "", ""])[1]
    place = flags.get("container-dir")
    if ":" in name:
        path, _, rest = name.partition(":")
        name, place = storage_entries.legacy_name(path), rest.partition(":")[0]
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
    "storage": storage_entries.list_entries,
    "create": storage_entries.create,
    "destroy": destroy,
    "ensure-directory": storage_directories.ensure_directory,
    "exists": storage_entries.exists,
    "info": storage_entries.info,
    "list": list_mounts,
    "list-entries": storage_entries.list_entries,
    "mount": mount,
    "report": show_report,
    "set": storage_entries.set_property,
    "unmount": unmount,
}
