"""Redis behind `redis:*`."""

import shutil
import stat
import subprocess
import time
from pathlib import Path

from sandbox.dokku import say
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins.service_state import Service
from sandbox.servers import redis
from sandbox.servers.redis import Store

STEPS: tuple[str, ...] = ()
STEPS_AGAIN: tuple[str, ...] = ()
WARNING = (
    "Warning: Using a password with '-a' or '-u' option on the command line interface"
    " may not be safe.\n"
)
PAUSE = 5.0  # of the plugin, between two questions whether the dump is done
EXEC = 0.15  # what Docker needs to start a command in a container


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


def volumes(service: Service) -> dict[str, Path]:
    """Where the container has the service's folders; it works in the first."""
    return {"/data": service.folder / "data", "/usr/local/etc/redis": service.folder / "config"}


def inside(service: Service) -> dict[str, str]:
    """The password; the port has to be named, for redis-cli reads no variable for it."""
    return {"REDISCLI_AUTH": service.read("PASSWORD")}


def connect(service: Service) -> int:
    """Run redis-cli on standard input."""
    # The plugin passes the password as a word, and redis-cli complains; here it is not visible.
    say.write(2, WARNING)
    store = _store(service)
    command, environment = redis.client(store), redis.client_environment(store)
    return subprocess.run(command, env=environment, check=False).returncode


def dump(service: Service, output: int) -> int:
    """Have the server save, wait until the time of its last save is another, write its file.

    As in the plugin this has no end when the save fails, and also when the last save was in this
    very second: the time is in whole seconds.
    """
    store = _store(service)
    _outlast_first_second(store)
    before = _ask_last_save(store)
    redis.ask(store, "BGSAVE")
    redis.wait_for_save(store, EXEC)
    after = _ask_last_save(store)
    while after == before:
        after = _ask_last_save(store)
        time.sleep(PAUSE)
    with (
        (service.folder / "data/dump.rdb").open("rb") as file,
        open(output, "wb", closefd=False) as to,
    ):
        shutil.copyfileobj(file, to, 1 << 20)
    return 0


def load(service: Service, source: int, errors: int) -> int:
    """Replace the file below the server.

    As in the plugin, container and data are gone before it turns out whether Dokku's user may write
    into the data directory, which belongs to Redis (facts, 8.1).
    """
    from sandbox.dokku.plugins import service_container
    from sandbox.dokku.plugins.service_silence import silenced

    with silenced():
        service_container.remove(service)
    file = service.folder / "data/dump.rdb"
    file.unlink(missing_ok=True)
    if not file.parent.stat().st_mode & stat.S_IWOTH:
        program = service.host.enabled / "redis/functions"
        say.write(errors, f"{program}: line 189: {file}: Permission denied\n")
        return 1
    with open(source, "rb", closefd=False) as data, file.open("wb") as to:
        shutil.copyfileobj(data, to, 1 << 20)
    with silenced():
        service_container.start(service)
    return 0


def _ask_last_save(store: Store) -> str:
    say.write(2, WARNING)
    answer = redis.ask(store, "LASTSAVE")
    if not answer:  # the server is gone; the plugin ends at the first command that fails
        raise Fail()
    return answer


def _outlast_first_second(store: Store) -> None:
    # A server calls its start its last save. With Docker a second is over before anybody can ask.
    begun = redis.started_at(store)
    while int(time.time()) == int(begun):
        time.sleep(redis.PAUSE)


def _store(service: Service) -> Store:
    return Store(
        data=service.folder / "data",
        configuration=service.folder / "config/redis.conf",
        log=service.log,
        port=service.port,
        password=service.read("PASSWORD"),
    )
