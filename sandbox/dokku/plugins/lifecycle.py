"""What every plugin with properties does when an app goes, is cloned or gets a new name."""

import shutil

from sandbox.dokku import properties
from sandbox.dokku.words import Call


def forget(call: Call) -> None:
    """Remove a plugin's properties and data of a deleted app."""
    app = call.word(0)
    properties.destroy(call.host, call.plugin, app)
    shutil.rmtree(call.host.data(call.plugin, app), ignore_errors=True)


def copy(call: Call) -> None:
    """Copy a plugin's properties and data to the clone."""
    old, new = call.words[:2]
    properties.clone(call.host, call.plugin, old, new)
    source = call.host.data(call.plugin, old)
    if source.is_dir():
        shutil.copytree(source, call.host.data(call.plugin, new), dirs_exist_ok=True)


def move(call: Call) -> None:
    """Move a plugin's properties to the new name; the data of the old one goes with the old app."""
    copy(call)
    properties.destroy(call.host, call.plugin, call.word(0))


def copy_nginx(call: Call) -> None:
    """Copy nginx's properties, which stand under another name than the plugin's."""
    properties.clone(call.host, "nginx", *call.words[:2])


def move_nginx(call: Call) -> None:
    """Move nginx's properties to the new name."""
    copy_nginx(call)
    properties.destroy(call.host, "nginx", call.word(0))


def copy_app(call: Call) -> None:
    """Copy what `apps` keeps; a clone was created now and comes from nowhere."""
    created = properties.get(call.host, "apps", call.word(1), "created-at")
    copy(call)
    properties.put(call.host, "apps", call.word(1), key="created-at", value=created)
