"""Knot DNS, with a TSIG key that may update and no transfers."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.dns.servers.process import accepts, free_port, program, running
from tests.dns.servers.zones import FULL_KEY, NARROW_KEY, OTHER_ZONE, SECRET, ZONE, content

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONFIGURATION = """\
server:
  rundir: "{folder}"
  listen: 127.0.0.1@{port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: "{folder}/database"
log:
  - target: stdout
    any: info
key:
  - id: {full}
    algorithm: hmac-sha256
    secret: {secret}
  - id: {narrow}
    algorithm: hmac-sha256
    secret: {secret}
acl:
  - id: closed  # with a rule that denies, Knot takes the key for updates only
    key: {full}
    action: update
    update-owner: name
    update-owner-match: sub-or-equal
    update-owner-name: [closed-by-rule]
    deny: on
  - id: updates
    key: {full}
    action: update
  - id: narrow
    key: {narrow}
    action: update
    update-type: [A, TXT]
    update-owner: name
    update-owner-match: sub-or-equal
    update-owner-name: [only]
template:
  - id: default
    storage: "{folder}"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
    acl: [closed, updates, narrow]
zone:
  - domain: {zone}
    file: {zone}
  - domain: {other}
    file: {other}
"""


@dataclass(frozen=True)
class Knot:
    """A Knot DNS that runs."""

    port: int
    folder: Path

    def writes(self) -> int:
        """Returns how many update messages it took up."""
        return (self.folder / "output").read_text("utf-8").count("DDNS, processing")


@contextlib.contextmanager
def knot(folder: Path) -> Iterator[Knot]:
    """Runs Knot with the zones of these tests."""
    path = program("knotd", "knot")
    server = Knot(free_port(), folder)
    for zone in (ZONE, OTHER_ZONE):
        (folder / zone).write_text(content(zone), "utf-8")
    words = {
        "folder": folder,
        "port": server.port,
        "full": FULL_KEY,
        "narrow": NARROW_KEY,
        "secret": SECRET,
        "zone": ZONE,
        "other": OTHER_ZONE,
    }
    (folder / "knot.conf").write_text(CONFIGURATION.format(**words), "utf-8")
    command = [path, "-c", str(folder / "knot.conf")]
    with running(command, folder, lambda: accepts(server.port)):
        yield server
