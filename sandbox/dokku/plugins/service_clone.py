"""A service from another one: clone and upgrade."""

import os
import tempfile

from sandbox.dokku import say
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins import service_container, service_info
from sandbox.dokku.plugins.service_create import create_service, write_options
from sandbox.dokku.plugins.service_engines import engine_of
from sandbox.dokku.plugins.service_options import Options, parse_options
from sandbox.dokku.plugins.service_state import Service, read_service
from sandbox.dokku.plugins.service_status import read_status
from sandbox.dokku.words import Call


def clone(call: Call) -> None:
    """Answer `clone`: a new service with the data of another."""
    name = call.word(1)
    if call.word(0) and not name:
        raise Fail("Please specify a name for the new service")
    source = read_service(call)
    target = Service(call.host, source.kind, name)
    if target.exists():
        raise Fail(f"Invalid service name {name}. Verify the service name is not already in use.")
    if read_status(source) != "running":
        raise Fail(f"Service {source.name} container is not running")
    say.info2(f"Cloning {source.name} to {name} @ {service_info.image(source)}")
    options = parse_options(call.words[2:])
    image = {"image": source.read("IMAGE"), "image-version": source.read("IMAGE_VERSION")}
    create_service(target, Options({**image, **options.values}))
    say.info1(f"Copying data from {source.name} to {name}")
    copy(source, target)
    say.info2("Done")


def copy(source: Service, target: Service) -> None:
    """Load a dump of one service into another; as in the plugin, a failure goes unnoticed."""
    with tempfile.TemporaryFile() as file, open(os.devnull, "w") as nowhere:
        engine_of(source).dump(source, file.fileno())
        file.seek(0)
        engine_of(target).load(target, file.fileno(), nowhere.fileno())


def upgrade(call: Call) -> None:
    """Answer `upgrade`: a new container under another image's name, over the same data."""
    service = read_service(call)
    before, options = service_info.image(service), parse_options(call.words[1:])
    write_options(service, options)
    after = service_info.image(service)
    if before == after:
        say.info1(f"Service {service.name} already running {after}")
        return
    say.info2(f"Upgrading {service.name} to {after}")
    say.info2(f"Stopping {service.name}")
    service_container.remove(service)
    service_container.start(service)
    say.info2("Done")
