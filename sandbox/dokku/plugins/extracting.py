"""Files that are taken out of a new tree before anything is built, and kept when it is deployed."""

import os
import shutil
from pathlib import Path

from sandbox.dokku import images, properties
from sandbox.dokku.plugins import builder
from sandbox.dokku.words import Call


def copy(call: Call, plugin: str, source: str, name: str) -> Path | None:
    """Copy a file of the tree (or of the image) to the plugin's data, marked with DOKKU_PID."""
    app, work = call.words[:2]
    home = call.host.data(plugin, app)
    home.mkdir(parents=True, exist_ok=True)
    for old in home.glob(f"{name}.*"):
        old.unlink()
    image = properties.get(call.host, "git", app, "source-image")
    tree = images.path(call.host, image) if image else builder.tree(call.host, app, work)
    found, target = tree / source, home / f"{name}.{os.environ['DOKKU_PID']}"
    if not found.is_file():
        target.with_name(target.name + ".missing").touch()
        return None
    shutil.copyfile(found, target)
    return target


def settle(call: Call, plugin: str, name: str) -> None:
    """Keep what was copied for the release that is now deployed."""
    home = call.host.data(plugin, call.word(0))
    fresh = home / f"{name}.{os.environ['DOKKU_PID']}"
    missing = fresh.with_name(fresh.name + ".missing")
    if fresh.exists():
        fresh.rename(home / name)
    elif missing.exists():
        missing.unlink()
        (home / name).unlink(missing_ok=True)
