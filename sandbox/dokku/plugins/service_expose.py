"""Exposing a service: a second port that leads to its server, here of the loopback only."""

from sandbox.dokku import say
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins import service_container, service_info
from sandbox.dokku.plugins.service_state import read_service
from sandbox.dokku.words import Call
from sandbox.servers.ports import choose_port


def expose(call: Call) -> None:
    """Answer `expose`, on a chosen or a random port."""
    service = read_service(call)
    ports = call.words[1:] or (str(choose_port(f"{service.folder} exposed", ())),)
    if len(ports) != 1:
        order = f"{service.kind.port}"
        raise Fail(f"1 ports to be exposed need to be provided in the following order: {order}")
    if service.read("PORT"):
        raise Fail(f"Service {service.name} already exposed on port(s) {service.read('PORT')}")
    service.write("PORT", ports[0])
    service_container.start(service, silent=True)
    service_container.expose(service)
    pairs = service_info.exposed_ports(service)
    say.info1(f"Service {service.name} exposed on port(s) [container->host]: {pairs}")


def unexpose(call: Call) -> None:
    """Answer `unexpose`."""
    service = read_service(call)
    (service.folder / "PORT").unlink(missing_ok=True)
    service_container.expose(service)
    say.info1(f"Service {service.name} unexposed")
