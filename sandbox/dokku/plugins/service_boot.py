"""What `script/sandbox up` and `down` do with the services."""

import signal

from sandbox.dokku.host import Host
from sandbox.dokku.plugins import service_container
from sandbox.dokku.plugins.service_state import list_all
from sandbox.dokku.plugins.service_status import read_status
from sandbox.servers import daemon

PROGRAMS = frozenset({"postgres", "redis-server"})


def start_services(host: Host) -> None:
    """Start every service that ran when the host went down."""
    for service in list_all(host):
        if service.read("CONTAINER") == "running":
            service_container.run(service)


def stop_services(host: Host) -> None:
    """Stop every server, also what a crash left over; remembers which ran."""
    for service in list_all(host):
        service_container.halt(service)
    for pid in daemon.find_by_folder(host.lib / "services", PROGRAMS):
        daemon.end(pid, signal.SIGQUIT)


def describe_services(host: Host) -> list[str]:
    """Say in one line a service what it is, where, and for whom."""
    return [
        f"{service.kind.name} {service.name} is {service.read('ADDRESS')}, {read_status(service)}"
        + (f", linked to {' '.join(service.links())}" if service.links() else "")
        for service in list_all(host)
    ]
