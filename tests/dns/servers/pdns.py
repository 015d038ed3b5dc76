"""PowerDNS with its HTTP interface, on a database in a file."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.dns.servers.process import accepts, free_port, program, running
from tests.dns.servers.zones import API_KEY, OTHER_ZONE, ZONE, content

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"
CONFIGURATION = """\
launch=gsqlite3
gsqlite3-database={folder}/database
socket-dir={folder}
local-address=127.0.0.1
local-port={port}
api=yes
api-key={key}
webserver=yes
webserver-address=127.0.0.1
webserver-port={api}
webserver-allow-from=127.0.0.1
security-poll-suffix=
dname-processing=yes
loglevel=6
webserver-loglevel=normal
"""


@dataclass(frozen=True)
class PowerDns:
    """A PowerDNS that runs."""

    port: int
    api: int
    folder: Path

    @property
    def url(self) -> str:
        """Returns the address of its interface."""
        return f"http://127.0.0.1:{self.api}"

    def writes(self) -> int:
        """Returns how many requests to change something it got."""
        return (self.folder / "output").read_text("utf-8").count('"PATCH ')


@contextlib.contextmanager
def power_dns(folder: Path) -> Iterator[PowerDns]:
    """Runs PowerDNS with the zones of these tests."""
    path = program("pdns_server", "pdns-server pdns-backend-sqlite3")
    program("pdnsutil", "pdns-server")
    server = PowerDns(free_port(), free_port(), folder)
    words = {"folder": folder, "port": server.port, "api": server.api, "key": API_KEY}
    (folder / "pdns.conf").write_text(CONFIGURATION.format(**words), "utf-8")
    with contextlib.closing(sqlite3.connect(folder / "database")) as database:
        database.executescript(Path(SCHEMA).read_text("utf-8"))
    for zone in (ZONE, OTHER_ZONE):
        (folder / zone).write_text(content(zone), "utf-8")
        command = ["pdnsutil", f"--config-dir={folder}", "load-zone", zone, str(folder / zone)]
        subprocess.run(command, check=True, capture_output=True)
    command = [path, f"--config-dir={folder}", "--guardian=no", "--daemon=no"]
    with running(command, folder, lambda: accepts(server.port) and accepts(server.api)):
        yield server
