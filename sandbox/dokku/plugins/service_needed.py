"""Whether the services run that a new container of an app is to be linked to."""

from sandbox.dokku.host import Host
from sandbox.dokku.plugins import docker_options
from sandbox.dokku.plugins.service_kinds import KINDS


def find_dead_link(host: Host, app: str) -> str:
    """Return what Docker says of a link to a container that does not run, nothing when all do."""
    for option in docker_options.listed(host, app, "deploy"):
        _, _, target = option.partition("--link dokku.")
        kind, _, name = target.partition(":")[0].partition(".")
        complaint = find_complaint(host, kind, name) if kind in KINDS else ""
        if complaint:
            return complaint
    return ""


def find_complaint(host: Host, kind: str, name: str) -> str:
    """Return what Docker says of one service, nothing when it runs."""
    from sandbox.dokku.plugins.service_state import Service
    from sandbox.dokku.plugins.service_status import read_status

    service = Service(host, KINDS[kind], name)
    state = read_status(service)
    if state == "missing":
        return f"could not get container for {service.container}: No such container"
    if state in ("created", "exited"):
        return f"Cannot link to a non running container: /{service.container}"
    return ""
