"""What a service tells about itself."""

from sandbox.dokku import properties, say
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins.service_engines import engine_of
from sandbox.dokku.plugins.service_state import Service, read_service
from sandbox.dokku.plugins.service_status import read_status
from sandbox.dokku.words import Call
from sandbox.servers.ports import LOOPBACK


def info(call: Call) -> None:
    """Answer `info`, whole or for one flag."""
    service = read_service(call)
    if call.word(1):
        show_one(service, call.word(1))
    else:
        show(service)


def read(service: Service) -> dict[str, str]:
    """Read everything that `info` knows, in its order."""
    state = read_status(service)
    return {
        "config-dir": str(service.folder / service.kind.config_folder),
        "config-options": service.read("CONFIG_OPTIONS"),
        "data-dir": str(service.folder / "data"),
        "dsn": engine_of(service).url(service, service.kind.name),
        "exposed-ports": exposed_ports(service),
        "id": service.read("ID"),
        "internal-ip": LOOPBACK if state == "running" else "",
        "initial-network": network(service, "initial-network"),
        "links": "".join(f"{app} " for app in service.links()) or "-",
        "post-create-network": network(service, "post-create-network"),
        "post-start-network": network(service, "post-start-network"),
        "service-root": str(service.folder),
        "status": state,
        "version": "" if state == "missing" else image(service),
    }


def show(service: Service) -> None:
    """Print the table."""
    say.info2_quiet(f"{service.name} {service.kind.name} service information")
    for key, value in read(service).items():
        title = key.replace("-", " ").capitalize() + ":"
        say.verbose(f"{title:20} {value:25}")


def show_one(service: Service, flag: str) -> None:
    """Print the value of a flag such as `--dsn`."""
    values = read(service)
    if flag.removeprefix("--") not in values or not flag.startswith("--"):
        raise Fail("Invalid flag passed, valid flags: " + " ".join(f"--{key}" for key in values))
    say.out(values[flag.removeprefix("--")])


def image(service: Service) -> str:
    """The image that the service was made from: a label, for the machine's own server runs."""
    return f"{service.read('IMAGE')}:{service.read('IMAGE_VERSION')}"


def exposed_ports(service: Service) -> str:
    """The pairs of the service's usual port and the exposed one."""
    port = service.read("PORT")
    return f"{service.kind.port}->{port} " if port else "-"


def network(service: Service, key: str) -> str:
    """One of the three network properties."""
    return properties.get(service.host, service.kind.name, service.name, key)
