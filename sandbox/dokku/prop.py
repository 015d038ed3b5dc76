"""Dokku's program `common/prop`: properties for plugins that are not written in Go."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.dokku import properties, say
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host


@dataclass(frozen=True)
class Request:
    """What the words of a call mean."""

    host: Host
    plugin: str
    app: str
    key: str
    value: str

    @property
    def stored(self) -> str:
        """Return the property's value."""
        return properties.get(self.host, self.plugin, self.app, self.key)

    def put(self, value: str) -> None:
        """Write the property."""
        properties.put(self.host, self.plugin, self.app, key=self.key, value=value)


def run(host: Host, words: list[str]) -> int:
    """Answer `prop COMMAND PLUGIN [APP [KEY [VALUE]]]`."""
    command, *rest = [*words, "", "", "", "", ""][:5]
    if command not in COMMANDS:
        raise Fail(f"Invalid prop command: {command}")
    return int(COMMANDS[command](Request(host, *rest)) or 0)


def exists(request: Request) -> int:
    """Say by the status whether a property is set."""
    file = properties.path(request.host, request.plugin, request.app, request.key)
    return 0 if file.exists() else 1


def get_all(request: Request) -> None:
    """Print all properties of an app: `key value` a line."""
    for key in properties.keys(request.host, request.plugin, request.app):
        say.out(f"{key} {properties.get(request.host, request.plugin, request.app, key)}")


def list_items(request: Request) -> None:
    """Print a list property, an item a line."""
    for item in properties.lines(request.host, request.plugin, request.app, request.key):
        say.out(item)


def set_up(request: Request) -> None:
    """Make the directory of a plugin or of one app."""
    directory = properties.path(request.host, request.plugin, request.app)
    directory.mkdir(parents=True, exist_ok=True)


COMMANDS: dict[str, Callable[[Request], int | None]] = {
    "get": lambda request: say.out(request.stored),
    "get-with-default": lambda request: say.out(request.stored or request.value),
    "set": lambda request: request.put(request.value),
    "del": lambda request: request.put(""),
    "exists": exists,
    "destroy": lambda request: properties.destroy(request.host, request.plugin, request.app),
    "clone": lambda request: properties.clone(
        request.host, request.plugin, request.app, request.key
    ),
    "get-all": get_all,
    "lrange": list_items,
    "lwrite": lambda request: request.put(request.value.rstrip("\n") + "\n"),
    "setup": set_up,
    "setup-app": set_up,
}
