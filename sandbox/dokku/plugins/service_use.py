"""Using a service: its client, its dumps, its log."""

import subprocess
import sys

from sandbox.dokku import say
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins.service_engines import engine_of
from sandbox.dokku.plugins.service_state import read_service
from sandbox.dokku.plugins.service_status import read_status, require_running
from sandbox.dokku.words import Call


def connect(call: Call) -> int:
    """Answer `connect`."""
    service = read_service(call)
    require_running(service)
    return engine_of(service).connect(service)


def export(call: Call) -> int:
    """Answer `export`."""
    service = read_service(call)
    require_running(service)
    return engine_of(service).dump(service, 1)


def load(call: Call) -> int:
    """Answer `import`."""
    service = read_service(call)
    if sys.stdin.isatty():
        raise Fail("No data provided on stdin.")
    if service.kind.name == "postgres":  # redis:import makes its own container
        require_running(service)
    return engine_of(service).load(service, 0, 2)


def logs(call: Call) -> int:
    """Answer `logs [-t|--tail [COUNT]]`."""
    service = read_service(call)
    state = read_status(service)
    if state == "missing":
        raise Fail("Service container does not exist")
    if state != "running":
        say.warn("Service logs may not be output as service is not running")
    count = f"--lines={call.word(2) or '+1'}"
    follow = ["--follow"] if call.word(1) in ("-t", "--tail") else []
    words = ["tail", count, *follow, str(service.log)]
    return subprocess.run(words, check=False).returncode
