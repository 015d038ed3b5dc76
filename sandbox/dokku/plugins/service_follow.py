"""What the datastore plugins do when something happens to an app."""

from sandbox.dokku import say
from sandbox.dokku.plugins import service_container
from sandbox.dokku.plugins.service_kinds import KINDS
from sandbox.dokku.plugins.service_state import Service, list_services
from sandbox.dokku.plugins.service_status import read_status
from sandbox.dokku.words import Call


def pre_delete(call: Call) -> None:
    """Take a dying app from all LINKS; its variables go with it."""
    for service in _services(call):
        say.verbose_quiet(f"Unlinking from {service.name}")
        service.write_links({*service.links()} - {call.word(0)})


def copy_links(call: Call) -> None:
    """Link a clone, or an app under its new name, to the services of the old one."""
    old, new = call.words[:2]
    for service in _services(call):
        if old in service.links():
            service.write_links({*service.links(), new})


def pre_start(call: Call) -> None:
    """Start the services of an app that is about to start."""
    start_linked(call, call.word(0))


def pre_restore(call: Call) -> None:
    """Start the services of an app that is about to be restored."""
    if call.word(0) == "docker-local":
        start_linked(call, call.word(1))


def start_linked(call: Call, app: str) -> None:
    """Start the services of an app that do not run."""
    for service in _services(call):
        if app in service.links() and read_status(service) != "running":
            title = service.kind.title
            say.warn(f"{title} service {service.name} is not running, issuing service start")
            service_container.start(service)


def service_list(call: Call) -> None:
    """Name the services for other plugins."""
    if call.word(0) in ("", call.plugin):
        for service in _services(call):
            say.out(f"{call.plugin}:{service.name}")


def _services(call: Call) -> list[Service]:
    return list_services(call.host, KINDS[call.plugin])
