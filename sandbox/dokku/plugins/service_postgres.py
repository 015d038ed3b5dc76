"""PostgreSQL behind `postgres:*`."""

import re
import subprocess
from pathlib import Path

from sandbox.dokku.plugins.service_state import Service
from sandbox.servers import cluster, postgres
from sandbox.servers.cluster import Cluster, Login

STEPS: tuple[str, ...] = ("Creating container database", "Securing connection to database")
STEPS_AGAIN: tuple[str, ...] = (STEPS[0], "Already exists", STEPS[1])


def create(service: Service) -> None:
    """Make the service's cluster from the host's template."""
    template = service.host.root / "cache/postgres-template"
    cluster.create_cluster(_cluster(service), _login(service), template)


def start(service: Service) -> None:
    """Start the server and wait until it answers."""
    postgres.start(_cluster(service))


def stop(service: Service) -> None:
    """Stop the server."""
    postgres.stop(_cluster(service))


def is_running(service: Service) -> bool:
    """Tell whether the server runs."""
    return postgres.is_running(_cluster(service))


def url(service: Service, scheme: str) -> str:
    """The address with password and database."""
    login = _login(service)
    return f"{scheme}://postgres:{login.password}@{service.read('ADDRESS')}/{login.database}"


def volumes(service: Service) -> dict[str, Path]:
    """Where the container has the service's folder: since PostgreSQL 18 one step further up."""
    major = re.match(r"\d+", service.read("IMAGE_VERSION"))
    is_new = major is not None and int(major[0]) >= 18
    inside = "/var/lib/postgresql" if is_new else "/var/lib/postgresql/data"
    return {inside: service.folder / "data"}


def inside(service: Service) -> dict[str, str]:
    """In the image psql needs no password, and finds the server at its usual port."""
    login = _login(service)
    host, _, port = service.read("ADDRESS").rpartition(":")
    return {"PGHOST": host, "PGPORT": port, "PGUSER": "postgres", "PGPASSWORD": login.password}


def connect(service: Service) -> int:
    """Run psql on standard input, ending at the first error."""
    words = _client(service, "psql", "-v", "ON_ERROR_STOP=1", _login(service).database)
    return subprocess.run(words, env=_environment(service), check=False).returncode


def dump(service: Service, output: int) -> int:
    """Write a dump in PostgreSQL's custom format."""
    words = _client(service, "pg_dump", "-Fc", "--no-acl", "--no-owner", _login(service).database)
    done = subprocess.run(words, env=_environment(service), stdout=output, check=False)
    return done.returncode


def load(service: Service, source: int, errors: int) -> int:
    """Restore a dump, statement by statement: not in one transaction (facts, 8.2)."""
    words = _client(service, "pg_restore", "-cO", "--if-exists", "-d", _login(service).database)
    environment = _environment(service)
    done = subprocess.run(words, env=environment, stdin=source, stderr=errors, check=False)
    return done.returncode


def _client(service: Service, program: str, *words: str) -> list[str]:
    return postgres.client(program, _cluster(service), *words)


def _environment(service: Service) -> dict[str, str]:
    return postgres.client_environment(_login(service))


def _cluster(service: Service) -> Cluster:
    return Cluster(data=service.folder / "data", log=service.log, port=service.port)


def _login(service: Service) -> Login:
    return Login(password=service.read("PASSWORD"), database=service.read("DATABASE_NAME"))
