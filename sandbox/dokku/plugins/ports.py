"""The plugin `ports`: which port of the host leads to which port of the app."""

import json
import socket
from dataclasses import dataclass

from sandbox.dokku import plugn, properties, report, say, vhosts
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps, certs
from sandbox.dokku.words import Call


@dataclass(frozen=True)
class Mapping:
    """One mapping: `scheme:host:container`."""

    scheme: str
    host: int
    container: int

    def __str__(self) -> str:
        return f"{self.scheme}:{self.host}:{self.container}"


def parse(word: str) -> Mapping:
    """Read a mapping; the messages are those of Dokku's Go code."""
    parts = word.split(":", 2)
    if len(parts) == 2:
        raise Fail(f"Invalid port map {word} [len=2]")
    numbers = [_number(word, part) for part in (parts[1:] or parts)]
    for name, number in zip(("hostPort", "containerPort"), numbers, strict=False):
        if not 0 < number < 65536:
            raise Fail(f"Invalid port map {word} [{name}={number}]")
    return (
        Mapping(parts[0], *numbers) if len(parts) == 3 else Mapping("__internal__", numbers[0], 0)
    )


def _number(word: str, part: str) -> int:
    try:
        return int(part)
    except ValueError:
        text = f'strconv.Atoi: parsing "{part}": invalid syntax'
        raise Fail(f"Invalid port map {word} [err={text}]") from None


def explicit(host: Host, app: str) -> list[Mapping]:
    """Return the mappings that somebody set."""
    return [parse(line) for line in properties.lines(host, "ports", app, "map")]


def detected(host: Host, app: str) -> list[Mapping]:
    """Return the mappings that the last build detected, or Dokku's default."""
    base = int(properties.get(host, "proxy", app, "proxy-port") or 80)
    lines = properties.lines(host, "ports", app, "map-detected")
    found = [parse(line) for line in lines] or [Mapping("http", base, 5000)]
    if not certs.exists(host, app):
        return found
    secure = int(properties.get(host, "proxy", app, "proxy-ssl-port") or 443)
    added = [
        Mapping("https", secure, m.container) for m in found if (m.scheme, m.host) == ("http", 80)
    ]
    if added:
        return found + added
    return [Mapping("https", m.host, m.container) if m.scheme == "http" else m for m in found]


def effective(host: Host, app: str) -> list[Mapping]:
    """Return the mappings that count: one for each scheme and host port."""
    kept: dict[tuple[str, int], Mapping] = {}
    for mapping in explicit(host, app) or detected(host, app):
        kept.setdefault((mapping.scheme, mapping.host), mapping)
    return list(kept.values())


def write(host: Host, app: str, key: str, mappings: list[Mapping]) -> None:
    """Write mappings, sorted as text."""
    items = sorted({str(mapping) for mapping in mappings if mapping.scheme != "__internal__"})
    properties.put_lines(host, "ports", app, key=key, items=items)


def check_unique(mappings: list[Mapping], which: str) -> None:
    """Fail when two mappings share scheme and host port."""
    seen = set()
    for mapping in mappings:
        key = f"{mapping.scheme}:{mapping.host}"
        if key in seen:
            message = f"The same scheme:host-port is being reused: {key}"
            raise Fail(f"Error validating {which} mappings: {message}")
        seen.add(key)


def configure(host: Host, app: str) -> None:
    """Choose the proxy ports of an app before its nginx file is built."""
    if not properties.get(host, "proxy", app, "proxy-port"):
        everybody = properties.get(host, "proxy", properties.GLOBAL, "proxy-port")
        chosen = everybody or "80"
        if not vhosts.is_enabled(host, app):
            say.info1("No port set, setting to random open high port")
            chosen = str(free_port())
            say.info1(f"Random port {chosen}")
        properties.put(host, "proxy", app, key="proxy-port", value=chosen)
    if certs.exists(host, app) and not properties.get(host, "proxy", app, "proxy-ssl-port"):
        properties.put(host, "proxy", app, key="proxy-ssl-port", value="443")


