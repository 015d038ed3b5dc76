"""Who is told: the channels that the operator set up, as words of a setting.

A channel is one secret setting: an address whose first word says what it is, and below it, a line
each, what else it takes. ``ping`` is told that all is well, and can be named by no app.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ..errors import Problem
from ..layout import GLOBAL, PLUGIN_NAME, Layout
from ..settings import Settings, read_scope

PLACE = r"([A-Za-z0-9._~!$&'()*+,;=:%-]*@)?([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]*)?"
"""What may stand between `//` and the path of an address: a user, a host and a port."""

DEFAULT = "default"
"""What stands for the channels of an app that names none: all that are for every app."""

HEARTBEAT = "ping"
KINDS: dict[str, frozenset[str]] = {
    "webhook": frozenset({"token"}),
    "slack": frozenset(),
    "ntfy": frozenset({"token"}),
    "mailto": frozenset({"smarthost", "from", "username", "password", "tls"}),
    HEARTBEAT: frozenset(),
}
"""The kinds, and which lines each takes besides its address."""

FORMS = "webhook:https://…, slack:https://…, ntfy:https://host/topic, mailto:ops@example.org or ping:https://…"


@dataclass(frozen=True)
class Channel:
    """Where alerts go. ``label`` names it among all of the host: ``ops``, or ``shop/ops``."""

    label: str
    kind: str
    address: str
    options: Mapping[str, str] = field(default_factory=dict)


def complaint(text: str) -> str:
    """Say what is wrong with the words of a channel; nothing where all is well.

    No address is repeated, for it may be all that keeps others out.
    """
    first, *rest = text.strip().splitlines() or [""]
    kind, _, address = first.strip().partition(":")
    if not all(line.isprintable() for line in (first, *rest)):
        return "it holds a character that cannot be seen"
    if kind not in KINDS:
        return f"its first line is none of {FORMS}"
    if kind == "mailto" and not re.fullmatch(r"[^\s@:/]+@[^\s@:/]+", address):
        return "what follows mailto: is no address of a mailbox"
    if kind != "mailto" and not _is_url(address):
        return f"what follows {kind}: is no address such as https://host/path"
    for line in rest:
        name, has_value, value = line.strip().partition("=")
        if line.strip() and not (name in KINDS[kind] and has_value and value.strip()):
            known = ", ".join(sorted(KINDS[kind])) or "none"
            return f"a line of it is not NAME=value; for {kind} NAME is one of: {known}"
    options = _options(rest)
    if options.get("tls", "on") not in ("on", "off"):
        return "tls is on or off"
    if kind == "mailto" and "smarthost" in options and not _is_place(options["smarthost"]):
        return "smarthost is a name and a port, such as mail.example.org:587"
    return ""


def parse(label: str, text: str) -> Channel:
    """Read the words of a channel that were checked when they were set."""
    first, *rest = text.strip().splitlines()
    kind, _, address = first.strip().partition(":")
    return Channel(label, kind, address, _options(rest))


def channels(layout: Layout) -> list[Channel]:
    """Return every channel of the host: those for all apps, then each app's own."""
    scopes = sorted(path.name for path in layout.settings.glob("*") if path.is_dir())
    scopes.sort(key=lambda scope: scope != GLOBAL)
    return [each for scope in scopes for each in _of_scope(layout, scope)]


def visible(layout: Layout, app: str) -> dict[str, Channel]:
    """Return the channels that an app may name, by their names; its own hide those for all."""
    named = [each for scope in (GLOBAL, app) for each in _of_scope(layout, scope)]
    told = [each for each in named if each.kind != HEARTBEAT]
    return {each.label.rpartition("/")[2]: each for each in told}


def chosen(layout: Layout, app: str, names: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the labels of those who are told of an app: those that it names, or its own, or all.

    One that is not there any more is left out; the next push refuses it.
    """
    found = visible(layout, app)
    if names is not None:
        return tuple(found[name].label for name in names if name in found)
    own = tuple(each.label for each in found.values() if "/" in each.label)
    return own or (DEFAULT,)


def unknown(layout: Layout, app: str, name: str, where: str) -> Problem:
    """Return the problem of an app that names a channel which it cannot see."""
    known = ", ".join(visible(layout, app))
    command = f"dokku {PLUGIN_NAME}:set {app} alert-channel {name} < FILE"
    also = f"; or write one of these: {known}" if known else ""
    what = f"monitoring: there is no alert channel {name}"
    return Problem(where, what, f"the operator sets it up: {command}{also}")


def _of_scope(layout: Layout, scope: str) -> list[Channel]:
    prefix = "" if scope == GLOBAL else f"{scope}/"
    named = Settings(read_scope(layout, scope)).named("alert-channel")
    return [parse(f"{prefix}{name}", text) for name, text in named.items()]


def _options(lines: list[str]) -> dict[str, str]:
    parts = (line.strip().partition("=") for line in lines if line.strip())
    return {name: value.strip() for name, _, value in parts}


def _is_url(text: str) -> bool:
    """Whether Go's net/url takes it too, which Alertmanager reads it with."""
    if not re.fullmatch(r"https?://[!-~]{1,1000}", text) or re.search(r"%(?![0-9A-Fa-f]{2})", text):
        return False
    try:
        parts = urlsplit(text)
        is_port = parts.port is None or parts.port > 0
        return is_port and bool(parts.hostname and re.fullmatch(PLACE, parts.netloc))
    except ValueError:
        return False


def _is_place(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(re.fullmatch(r"[A-Za-z0-9.-]+", host)) and port.isdecimal()
