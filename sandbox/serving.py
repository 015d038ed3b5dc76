"""`script/sandbox start|stop|freeze|thaw SERVER` and `zone NAME`: the servers by hand."""

import sys
from collections.abc import Callable

from sandbox import lifecycle
from sandbox.dokku.host import Host
from sandbox.servers import internet, monitoring, outage, zones
from sandbox.servers.daemon import Daemon


def start(host: Host, words: list[str]) -> None:
    """Start a server again, at its old port."""
    each(host, words, lambda name: starters(host)[name](host))
    if "acme" in words:
        monitoring.trust_again(host)


def stop(host: Host, words: list[str]) -> None:
    """Stop a server alone: connections to it are refused from now on."""
    each(host, words, lambda name: outage.stop(processes(host, name)))


def freeze(host: Host, words: list[str]) -> None:
    """Let a server hang."""
    each(host, words, lambda name: outage.freeze(processes(host, name)))


def thaw(host: Host, words: list[str]) -> None:
    """Let a server that hangs go on."""
    each(host, words, lambda name: outage.thaw(processes(host, name)))


def each(host: Host, words: list[str], action: Callable[[str], None]) -> None:
    """Do something with each server that is named."""
    known = list(starters(host))
    if not words or set(words) - set(known):
        raise lifecycle.Problem(f"name a server: {', '.join(known)}")
    check_up(host)
    for name in words:
        action(name)


def starters(host: Host) -> dict[str, Callable[[Host], None]]:
    """Return the servers that can be stopped and started alone, and how they are started."""
    return {**internet.START, **(monitoring.START if monitoring.is_prepared(host) else {})}


def processes(host: Host, name: str) -> tuple[Daemon, ...]:
    """Return the processes behind such a name."""
    if name in internet.START:
        return internet.processes(host, name)
    return monitoring.processes(host, name)


def zone(host: Host, words: list[str]) -> None:
    """Print a zone; or change it, `zone NAME change`, by lines of nsupdate on standard input."""
    if words[:1] == [] or words[0] not in zones.ZONES or words[1:] not in ([], ["change"]):
        raise lifecycle.Problem(f"name a zone: {', '.join(zones.ZONES)}")
    check_up(host)
    server, key_file = internet.operator_access(host)
    if words[1:]:
        zones.change_zone(server, key_file, words[0], sys.stdin.read())
    else:
        print(zones.read_zone(server, key_file, words[0]), end="")


def check_up(host: Host) -> None:
    """Refuse where there is no sandbox yet."""
    if not internet.is_prepared(host):
        raise lifecycle.Problem(f"{host.root} was never up")
