"""BIND, with TSIG keys, an update policy, no transfers, and counters to read."""

from __future__ import annotations

import contextlib
import json
import shutil
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.dns.servers.process import accepts, free_port, program, running
from tests.dns.servers.zones import (
    FULL_KEY,
    NARROW_KEY,
    OTHER_ZONE,
    SECRET,
    ZONE,
    content,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONFIGURATION = """\
key "{full}" {{ algorithm hmac-sha256; secret "{secret}"; }};
key "{narrow}" {{ algorithm hmac-sha256; secret "{secret}"; }};
options {{
  directory "{folder}";
  pid-file "{folder}/pid";
  session-keyfile "{folder}/session.key";
  managed-keys-directory "{folder}";
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  recursion no;
  dnssec-validation no;
  allow-transfer {{ none; }};
  notify no;
}};
controls {{ }};
statistics-channels {{ inet 127.0.0.1 port {statistics} allow {{ 127.0.0.1; }}; }};
logging {{
  channel all {{ file "{folder}/log"; print-category yes; }};
  category default {{ all; }};
}};
zone "{zone}" {{
  type primary; file "{folder}/{zone}";
  update-policy {{
    grant {full} zonesub ANY;
    grant {narrow} subdomain only.{zone}. A TXT;
  }};
}};
zone "{other}" {{
  type primary; file "{folder}/{other}";
  update-policy {{ grant {full} zonesub ANY; }};
}};
"""


@dataclass(frozen=True)
class Named:
    """A BIND that runs."""

    port: int
    statistics: int
    folder: Path

    @property
    def log(self) -> str:
        """Returns what it wrote."""
        return (self.folder / "log").read_text("utf-8")

    def writes(self) -> int:
        """Returns how many update messages it got, whatever became of them."""
        url = f"http://127.0.0.1:{self.statistics}/json/v1/server"
        with urllib.request.urlopen(url, timeout=5) as answer:
            counts = json.load(answer)["opcodes"]
        return int(counts.get("UPDATE", 0))


@contextlib.contextmanager
def named(folder: Path) -> Iterator[Named]:
    """Runs BIND with the zones of these tests."""
    # A copy, for on Ubuntu AppArmor lets the one in its place read its own folders only.
    path = shutil.copy(program("named", "bind9"), folder / "program")
    server = Named(free_port(), free_port(), folder)
    for zone in (ZONE, OTHER_ZONE):
        (folder / zone).write_text(content(zone), "utf-8")
    words = {
        "folder": folder,
        "port": server.port,
        "statistics": server.statistics,
        "full": FULL_KEY,
        "narrow": NARROW_KEY,
        "secret": SECRET,
        "zone": ZONE,
        "other": OTHER_ZONE,
    }
    (folder / "named.conf").write_text(CONFIGURATION.format(**words), "utf-8")
    command = [str(path), "-f", "-n", "1", "-c", str(folder / "named.conf")]
    with running(command, folder, lambda: accepts(server.port) and accepts(server.statistics)):
        yield server
