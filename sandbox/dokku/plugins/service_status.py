"""Whether a service's container runs."""

from sandbox.dokku import say
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins.service_engines import engine_of
from sandbox.dokku.plugins.service_state import Service


def read_status(service: Service) -> str:
    """Return `running`, `exited`, `restarting`, `created`, or `missing` where there is none."""
    container = service.read("CONTAINER")
    if container == "running" and not engine_of(service).is_running(service):
        return "exited"
    return container or "missing"


def require_running(service: Service) -> None:
    """Fail in Docker's words when there is no running container."""
    state = read_status(service)
    if state == "running":
        return
    text = {
        "missing": f"No such container: {service.container}",
        "exited": f"container {service.read('ID')} is not running",
        "created": f"container {service.read('ID')} is not running",
        "restarting": f"Container {service.read('ID')} is restarting, wait until the container"
        " is running",
    }[state]
    say.write(2, f"Error response from daemon: {text}\n")
    raise Fail()
