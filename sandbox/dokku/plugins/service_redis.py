"""Redis behind `redis:*`."""

import os
import subprocess

from sandbox.dokku import say
from sandbox.dokku.plugins.service_state import Service
from sandbox.servers import redis
from sandbox.servers.redis import Store

STEPS: tuple[str, ...] = ()
STEPS_AGAIN: tuple[str, ...] = ()
WARNING = (
    "Warning: Using a password with '-a' or '-u' option on the command line interface"
    " may not be safe.\n"
)


def create(service: Service) -> None:
    """Write the service's redis.conf."""
    redis.create_store(_store(service))


def start(service: Service) -> None:
    """Start the server and wait until it answers."""
    redis.start(_store(service))


def stop(service: Service) -> None:
    """Stop the server."""
    redis.stop(_store(service))


def is_running(service: Service) -> bool:
    """Tell whether the server runs."""
    return redis.is_running(_store(service))


def url(service: Service, scheme: str) -> str:
    """The address with the password."""
    return f"{scheme}://:{service.read('PASSWORD')}@{service.read('ADDRESS')}"


def connect(service: Service) -> int:
    """Run redis-cli on standard input."""
    # The plugin passes the password as a word, and redis-cli complains; here it is not visible.
    say.write(2, WARNING)
    store = _store(service)
    command, environment = redis.client(store), redis.client_environment(store)
    return subprocess.run(command, env=environment, check=False).returncode


def dump(service: Service, output: int) -> int:
    """Let the server save, and write its file."""
    say.write(2, WARNING * 2)  # the plugin asks twice whether the dump is done
    redis.ask(_store(service), "SAVE")
    data = (service.folder / "data/dump.rdb").read_bytes()
    while data:
        data = data[os.write(output, data) :]
    return 0


def load(service: Service, source: int, errors: int) -> int:  # noqa: ARG001
    """Fail as the plugin does: container and data are gone before it finds out (facts, 8.1)."""
    stop(service)
    (service.folder / "CONTAINER").unlink(missing_ok=True)
    (service.folder / "data/dump.rdb").unlink(missing_ok=True)
    program = service.host.enabled / "redis/functions"
    file = service.folder / "data/dump.rdb"
    say.write(errors, f"{program}: line 189: {file}: Permission denied\n")
    return 1


def _store(service: Service) -> Store:
    return Store(
        data=service.folder / "data",
        configuration=service.folder / "config/redis.conf",
        log=service.log,
        port=service.port,
        password=service.read("PASSWORD"),
    )
