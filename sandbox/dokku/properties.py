"""Properties: a small file each, `config/<plugin>/<app>/<key>` below DOKKU_LIB_ROOT, mode 0600."""

import os
from pathlib import Path

from sandbox.dokku.host import Host

GLOBAL = "--global"


def path(host: Host, plugin: str, app: str, key: str = "") -> Path:
    """Return the file of a property, or the directory of them all."""
    return host.lib / "config" / plugin / app / key if key else host.lib / "config" / plugin / app


def get(host: Host, plugin: str, app: str, key: str) -> str:
    """Return a property's value, empty when it is not set."""
    try:
        return path(host, plugin, app, key).read_text(encoding="utf-8").rstrip("\n")
    except (FileNotFoundError, NotADirectoryError):
        return ""


def put(host: Host, plugin: str, app: str, *, key: str, value: str) -> None:
    """Write a property, or remove it when the value is empty."""
    file = path(host, plugin, app, key)
    if not value:
        file.unlink(missing_ok=True)
        return
    write_private(file, value)


def write_private(file: Path, text: str) -> None:
    """Replace a file that only its owner may read, at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="surrogateescape") as stream:
        stream.write(text)
    scratch.rename(file)


def lines(host: Host, plugin: str, app: str, key: str) -> list[str]:
    """Return a list property: one item a line."""
    return [line for line in get(host, plugin, app, key).split("\n") if line]


def put_lines(host: Host, plugin: str, app: str, *, key: str, items: list[str]) -> None:
    """Write a list property."""
    put(host, plugin, app, key=key, value="".join(f"{item}\n" for item in items))


def keys(host: Host, plugin: str, app: str) -> list[str]:
    """Return the names of all properties of an app, sorted."""
    directory = path(host, plugin, app)
    found = (
        [item.name for item in directory.iterdir() if item.is_file()] if directory.is_dir() else []
    )
    return sorted(name for name in found if not name.startswith("."))


def destroy(host: Host, plugin: str, app: str) -> None:
    """Forget all properties of an app; as in Dokku this also removes a plugin of the app's name."""
    import shutil

    shutil.rmtree(path(host, plugin, app), ignore_errors=True)


def clone(host: Host, plugin: str, old: str, new: str) -> None:
    """Copy all properties of an app to another."""
    import shutil

    if path(host, plugin, old).is_dir():
        shutil.copytree(path(host, plugin, old), path(host, plugin, new), dirs_exist_ok=True)
