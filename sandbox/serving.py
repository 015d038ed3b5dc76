"""`script/sandbox start|stop|freeze|thaw SERVER` and `zone NAME`: the Internet by hand."""

import sys
from collections.abc import Callable

from sandbox import lifecycle
from sandbox.dokku.host import Host
from sandbox.servers import internet, zones


def start(host: Host, words: list[str]) -> None:
    """Start a server again, at its old port."""
    each(host, words, lambda name: internet.START[name](host))


def stop(host: Host, words: list[str]) -> None:
    """Stop a server alone: connections to it are refused from now on."""
    each(host, words, lambda name: internet.stop(host, name))


def freeze(host: Host, words: list[str]) -> None:
    """Let a server hang."""
    each(host, words, lambda name: internet.freeze(host, name))


def thaw(host: Host, words: list[str]) -> None:
    """Let a server that hangs go on."""
    each(host, words, lambda name: internet.thaw(host, name))


def each(host: Host, words: list[str], action: Callable[[str], None]) -> None:
    """Do something with each server that is named."""
    known = list(internet.START)
    if not words or set(words) - set(known):
        raise lifecycle.Problem(f"name a server: {', '.join(known)}")
    check_up(host)
    for name in words:
        action(name)


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
