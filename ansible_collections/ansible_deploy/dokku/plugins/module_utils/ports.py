"""Reads and writes port mappings: one read that costs little and one `ports:set` at most."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .change import Change, Command, Plan, Result, carry_out, command, membership, read_or_empty
from .definition import APP, ModuleDefinition, names, state
from .words import InvalidValue, checked

if TYPE_CHECKING:
    from .client import Dokku

HIGHEST_PORT = 65535


@dataclass(frozen=True)
class PortMapping:
    """One mapping `scheme:host-port:container-port`."""

    scheme: str
    host_port: int
    container_port: int

    @property
    def entry(self) -> tuple[str, int]:
        """Returns what may exist once per app: scheme and port on the host."""
        return (self.scheme, self.host_port)

    def __str__(self) -> str:
        """Writes the mapping as Dokku does."""
        return f"{self.scheme}:{self.host_port}:{self.container_port}"


@dataclass(frozen=True)
class DesiredPorts:
    """What the module was asked for; `absent` are mappings made earlier, not wished any more."""

    state: str
    mappings: tuple[PortMapping, ...] = ()
    absent: tuple[PortMapping, ...] = ()


HTTP, HTTPS = ("http", 80), ("https", 443)


def read(dokku: Dokku, app: str) -> tuple[PortMapping, ...]:
    """Returns the mappings that were set for the app; one flag costs 25 ms, a full report 1 s."""
    text = dokku.run("ports:report", app, "--ports-map").stdout
    return tuple(parse(mapping) for mapping in text.split())


def read_effective(dokku: Dokku, app: str) -> tuple[PortMapping, ...]:
    """Returns the mappings that count: where none were set, those that Dokku found in the image."""
    found = read(dokku, app)
    if found:
        return found
    words = dokku.run("ports:report", app, "--ports-map-detected").stdout.split()
    return tuple(parse(word) for word in words)


def parse(text: str) -> PortMapping:
    """Reads one mapping; raises InvalidValue."""
    match = re.fullmatch(r"([a-z][a-z0-9+_-]*):(\d{1,5}):(\d{1,5})", text)
    if not match or not all(0 < int(port) <= HIGHEST_PORT for port in match.group(2, 3)):
        example = "scheme:host-port:container-port such as http:80:5000"
        raise InvalidValue(f"{text!r} is not a usable port mapping: {example}")
    return PortMapping(match[1], int(match[2]), int(match[3]))


def wanted_mappings(
    observed: tuple[PortMapping, ...], desired: DesiredPorts
) -> tuple[PortMapping, ...]:
    """Returns the exact mappings that the app should have, in Dokku's own order."""
    if desired.state == "set":
        return _sorted(desired.mappings)
    if desired.state == "clear":
        return ()
    if desired.state == "absent":
        return _sorted(tuple(each for each in observed if each not in desired.mappings))
    wished = {mapping.entry: mapping for mapping in desired.mappings}
    foreign = [each for each in observed if each not in desired.absent]
    kept = [_followed(each, wished, observed) for each in foreign if each.entry not in wished]
    return _sorted((*desired.mappings, *kept))


def compare(app: str, observed: tuple[PortMapping, ...], desired: DesiredPorts) -> Plan:
    """Plans the one write that gives the app exactly its wanted mappings."""
    wanted = wanted_mappings(observed, desired)
    before, after = _words(observed), _words(wanted)
    if set(observed) == set(wanted):
        return Plan((), (), {"ports": before}, {"ports": before})
    return Plan(
        _changes(observed, wanted),
        (_write(app, observed, wanted, desired.state),),
        {"ports": before},
        {"ports": after},
    )


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes the port mappings of an app what the parameters say."""
    app = checked("app", params["app"])
    wished, absent = _parsed(params["mappings"]), _parsed(params["absent"])
    desired = DesiredPorts(params["state"], wished, absent)
    if len({mapping.entry for mapping in desired.mappings}) < len(desired.mappings):
        raise InvalidValue("two mappings have the same scheme and host port")
    if desired.state == "set" and not desired.mappings:
        raise InvalidValue("state set needs at least one mapping; state clear removes all")
    observed: tuple[PortMapping, ...] = read_or_empty(lambda: read(dokku, app), (), check=check)
    return carry_out(dokku, compare(app, observed, desired), check=check)


def _followed(
    mapping: PortMapping,
    wished: dict[tuple[str, int], PortMapping],
    observed: tuple[PortMapping, ...],
) -> PortMapping:
    """Lets the https mapping that a certificate brought follow its http partner's new port."""
    partner = next((each for each in observed if each.entry == HTTP), None)
    if mapping.entry != HTTPS or HTTP not in wished or partner is None:
        return mapping
    if mapping.container_port != partner.container_port:
        return mapping
    return replace(mapping, container_port=wished[HTTP].container_port)


def _changes(
    observed: tuple[PortMapping, ...], wanted: tuple[PortMapping, ...]
) -> tuple[Change, ...]:
    old = {mapping.entry: mapping for mapping in observed}
    new = {mapping.entry: mapping for mapping in wanted}
    altered = [key for key in new if key in old and old[key] != new[key]]
    unchanged_keys = [key for key in old if key in new and key not in altered]
    rest = membership(
        _names(old, [*altered, *unchanged_keys]), _names(new, [*altered, *unchanged_keys])
    )
    return (*(Change("~", str(new[key]), f"was {old[key]}") for key in altered), *rest)


def _names(
    mappings: dict[tuple[str, int], PortMapping], skipped: list[tuple[str, int]]
) -> tuple[str, ...]:
    return tuple(str(mapping) for entry, mapping in mappings.items() if entry not in skipped)


def _write(
    app: str, observed: tuple[PortMapping, ...], wanted: tuple[PortMapping, ...], word: str
) -> Command:
    if wanted:
        return command("ports:set", app, *_words(wanted))
    if word == "clear":
        return command("ports:clear", app)
    # ports:clear would forget the detected ports as well (plugins/ports/functions.go, clearPorts).
    return command("ports:remove", app, *_words(observed))


def _words(mappings: tuple[PortMapping, ...]) -> list[str]:
    return [str(mapping) for mapping in mappings]


def _sorted(mappings: tuple[PortMapping, ...]) -> tuple[PortMapping, ...]:
    return tuple(sorted(dict.fromkeys(mappings), key=str))


def _parsed(texts: list[str] | None) -> tuple[PortMapping, ...]:
    return tuple(dict.fromkeys(parse(text) for text in texts or ()))


MODULE = ModuleDefinition(
    {
        "app": APP,
        "mappings": names(),
        "absent": names(),
        "state": state("present", "absent", "set", "clear"),
    },
    converge,
    {
        "required_if": [
            ("state", "present", ("mappings", "absent"), True),
            ("state", "absent", ("mappings",)),
            ("state", "set", ("mappings",)),
        ]
    },
)
