"""The files of a PostgreSQL server: a copy of a template that initdb made once per sandbox.

So a new cluster takes a fraction of a second. There is no Unix socket and no trust: loopback TCP
with a password (scram).
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandbox.servers.errors import ServerError
from sandbox.servers.identity import Identity, find_identity
from sandbox.servers.programs import find_postgres

# A sandbox must survive a killed process, which needs no fsync; it need not survive a power cut.
# Memory is shared in files of the cluster: in /dev/shm a killed server would leave them behind.
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
dynamic_shared_memory_type = mmap
fsync = off
full_page_writes = off
shared_buffers = 16MB
max_connections = 50
max_wal_size = 64MB
log_checkpoints = off
"""
ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n"


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL server's files and address."""

    data: Path
    log: Path
    port: int


@dataclass(frozen=True)
class Login:
    """The one role's password and its database."""

    password: str
    database: str


def create_cluster(cluster: Cluster, login: Login, template: Path) -> None:
    """Make the data folder with a password and an empty database; does not start the server."""
    identity = find_identity(cluster.data.parent)
    if not template.exists():
        _create_template(template, identity)
    shutil.copytree(template, cluster.data, symlinks=True, dirs_exist_ok=True)
    cluster.data.chmod(0o700)
    identity.own(cluster.data)
    # The single-user server needs no password and no port; it reads one statement a line.
    statements = (
        f"ALTER ROLE postgres PASSWORD '{_quote(login.password)}'\n"
        f'CREATE DATABASE "{login.database}"\n'
    )
    _run(identity, ("postgres", "--single", "-D", str(cluster.data), "postgres"), statements)


def _create_template(template: Path, identity: Identity) -> None:
    # Made beside its place and renamed: an interrupted initdb is never taken for a template.
    draft = template.with_name(f"{template.name}.{os.getpid()}")
    draft.mkdir(parents=True, mode=0o700)
    identity.own(draft)
    options = "--username=postgres --encoding=UTF8 --locale=C.UTF-8 --wal-segsize=1 --no-sync"
    # "trust" stays in no copy: ACCESS replaces it below, and every copy gets its own password.
    words = ("initdb", "-D", str(draft), *options.split(), "--auth=trust")
    _run(identity, words, "")
    with (draft / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS)
    (draft / "pg_hba.conf").write_text(ACCESS)
    try:
        draft.rename(template)
    except OSError:  # another create was quicker
        shutil.rmtree(draft)


def _run(identity: Identity, words: tuple[str, ...], stdin: str) -> None:
    done = subprocess.run(
        (*identity.words, find_postgres(words[0]), *words[1:]),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
    )
    if done.returncode != 0 or "ERROR:" in done.stderr:
        raise ServerError(f"{words[0]} failed: {done.stderr.strip()}")


def _quote(text: str) -> str:
    return text.replace("'", "''")
