"""What the Internet is to the sandbox's host: a DNS server and an ACME server.

Both keep their ports and keys for good. `etc/internet.json` says where everything is, for people,
tests and the demo.
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.dokku import nginx_server, properties
from sandbox.dokku.host import Host
from sandbox.servers import acme, daemon, dns, outage, tsig, zones
from sandbox.servers.acme import AcmeServer
from sandbox.servers.dns import DnsServer
from sandbox.servers.ports import LOOPBACK, choose_port

PORTS = ("dns", "acme", "acme-inner", "acme-management")
KEYS = {"deploy": "dns-credentials", "operator": "dns-operator-credentials"}
OPERATOR_KEY = "dns-operator.key"


def prepare(host: Host) -> None:
    """Choose ports and make keys where there are none yet, and write down where all is."""
    known = facts(host).get("ports", {})
    for name in PORTS:
        known.setdefault(name, choose_port(f"{host.root} {name}", set(known.values())))
    etc, dns_address = host.root / "etc", f"{LOOPBACK}:{known['dns']}"
    for name, file in KEYS.items():
        tsig.write_variables(tsig.load_key(name, etc / file), dns_address, etc / file)
    tsig.write_key_file(tsig.load_key("operator", etc / KEYS["operator"]), etc / OPERATOR_KEY)
    written = {
        "ports": known,
        "http": f"{LOOPBACK}:{nginx_server.port(host, '80')}",
        "https": f"{LOOPBACK}:{nginx_server.port(host, '443')}",
        "dns": {
            "address": dns_address,
            "zones": zones.ZONES,
            "credentials": str(etc / KEYS["deploy"]),
            "operator-credentials": str(etc / KEYS["operator"]),
            "operator-key": str(etc / OPERATOR_KEY),
        },
        "acme": {
            "directory": f"https://{LOOPBACK}:{known['acme']}/dir",
            "roots": str(etc / "acme-root.pem"),
            "certificate": str(etc / "acme-server.pem"),
            "refuses": acme.REFUSED,
        },
    }
    # The environment of the ACME client: whom it trusts beside the public authorities, and that
    # it need not wait long for this DNS server, which has no secondaries.
    trust = f"LEGO_CA_CERTIFICATES={etc / 'acme-server.pem'}\n"
    waits = "RFC2136_SEQUENCE_INTERVAL=1\nRFC2136_POLLING_INTERVAL=1\n"
    (etc / "lego.env").write_text(trust + waits, encoding="utf-8")
    scratch = facts_file(host).with_suffix(f".{os.getpid()}")
    scratch.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    scratch.rename(facts_file(host))


def configure_letsencrypt(host: Host) -> None:
    """Set what the operator of such a host would set, unless somebody chose other servers."""
    known = facts(host)
    wanted = {
        "server": known["acme"]["directory"],
        "lego-args": f"--dns.resolvers {known['dns']['address']} --dns.disable-cp",
    }
    for key, value in wanted.items():
        present = properties.get(host, "letsencrypt", properties.GLOBAL, key)
        if not present or LOOPBACK in present:
            properties.put(host, "letsencrypt", properties.GLOBAL, key=key, value=value)


def facts_file(host: Host) -> Path:
    """Return the file that says where the servers are."""
    return host.root / "etc/internet.json"


def facts(host: Host) -> dict[str, Any]:
    """Read where the servers are; nothing before the first start."""
    try:
        found: dict[str, Any] = json.loads(facts_file(host).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def is_prepared(host: Host) -> bool:
    """Tell whether ports are chosen; they are not before the first start."""
    return set(PORTS) <= set(facts(host).get("ports", {}))


def dns_server(host: Host) -> DnsServer:
    """Return the DNS server of a sandbox."""
    etc = host.root / "etc"
    return DnsServer(
        folder=host.root / "var/lib/dns",
        configuration=etc / "knot.conf",
        log=host.root / "log/dns.log",
        port=facts(host)["ports"]["dns"],
        deploy=tsig.load_key("deploy", etc / KEYS["deploy"]),
        operator=tsig.load_key("operator", etc / KEYS["operator"]),
        environment={"DOKKU_SANDBOX_ROOT": str(host.root)},
    )


def acme_server(host: Host) -> AcmeServer:
    """Return the ACME server of a sandbox."""
    known = facts(host)
    return AcmeServer(
        folder=host.root / "var/lib/acme",
        log=host.root / "log/acme.log",
        certificate=Path(known["acme"]["certificate"]),
        roots=Path(known["acme"]["roots"]),
        port=known["ports"]["acme"],
        inner_port=known["ports"]["acme-inner"],
        management_port=known["ports"]["acme-management"],
        dns=known["dns"]["address"],
        http=nginx_server.port(host, "80"),
        https=nginx_server.port(host, "443"),
        environment={"DOKKU_SANDBOX_ROOT": str(host.root)},
    )


def start_dns(host: Host) -> None:
    """Start the DNS server unless it runs."""
    dns.start(dns_server(host))


def start_acme(host: Host) -> None:
    """Start the ACME server unless it runs; clients forget the accounts that it has forgotten."""
    server = acme_server(host)
    if not acme.is_running(server):
        accounts = host.lib / "data/letsencrypt/--global/accounts"
        shutil.rmtree(accounts / f"{LOOPBACK}_{server.port}", ignore_errors=True)
        acme.start(server)


def operator_access(host: Host) -> tuple[str, Path]:
    """Return the DNS server's address and the file of the key that may do anything there."""
    known = facts(host)["dns"]
    return known["address"], Path(known["operator-key"])


START: dict[str, Callable[[Host], None]] = {"dns": start_dns, "acme": start_acme}


def processes(host: Host, name: str) -> tuple[daemon.Daemon, ...]:
    """Return the processes behind a server's name."""
    if name == "dns":
        return dns.daemons(dns_server(host))
    return acme.daemons(acme_server(host))


def status(host: Host) -> list[str]:
    """Say in one line a server what it is and where."""
    if not is_prepared(host):
        return []
    known = facts(host)
    words = {name: outage.word(processes(host, name)) for name in START}
    return [
        f"DNS server is {known['dns']['address']}, {words['dns']}, for {' '.join(zones.ZONES)}",
        f"ACME server is {known['acme']['directory']}, {words['acme']}",
    ]
