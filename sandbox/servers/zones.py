"""The zones of the sandbox's DNS server: what is in them at first, how to read and change them.

Reading and changing need the operator's key. The key of the plugin may change zones, too, but not
transfer them, as a careful provider of DNS would have it.
"""

import subprocess
from pathlib import Path

from sandbox.servers.errors import ServerError
from sandbox.servers.programs import find_program

ZONES = ("example.org", "dokku.sandbox", "localhost", "sandbox.test")
# A name that was missing a moment ago must be found as soon as it is there: one second is the
# shortest time for which resolvers remember that it was not.
EVERY = """$ORIGIN {zone}.
$TTL 300
@  SOA ns hostmaster 1 3600 600 86400 1
@  NS  ns
ns A   127.0.0.1
"""
# What the zone's owner has made by hand long before; no provisioning may touch it.
FOREIGN = """@    TXT "v=spf1 mx -all"
@    MX  10 mail
mail A   192.0.2.25
"""


def write_zones(folder: Path) -> None:
    """Write the zone files that are not there yet."""
    for zone in ZONES:
        file = folder / f"{zone}.zone"
        if not file.exists():
            file.write_text(EVERY.format(zone=zone) + (FOREIGN if zone == ZONES[0] else ""))


def read_zone(server: str, key_file: Path, zone: str) -> str:
    """Return all records of a zone, by a transfer."""
    words = ["kdig", *_at(server), "-k", str(key_file), "+noall", "+answer", zone, "AXFR"]
    lines = _run(words, "").splitlines()
    records = [line for line in lines if line and not line.startswith(";")]
    return "".join(f"{line}\n" for line in records[:-1])  # a transfer ends as it began


def change_zone(server: str, key_file: Path, zone: str, changes: str) -> None:
    """Change a zone by lines of nsupdate(1), such as `update add mail.example.org. 300 A ...`."""
    address, _, port = server.partition(":")
    head = f"server {address} {port}\nzone {zone}.\norigin {zone}.\n"
    _run(["knsupdate", "-k", str(key_file)], f"{head}{changes.rstrip()}\nsend\n")


def _at(server: str) -> list[str]:
    address, _, port = server.partition(":")
    return [f"@{address}", "-p", port]


def _run(words: list[str], text: str) -> str:
    done = subprocess.run(
        [find_program(words[0]), *words[1:]],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or ";; ERROR" in done.stderr:
        raise ServerError(f"{words[0]}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
