"""The life of a service's container, which here is a server process and the file CONTAINER."""

import secrets

from sandbox.dokku import say
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins import service_info
from sandbox.dokku.plugins.service_engines import engine_of
from sandbox.dokku.plugins.service_state import Service, read_service
from sandbox.dokku.plugins.service_status import read_status
from sandbox.dokku.words import Call
from sandbox.servers import forwarder
from sandbox.servers.errors import ServerError
from sandbox.servers.forwarder import Forwarder

HOST_NAME_LIMIT = 64  # of Linux; the plugins give the container its own name as host name


def make(service: Service, *, again: bool) -> None:
    """Make a container for the service's data and start it, in the plugin's words."""
    engine = engine_of(service)
    service.write("ID", secrets.token_hex(32))
    if len(service.container) > HOST_NAME_LIMIT:
        service.write("CONTAINER", "created")
        say.out("Error response from daemon: failed to create task for container: failed to create")
        say.out("shim task: OCI runtime create failed: sethostname: invalid argument")
        raise Fail()
    say.verbose_quiet("Waiting for container to be ready")
    try:
        run(service)
    except Fail as failure:
        say.info2_quiet(f"Start of {service.name} container output")
        say.verbose_quiet(failure.message)
        say.info2_quiet(f"End of {service.name} container output")
        raise
    for step in engine.STEPS_AGAIN if again else engine.STEPS:
        say.verbose_quiet(step)
    say.info2(f"{service.kind.title} container created: {service.name}")
    service_info.show(service)


def start(service: Service, *, silent: bool = False) -> None:
    """Start a service that was paused, or make a new container when it was stopped."""
    state = read_status(service)
    if state == "running":
        if not silent:
            say.warn("Service is already started")
        return
    say.info2_quiet("Starting container")
    if state in ("exited", "restarting"):
        run(service)
        say.info2("Container started")
    else:
        make(service, again=True)


def pause(service: Service) -> None:
    """Stop the server and keep the container."""
    if read_status(service) == "missing":
        say.warn("Service is already paused")
        return
    say.info2_quiet("Pausing container")
    halt(service)
    service.write("CONTAINER", "exited")
    say.verbose_quiet("Container paused")


def remove(service: Service) -> None:
    """Stop the server and remove the container."""
    pause(service)
    if read_status(service) != "missing":
        say.verbose_quiet("Removing container")
        (service.folder / "CONTAINER").unlink()


def run(service: Service) -> None:
    """Start the server process and, when the service is exposed, its forwarder.

    A container whose server does not stay up is started over and over, by Docker.
    """
    try:
        engine_of(service).start(service)
        service.write("CONTAINER", "running")
        expose(service)
    except ServerError as error:
        service.write("CONTAINER", "restarting")
        raise Fail(f"{service.kind.title} service {service.name}: {error}") from None


def halt(service: Service) -> None:
    """Stop forwarder and server process."""
    forwarder.stop(service.folder)
    engine_of(service).stop(service)


def expose(service: Service) -> None:
    """Start or stop the forwarder as the file PORT says."""
    if not service.read("PORT"):
        forwarder.stop(service.folder)
        return
    port = int(service.read("PORT").rpartition(":")[2])
    log = service.log.with_suffix(".forwarder.log")
    forwarder.start(Forwarder(service.folder, log, port, service.port))


def start_service(call: Call) -> None:
    """Answer `start`."""
    start(read_service(call))


def stop_service(call: Call) -> None:
    """Answer `stop`: the container goes, the data stays."""
    remove(read_service(call))


def pause_service(call: Call) -> None:
    """Answer `pause`: the container stays."""
    pause(read_service(call))


def restart_service(call: Call) -> None:
    """Answer `restart`."""
    service = read_service(call)
    pause(service)
    start(service)
    say.info1("Please call dokku ps:restart on all linked apps")
