"""A service's folder, `services/<kind>/<name>` below DOKKU_LIB_ROOT, and the small files in it.

LINKS (one app a line), PASSWORD, IMAGE, ENV ... are Dokku's own. Two are the sandbox's: CONTAINER
(`running`, `exited` ...; no file means that the container was removed) and ADDRESS (the port).
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.dokku import properties
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins.service_kinds import KINDS, Kind
from sandbox.dokku.words import Call


@dataclass(frozen=True)
class Service:
    """One service of a host."""

    host: Host
    kind: Kind
    name: str

    @property
    def folder(self) -> Path:
        """Where everything of this service is."""
        return services_folder(self.host, self.kind) / self.name

    @property
    def container(self) -> str:
        """The name that its Docker container would have."""
        return f"dokku.{self.kind.name}.{self.name}"

    @property
    def host_name(self) -> str:
        """The name under which a linked app's container would find it."""
        return self.container.replace(".", "-").replace("_", "-")

    @property
    def log(self) -> Path:
        """What its server prints."""
        return self.host.root / "log" / f"{self.kind.name}-{self.name}.log"

    @property
    def port(self) -> int:
        """The server's loopback port."""
        return int(self.read("ADDRESS").rpartition(":")[2])

    def exists(self) -> bool:
        """Tell whether there is such a service."""
        return bool(self.name) and self.folder.is_dir()

    def read(self, file: str) -> str:
        """Read one of the files, empty when it is missing."""
        try:
            return (self.folder / file).read_text(encoding="utf-8").rstrip("\n")
        except FileNotFoundError:
            return ""

    def write(self, file: str, text: str) -> None:
        """Write one of the files with a line end, readable by Dokku's user only."""
        properties.write_private(self.folder / file, f"{text}\n")

    def links(self) -> list[str]:
        """The apps that are linked."""
        return self.read("LINKS").split()

    def write_links(self, apps: set[str]) -> None:
        """Replace the list of linked apps."""
        properties.write_private(self.folder / "LINKS", "".join(f"{a}\n" for a in sorted(apps)))


def services_folder(host: Host, kind: Kind) -> Path:
    """Where the services of a kind are."""
    return host.lib / "services" / kind.name


def list_services(host: Host, kind: Kind) -> list[Service]:
    """All services of a kind, by name."""
    folder = services_folder(host, kind)
    names = (
        sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    )
    return [Service(host, kind, name) for name in names if not name.startswith(".")]


def list_all(host: Host) -> list[Service]:
    """All services of all kinds."""
    return [service for kind in KINDS.values() for service in list_services(host, kind)]


def find_service(host: Host, kind: Kind, name: str) -> Service:
    """Return a service that exists; ends the command when it does not."""
    service = Service(host, kind, name)
    if not service.exists():
        raise Fail(
            f"{kind.title} service {name} does not exist" if name else "SERVICE must not be empty"
        )
    return service


def read_service(call: Call) -> Service:
    """Return the service that a command names."""
    if not call.word(0):
        raise Fail("Please specify a valid name for the service")
    return find_service(call.host, KINDS[call.plugin], call.word(0))


@contextmanager
def locked(host: Host) -> Iterator[None]:
    """Let nobody else choose a port or make the template meanwhile."""
    folder = host.lib / "services"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
