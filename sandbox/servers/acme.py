"""An ACME server (pebble) that validates through the sandbox's DNS server and its nginx.

Pebble forgets everything when it ends and has another root each time. So that certificates of an
earlier life still verify, the file of roots keeps the old ones below the newest.
"""

import json
import signal
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.servers import daemon
from sandbox.servers.daemon import Daemon
from sandbox.servers.ports import LOOPBACK, claim_port, is_free
from sandbox.servers.programs import find_program

# No waiting before a validation, none left out by chance, and no good request refused by chance.
STEADY = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_AUTHZREUSE": "0", "PEBBLE_WFE_NONCEREJECT": "0"}
FRONT = str(Path(__file__).with_name("acme_front.py"))
REFUSED = "blocked.example.org"  # a name for which the server never gives a certificate
VALIDITY = 90 * 24 * 60 * 60  # as Let's Encrypt; pebble's own is five years


@dataclass(frozen=True)
class AcmeServer:
    """An ACME server's folder and log, its ports, and whom it asks.

    Clients come by `port`, where acme_front.py carries them to pebble on `inner_port`.
    `certificate` is that of the server's own HTTPS, `roots` the file of the roots that it issues
    under; `dns` is the DNS server's address, `http` and `https` are the ports of validation.
    """

    folder: Path
    log: Path
    certificate: Path
    roots: Path
    port: int
    inner_port: int
    management_port: int
    dns: str
    http: int
    https: int
    environment: Mapping[str, str]


def start(server: AcmeServer) -> None:
    """Start the server, wait until it answers, and store its new root."""
    if is_running(server):
        return
    stop(server)  # half of it may have survived
    for port in (server.port, server.inner_port, server.management_port):
        claim_port(port)
    server.folder.mkdir(parents=True, exist_ok=True)
    make_certificate(server)
    front, pebble = daemons(server)
    program = (sys.executable, FRONT, str(server.port), str(server.inner_port))
    files = (str(server.certificate), str(_key(server)))
    daemon.start(front, (*program, *files), lambda: not is_free(server.port))
    configuration = server.folder / "pebble.json"
    configuration.write_text(json.dumps({"pebble": settings(server)}, indent=2) + "\n")
    words = (find_program("pebble"), "-config", str(configuration), "-dnsserver", server.dns)
    daemon.start(pebble, words, lambda: _is_ready(server))
    keep_root(server)


def stop(server: AcmeServer) -> None:
    """Stop the server, which forgets accounts, orders and its root."""
    for item in daemons(server):
        daemon.stop(item, signal.SIGTERM)


def is_running(server: AcmeServer) -> bool:
    """Tell whether this server runs."""
    return all(map(daemon.is_running, daemons(server)))


def directory(server: AcmeServer) -> str:
    """Return the address that an ACME client is given."""
    return f"https://{LOOPBACK}:{server.port}/dir"


def settings(server: AcmeServer) -> dict[str, object]:
    """Return what pebble reads at its start."""
    return {
        "listenAddress": f"{LOOPBACK}:{server.inner_port}",
        "managementListenAddress": f"{LOOPBACK}:{server.management_port}",
        "certificate": str(server.certificate),
        "privateKey": str(_key(server)),
        "httpPort": server.http,
        "tlsPort": server.https,
        "ocspResponderURL": "",
        "externalAccountBindingRequired": False,
        "domainBlocklist": [REFUSED],
        "certificateValidityPeriod": VALIDITY,
    }


def make_certificate(server: AcmeServer) -> None:
    """Make the server's own certificate, once; clients trust it by its file."""
    if server.certificate.exists() and _key(server).exists():
        return
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650"
    names = ["-subj", "/CN=ACME server", "-addext", f"subjectAltName=IP:{LOOPBACK},DNS:localhost"]
    files = ["-keyout", str(_key(server)), "-out", str(server.certificate)]
    program = find_program("openssl")  # it creates the key with mode 0600
    subprocess.run([program, *words.split(), *names, *files], check=True, capture_output=True)


def keep_root(server: AcmeServer) -> None:
    """Put the root of this life above those of earlier ones."""
    root = _get(server, server.management_port, "/roots/0")
    older = server.roots.read_text() if server.roots.exists() else ""
    scratch = server.roots.with_name(f".{server.roots.name}")
    scratch.write_text(root + older)
    scratch.rename(server.roots)


def daemons(server: AcmeServer) -> tuple[Daemon, Daemon]:
    """Return the two processes of a server."""
    folder, log, mark = server.folder, server.log, str(server.folder / "pebble.json")
    environment = {**STEADY, **server.environment}
    return (
        Daemon(folder, log, str(_key(server)), "front", environment=server.environment),
        Daemon(folder, log, mark, environment=environment),
    )


def _key(server: AcmeServer) -> Path:
    return server.folder / "server.key"


def _is_ready(server: AcmeServer) -> bool:
    try:
        return bool(_get(server, server.management_port, "/roots/0")) and bool(
            _get(server, server.port, "/dir")
        )
    except OSError:
        return False


def _get(server: AcmeServer, port: int, path: str) -> str:
    trust = ssl.create_default_context(cafile=str(server.certificate))
    handlers = (urllib.request.HTTPSHandler(context=trust), urllib.request.ProxyHandler({}))
    opener = urllib.request.build_opener(*handlers)
    with opener.open(f"https://{LOOPBACK}:{port}{path}", timeout=5) as answer:
        text: str = answer.read().decode()
    return text
