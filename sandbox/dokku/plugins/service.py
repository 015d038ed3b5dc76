"""The datastore plugins `postgres` and `redis`: one code base, as the real ones are.

This file answers the short commands and lists all of them; each other subject has its own file,
`service_<subject>.py`. The servers are real (`sandbox/servers`).
"""

import os

from sandbox.dokku import properties, say
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins import (
    apps,
    service_backup,
    service_clone,
    service_container,
    service_create,
    service_destroy,
    service_info,
    service_link,
    service_use,
)
from sandbox.dokku.plugins.service_follow import (  # noqa: F401  (core_triggers names them)
    copy_links,
    pre_delete,
    pre_restore,
    pre_start,
    service_list,
)
from sandbox.dokku.plugins.service_kinds import KINDS
from sandbox.dokku.plugins.service_state import find_service, list_services
from sandbox.dokku.plugins.service_use import read_service
from sandbox.dokku.words import Call
from sandbox.servers.ports import choose_port


def exists(call: Call) -> None:
    """Answer `exists`."""
    say.info1(f"Service {read_service(call).name} exists")


def list_names(call: Call) -> None:
    """Answer `list`."""
    title, services = KINDS[call.plugin].title, list_services(call.host, KINDS[call.plugin])
    if not services:
        say.warn(f"There are no {title} services")
        return
    say.info2_quiet(f"{title} services")
    for service in services:
        say.out(service.name)


def info(call: Call) -> None:
    """Answer `info`, whole or for one flag."""
    service = read_service(call)
    if call.word(1):
        service_info.show_one(service, call.word(1))
    else:
        service_info.show(service)


def links(call: Call) -> None:
    """Answer `links`: the apps of a service."""
    for app in read_service(call).links():
        say.out(app)


def app_links(call: Call) -> None:
    """Answer `app-links`: the services of an app."""
    app = apps.verify(call.host, call.word(0) or os.environ.get("DOKKU_APP_NAME", ""))
    for service in list_services(call.host, KINDS[call.plugin]):
        if app in service.links():
            say.out(service.name)


def start(call: Call) -> None:
    """Answer `start`."""
    service_container.start(read_service(call))


def stop(call: Call) -> None:
    """Answer `stop`: the container goes, the data stays."""
    service_container.remove(read_service(call))


def pause(call: Call) -> None:
    """Answer `pause`: the container stays."""
    service_container.pause(read_service(call))


def restart(call: Call) -> None:
    """Answer `restart`."""
    service = read_service(call)
    service_container.pause(service)
    service_container.start(service)
    say.info1("Please call dokku ps:restart on all linked apps")


def expose(call: Call) -> None:
    """Answer `expose`: on a chosen or a random port, here of the loopback only."""
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


def set_property(call: Call) -> None:
    """Answer `set`: one of the three networks."""
    service = find_service(call.host, KINDS[call.plugin], call.word(0))
    key, value = call.word(1), call.word(2)
    if not key:
        raise Fail("No key specified")
    if key not in service_info.NETWORKS:
        valid = ", ".join(service_info.NETWORKS)
        raise Fail(f"Invalid key specified, valid keys include: {valid}")
    say.info2_quiet(f"Setting {key} to {value}" if value else f"Unsetting {key}")
    properties.put(call.host, call.plugin, service.name, key=key, value=value)


COMMANDS = {
    "app-links": app_links,
    "backup-schedule": service_backup.schedule,
    "backup-schedule-cat": service_backup.show,
    "backup-unschedule": service_backup.unschedule,
    "clone": service_clone.clone,
    "connect": service_use.connect,
    "create": service_create.create,
    "destroy": service_destroy.destroy,
    "exists": exists,
    "export": service_use.export,
    "expose": expose,
    "import": service_use.load,
    "info": info,
    "link": service_link.link,
    "linked": service_link.linked,
    "links": links,
    "list": list_names,
    "logs": service_use.logs,
    "pause": pause,
    "promote": service_link.promote,
    "restart": restart,
    "set": set_property,
    "start": start,
    "stop": stop,
    "unexpose": unexpose,
    "unlink": service_link.unlink,
    "upgrade": service_clone.upgrade,
}
