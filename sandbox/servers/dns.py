"""An authoritative DNS server (Knot) for the sandbox's zones, on one loopback port, UDP and TCP.

Two keys may change its zones (RFC 2136): the plugin's, which may neither transfer a zone nor touch
the names below `protected.`, and the operator's, which may do anything.
"""

import signal
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.servers import daemon, tsig, zones
from sandbox.servers.daemon import Daemon
from sandbox.servers.dns_question import SOA, ask
from sandbox.servers.ports import LOOPBACK, claim_port
from sandbox.servers.programs import find_program

# Sizes are those of a few small zones; Knot's own would reserve gigabytes of addresses.
CONFIGURATION = """# written by the sandbox at each start
server:
    rundir: "{folder}"
    pidfile: "knot.pid"
    listen: {address}@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stdout
    any: info
database:
    storage: "{folder}"
    journal-db-max-size: 16M
    timer-db-max-size: 1M
    kasp-db-max-size: 5M
    catalog-db-max-size: 5M
key:
{keys}
acl:
  - id: protected
    key: {deploy}.
    action: update
    update-owner: name
    update-owner-match: sub-or-equal
    update-owner-name: [protected]
    deny: on
  - id: deploy
    key: {deploy}.
    action: update
  - id: operator
    key: {operator}.
    action: [update, transfer]
template:
  - id: default
    storage: "{folder}"
    file: "%s.zone"
    zonefile-sync: 0
    acl: [protected, deploy, operator]
zone:
{zones}
"""
KEY = '  - id: {name}.\n    algorithm: {algorithm}\n    secret: "{secret}"'


@dataclass(frozen=True)
class DnsServer:
    """A DNS server's folder (zones, journal), its configuration, log, port and the two keys."""

    folder: Path
    configuration: Path
    log: Path
    port: int
    deploy: tsig.Key
    operator: tsig.Key
    environment: Mapping[str, str]


def start(server: DnsServer) -> None:
    """Start the server and wait until it answers for its zones."""
    if is_running(server):
        return
    claim_port(server.port)
    server.folder.mkdir(parents=True, exist_ok=True)
    zones.write_zones(server.folder)
    tsig.write_secret(server.configuration, render(server))
    # The control socket's path is relative: that of a deep root would be too long for a socket.
    words = (find_program("knotd"), "-c", str(server.configuration), "-s", "control.sock")
    daemon.start(daemons(server)[0], words, lambda: _is_ready(server.port))


def stop(server: DnsServer) -> None:
    """Stop the server; its zones are on disk already."""
    for item in daemons(server):
        daemon.stop(item, signal.SIGTERM)


def is_running(server: DnsServer) -> bool:
    """Tell whether this server runs."""
    return all(map(daemon.is_running, daemons(server)))


def render(server: DnsServer) -> str:
    """Return the configuration; it holds both secrets."""
    keys = [
        KEY.format(name=key.name, algorithm=tsig.ALGORITHM, secret=key.secret)
        for key in (server.deploy, server.operator)
    ]
    return CONFIGURATION.format(
        folder=server.folder,
        address=LOOPBACK,
        port=server.port,
        keys="\n".join(keys),
        deploy=server.deploy.name,
        operator=server.operator.name,
        zones="\n".join(f"  - domain: {zone}" for zone in zones.ZONES),
    )


def daemons(server: DnsServer) -> tuple[Daemon]:
    """Return the one process of a server."""
    mark = str(server.configuration)
    return (Daemon(server.folder, server.log, mark, environment=server.environment),)


def _is_ready(port: int) -> bool:
    return all(_answers(port, zone) for zone in zones.ZONES)


def _answers(port: int, zone: str) -> bool:
    # Right is one record, with authority (0x0400) and without an error.
    try:
        flags, _, answers = struct.unpack(">3H", ask(port, zone, SOA)[2:8])
    except OSError:
        return False
    return bool(flags & 0x0400) and flags & 0x000F == 0 and answers == 1
