"""`enter`: a command where the service's container has its files."""

import sys
from pathlib import Path

from sandbox.dokku import containers, sandbox_settings, say
from sandbox.dokku.containers import Container
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins.service_engines import engine_of
from sandbox.dokku.plugins.service_kinds import KINDS
from sandbox.dokku.plugins.service_state import Service, find_service
from sandbox.dokku.plugins.service_status import read_status, require_running
from sandbox.dokku.words import Call

NOTE = "Filesystem changes may not persist after container restarts"
STATES = {"missing": "does not exist", "exited": "is not running", "created": "is not running"}


def enter(call: Call) -> int:
    """Answer `enter SERVICE [COMMAND...]`; without a terminal the command gets no input."""
    service = find_service(call.host, KINDS[call.plugin], call.word(0))
    say.info1_quiet(NOTE)
    state = read_status(service)
    if state in STATES:
        raise Fail(f"Service container {STATES[state]}")
    require_running(service)
    container = describe(service, list(call.words[1:]) or ["/bin/bash"])
    return containers.run_once(call.host, container, terminal=sys.stdin.isatty())


def describe(service: Service, words: list[str]) -> Container:
    """The process that `docker container exec` would start: root's, in the image's directory."""
    places = engine_of(service).volumes(service)
    workdir = next(iter(places))
    return Container(
        id=containers.new_id(),
        app="",
        process="enter",
        index=1,
        image=str(places[workdir]),
        workdir=workdir,
        argv=words if sandbox_settings.read(service.host).isolated else found(places, words),
        env={
            "PATH": f"{containers.PATH}:/usr/sbin:/sbin",
            "HOME": "/root",
            **engine_of(service).inside(service),
        },
        mounts=[(str(host), inside, False) for inside, host in places.items()],
    )


def found(places: dict[str, Path], words: list[str]) -> list[str]:
    """Name the folders where they really are, on a machine that forbids mount namespaces."""
    for inside, host in places.items():
        words = [
            str(host) + word.removeprefix(inside) if f"{word}/".startswith(f"{inside}/") else word
            for word in words
        ]
    return words
