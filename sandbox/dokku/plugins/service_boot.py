"""What `script/sandbox up` and `down` do with the services."""

import signal

from sandbox.dokku.host import Host
from sandbox.dokku.plugins import service_container
from sandbox.dokku.plugins.service_state import list_all
from sandbox.servers import daemon

PROGRAMS = frozenset({"postgres", "redis-server"})


def start_services(host: Host) -> list[str]:
    """Start every service that ran when the host went down; returns their names."""
    started = []
    for service in list_all(host):
        if service.read("CONTAINER") == "running":
            service_container.run(service)
            started.append(f"{service.kind.name} {service.name}")
    return started


def stop_services(host: Host) -> None:
    """Stop every server, also what a crash left over; remembers which ran."""
    for service in list_all(host):
        service_container.halt(service)
    for pid in daemon.find_by_folder(host.lib / "services", PROGRAMS):
        daemon.end(pid, signal.SIGQUIT)