def free_port() -> int:
    """Return a free port of the machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def list_ports(call: Call) -> None:
    """Answer `ports:list`."""
    app = apps.verify(call.host, call.word(0))
    found = explicit(call.host, app)
    if not found:
        raise Fail("No port mappings configured for app")
    say.info1_quiet(f"Port mappings for {app}")
    rows = [] if say.is_quiet() else [("-----> scheme", "host port", "container port")]
    rows += sorted((m.scheme, str(m.host), str(m.container)) for m in found)
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for first, second, third in rows:
        say.out(f"    {first.ljust(widths[0])}  {second.ljust(widths[1])}  {third}")


def add(call: Call) -> None:
    """Answer `ports:add`."""
    app, mappings = target(call)
    check_unique(mappings, "new port")
    everything = explicit(call.host, app) + mappings
    check_unique(everything, "all port")
    write(call.host, app, "map", everything)
    plugn.must(call.host, "post-proxy-ports-update", app, "add")


def set_ports(call: Call) -> None:
    """Answer `ports:set`."""
    app, mappings = target(call)
    check_unique(mappings, "port")
    write(call.host, app, "map", mappings)
    plugn.must(call.host, "post-proxy-ports-update", app, "set")


def remove(call: Call) -> None:
    """Answer `ports:remove`; what is not there is removed, too."""
    app, mappings = target(call)
    numbers = {m.host for m in mappings if m.scheme == "__internal__"}
    kept = [m for m in explicit(call.host, app) if m not in mappings and m.host not in numbers]
    write(call.host, app, "map", kept)
    plugn.must(call.host, "post-proxy-ports-update", app, "remove")


def clear(call: Call) -> None:
    """Answer `ports:clear`; the detected mappings go as well."""
    app = apps.verify(call.host, call.word(0))
    clear_app(call.host, app)
    plugn.must(call.host, "post-proxy-ports-update", app, "clear")


def clear_app(host: Host, app: str) -> None:
    """Forget all mappings of an app."""
    for key in ("map", "map-detected"):
        properties.put(host, "ports", app, key=key, value="")


def target(call: Call) -> tuple[str, list[Mapping]]:
    """Return app and mappings of a command."""
    app = apps.verify(call.host, call.word(0))
    if not call.words[1:]:
        raise Fail("No port mapping specified")
    return app, [parse(word) for word in call.words[1:]]


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `ports:report` knows."""
    own, found = explicit(host, app), detected(host, app)
    return {
        "map": " ".join(map(str, own)),
        "map-detected": " ".join(map(str, found)),
        "map-json": as_json(own),
        "map-detected-json": as_json(found),
    }


def as_json(mappings: list[Mapping]) -> str:
    """Return mappings as JSON; none are `null`, as Go writes an empty list."""
    rows = [
        {"container_port": m.container, "host_port": m.host, "scheme": m.scheme} for m in mappings
    ]
    return json.dumps(rows, separators=(",", ":")) if rows else "null"


def show_report(call: Call) -> None:
    """Answer `ports:report`."""
    report.run(call, report.Report("ports", read, legacy="ports-"))


def set_detected(call: Call) -> None:
    """Answer the trigger `ports-set-detected APP MAPPING...`."""
    mappings = [parse(word) for word in " ".join(call.words[1:]).split()]
    write(call.host, call.word(0), "map-detected", mappings)


def get(call: Call) -> None:
    """Answer the trigger `ports-get`."""
    say.write(1, "".join(f"{m}\n" for m in effective(call.host, call.word(0))))


def certs_removed(call: Call) -> None:
    """Drop the https mapping that came with a certificate."""
    app = call.word(0)
    properties.put(call.host, "proxy", app, key="proxy-ssl-port", value="")
    kept = [m for m in explicit(call.host, app) if (m.scheme, m.host) != ("https", 443)]
    write(call.host, app, "map", kept)


def certs_updated(call: Call) -> None:
    """Add https:443 beside http:80."""
    app = call.word(0)
    own = explicit(call.host, app)
    for key, value in (("proxy-port", "80"), ("proxy-ssl-port", "443")):
        if properties.get(call.host, "proxy", app, key) == value:
            properties.put(call.host, "proxy", app, key=key, value="")
    if any((m.scheme, m.host) == ("https", 443) for m in own):
        return
    added = [Mapping("https", 443, m.container) for m in own if (m.scheme, m.host) == ("http", 80)]
    if added:
        write(call.host, app, "map", own + added)


COMMANDS = {
    "ports": list_ports,
    "list": list_ports,
    "add": add,
    "set": set_ports,
    "remove": remove,
    "clear": clear,
    "report": show_report,
}
