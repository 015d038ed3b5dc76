"""A service ends."""

import os
import shutil
import sys

from sandbox.dokku import properties, say
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins import service_container
from sandbox.dokku.plugins.service_create import act
from sandbox.dokku.plugins.service_state import Service, read_service
from sandbox.dokku.words import Call

FORCE = ("force", "-f", "--force")


def destroy(call: Call) -> None:
    """Answer `destroy`: asks for the name unless forced, refuses while an app is linked."""
    service = read_service(call)
    if service.links():
        raise Fail("Cannot delete linked service")
    if call.word(1) not in FORCE and not os.environ.get("DOKKU_APPS_FORCE_DELETE"):
        confirm(service)
    say.info2_quiet(f"Deleting {service.name}")
    act(service, "pre-delete")
    service_container.remove(service)
    say.verbose_quiet("Removing data")
    shutil.rmtree(service.folder)
    properties.destroy(service.host, service.kind.name, service.name)
    act(service, "post-delete")
    say.info2(f"{service.kind.title} container deleted: {service.name}")


def confirm(service: Service) -> None:
    """Let the caller type the service's name."""
    say.warn("WARNING: Potentially Destructive Action")
    say.warn(f"This command will destroy {service.name} {service.kind.title} service.")
    say.warn(f'To proceed, type "{service.name}"')
    say.out("")
    answer = sys.stdin.readline()
    if not answer:
        raise Fail()
    if answer.strip() != service.name:
        raise Fail(f"Confirmation did not match {service.name}. Aborted.")
