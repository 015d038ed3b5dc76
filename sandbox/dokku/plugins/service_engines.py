"""What differs between the kinds in deeds: a module with these functions for each of them."""

from pathlib import Path
from typing import Protocol

from sandbox.dokku.plugins import service_postgres, service_redis
from sandbox.dokku.plugins.service_state import Service


class Engine(Protocol):
    """How one kind's server is made, run and used."""

    STEPS: tuple[str, ...]
    """What the plugin says while it makes the first container."""
    STEPS_AGAIN: tuple[str, ...]
    """What it says when the service has data already."""

    def create(self, service: Service) -> None:
        """Make the server's files."""

    def start(self, service: Service) -> None:
        """Start the server and wait until it answers."""

    def stop(self, service: Service) -> None:
        """Stop the server."""

    def is_running(self, service: Service) -> bool:
        """Tell whether the server runs."""

    def volumes(self, service: Service) -> dict[str, Path]:
        """Where the container has the service's folders; it works in the first."""

    def url(self, service: Service, scheme: str) -> str:
        """The address that linked apps get."""

    def inside(self, service: Service) -> dict[str, str]:
        """Variables by which a client in the container finds the server, where it needs any."""

    def connect(self, service: Service) -> int:
        """Run the client on standard input; returns its exit status."""

    def dump(self, service: Service, output: int) -> int:
        """Write a dump to a file descriptor; returns an exit status."""

    def load(self, service: Service, source: int, errors: int) -> int:
        """Read a dump from a file descriptor, complain to another; returns an exit status."""


ENGINES: dict[str, Engine] = {"postgres": service_postgres, "redis": service_redis}


def engine_of(service: Service) -> Engine:
    """The engine of a service's kind."""
    return ENGINES[service.kind.name]
