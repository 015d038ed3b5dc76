"""What `script/demo` shows of monitoring."""

import shlex
import time

from sandbox import lifecycle
from sandbox.demo_words import read, say
from sandbox.dokku import nginx_server
from sandbox.dokku.host import Host
from sandbox.servers import monitoring
from sandbox.servers.programs import find_program

CHANNEL = "ops"
LIMIT = 30.0
PAUSE = 0.2


def set_up(host: Host) -> None:
    """Say who is told: the sandbox's receiver; the address comes from standard input."""
    address = f"webhook:http://{monitoring.facts(host)['receiver']}/{CHANNEL}"
    say(f"$ dokku ansible-deploy:set --global alert-channel {CHANNEL} <<< {address}")
    words = ["ansible-deploy:set", "--global", "alert-channel", CHANNEL]
    read([str(host.root / "bin/dokku"), *words], address)


def look(host: Host, app: str) -> None:
    """Show what Prometheus knows: that the app answers, through DNS, nginx and TLS."""
    address = f"http://{monitoring.facts(host)['prometheus']}"
    words = [find_program("promtool"), "query", "instant", address, f'probe_success{{app="{app}"}}']
    end = time.monotonic() + LIMIT
    while " => 1 " not in (found := read(words)):
        if time.monotonic() > end:
            raise lifecycle.Problem(f"{app} is not seen as up; Prometheus says: {found.strip()}")
        time.sleep(PAUSE)
    say("$ " + shlex.join(["promtool", *words[1:]]))
    say(found.strip())


def status_page(host: Host, app: str) -> str:
    """Return the address of the status page, which names the app."""
    name, port = nginx_server.STATUS_NAMES[1], nginx_server.port(host, "80")
    address = f"http://{name}:{port}/"
    if app not in read(["curl", "-sSf", "--resolve", f"{name}:{port}:127.0.0.1", address]):
        raise lifecycle.Problem(f"{app} is not on the status page, {address}")
    return address
