"""The datastore plugins `postgres` and `redis`: one code base, as the real ones are.

This file answers the short commands and lists all of them; each other subject has its own file,
`service_<subject>.py`. The servers are real (`sandbox/servers`).
"""

import importlib
import os
from collections.abc import Callable

from sandbox.dokku import properties, say
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins import apps
from sandbox.dokku.plugins.service_kinds import KINDS, NETWORKS
from sandbox.dokku.plugins.service_state import find_service, list_services, read_service
from sandbox.dokku.words import Call


def late(path: str) -> Callable[[Call], int | None]:
    """Name a function of another file that is imported when it is called: most calls need one."""

    def answer(call: Call) -> int | None:
        file, _, name = path.partition(".")
        module = importlib.import_module(f"sandbox.dokku.plugins.service_{file}")
        function: Callable[[Call], int | None] = getattr(module, name)
        return function(call)

    return answer


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


def set_property(call: Call) -> None:
    """Answer `set`: one of the three networks."""
    service = find_service(call.host, KINDS[call.plugin], call.word(0))
    key, value = call.word(1), call.word(2)
    if not key:
        raise Fail("No key specified")
    if key not in NETWORKS:
        raise Fail(f"Invalid key specified, valid keys include: {', '.join(NETWORKS)}")
    say.info2_quiet(f"Setting {key} to {value}" if value else f"Unsetting {key}")
    properties.put(call.host, call.plugin, service.name, key=key, value=value)


COMMANDS = {
    "app-links": app_links,
    "backup-schedule": late("backup.schedule"),
    "backup-schedule-cat": late("backup.show"),
    "backup-unschedule": late("backup.unschedule"),
    "clone": late("clone.clone"),
    "connect": late("use.connect"),
    "create": late("create.create"),
    "destroy": late("destroy.destroy"),
    "enter": late("enter.enter"),
    "exists": exists,
    "export": late("use.export"),
    "expose": late("expose.expose"),
    "import": late("use.load"),
    "info": late("info.info"),
    "link": late("link.link"),
    "linked": late("link.linked"),
    "links": links,
    "list": list_names,
    "logs": late("use.logs"),
    "pause": late("container.pause_service"),
    "promote": late("link.promote"),
    "restart": late("container.restart_service"),
    "set": set_property,
    "start": late("container.start_service"),
    "stop": late("container.stop_service"),
    "unexpose": late("expose.unexpose"),
    "unlink": late("link.unlink"),
    "upgrade": late("clone.upgrade"),
}

# Triggers (core_triggers.py names them)
pre_delete = late("follow.pre_delete")
copy_links = late("follow.copy_links")
pre_start = late("follow.pre_start")
pre_restore = late("follow.pre_restore")
service_list = late("follow.service_list")
