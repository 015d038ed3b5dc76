"""A service begins: its folder, its port, its server."""

import re
import secrets
import shutil

from sandbox.dokku import plugn, properties, say
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins import service_container
from sandbox.dokku.plugins.service_engines import engine_of
from sandbox.dokku.plugins.service_kinds import KINDS, NETWORKS
from sandbox.dokku.plugins.service_options import Options, parse_options
from sandbox.dokku.plugins.service_state import Service, list_all, locked
from sandbox.dokku.words import Call
from sandbox.servers.errors import ServerError
from sandbox.servers.ports import LOOPBACK, choose_port

NAME = re.compile(r"[A-Za-z0-9_-]+")
NAME_RULE = "Please specify a valid name for the service. Valid characters are: [A-Za-z0-9_]+"


def create(call: Call) -> None:
    """Answer `create`."""
    create_service(
        Service(call.host, KINDS[call.plugin], call.word(0)), parse_options(call.words[1:])
    )


def create_service(service: Service, options: Options) -> None:
    """Make a service with its server running."""
    if not NAME.fullmatch(service.name):
        raise Fail(NAME_RULE)
    if service.exists():
        raise Fail(f"{service.kind.title} service {service.name} already exists")
    act(service, "pre-create")
    with locked(service.host):
        choose_address(service)
        write_settings(service, options)
        try:
            engine_of(service).create(service)
        except ServerError as error:
            shutil.rmtree(service.folder)
            raise Fail(str(error)) from None
    act(service, "post-create")
    service_container.make(service, again=False)
    act(service, "post-create-complete")


def choose_address(service: Service) -> None:
    """Claim a port for good; the folder exists from here on."""
    taken = {other.port for other in list_all(service.host)}
    port = choose_port(f"{service.folder}", taken)
    (service.folder / "data").mkdir(parents=True)
    service.write("ADDRESS", f"{LOOPBACK}:{port}")


def write_settings(service: Service, options: Options) -> None:
    """Write the files that a service begins with."""
    if options.get("password"):
        say.warn("Specified password may not be as secure as the auto-generated password")
    password = options.get("password") or secrets.token_hex(service.kind.password_bytes)
    service.write_links(set())
    service.write("PASSWORD", password)
    service.write("DATABASE_NAME", service.name.replace("-", "_"))
    write_options(service, options)


def write_options(service: Service, options: Options) -> None:
    """Write what create and upgrade may both set."""
    kind = service.kind
    service.write("ENV", options.get("custom-env").replace(";", "\n"))
    service.write("CONFIG_OPTIONS", options.get("config-options"))
    service.write("IMAGE", options.get("image", kind.image))
    service.write("IMAGE_VERSION", options.get("image-version", kind.image_version))
    for file, name in (("SERVICE_MEMORY", "memory"), ("SHM_SIZE", "shm-size")):
        if options.get(name):
            service.write(file, options.get(name))
    for key in NETWORKS:
        if options.get(key):
            properties.put(service.host, kind.name, service.name, key=key, value=options.get(key))


def act(service: Service, moment: str, *app: str) -> None:
    """Fire the trigger by which other plugins follow what happens to services."""
    plugn.must(service.host, "service-action", moment, service.kind.name, service.name, *app)
