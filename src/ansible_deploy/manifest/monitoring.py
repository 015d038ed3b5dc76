"""The concern *monitoring*: how the app is watched from outside, and who is told.

Reads ``monitoring``. Where alerts go is the operator's; only the names of channels are here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .app import App
from .fragments import NAME_PATTERN, Schema, Wrong, closed, switch
from .tree import Node
from .wish import Wish, entries, get, items, number, text
from .words import quote

DEFAULT_INTERVAL = 60
SHORTEST, LONGEST = 10, 60
"""Seconds between two requests. The rule AppDown waits for two minutes: one answer that fails, or
that of a release which is gone, is never all that it sees (docs/decisions/0025)."""

SLOWEST = 9  # a probe ends after ten seconds
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LIMITS = {
    "latency": "How long an answer may take, on average over ten minutes. Default: `5s`.",
    "certificate": "How long the certificate has to be valid yet. Default: `14d`.",
    "domain": "How long the registration of the domain has to last yet. Default: `30d`.",
    "backup": "How old the last backup may be. Default: a quarter more than its schedule says.",
    "proof": "How old the last proven restore may be. Default: likewise.",
}
"""What an app may set its own bounds for, as the rules of Prometheus name it."""

SCHEMA: Schema = {
    "monitoring": switch(
        {
            "path": {
                "description": "Path that is asked for, on the primary domain.",
                "type": "string",
                "format": "deploy-url-path",
                "default": "/",
                "examples": ["/up"],
            },
            "interval": {
                "description": "How often: `30s`; a bare number means seconds; at most `60s`.",
                "type": ["string", "integer"],
                "format": "deploy-interval",
                "default": "60s",
                "examples": ["60s"],
            },
            "expect": closed(
                {
                    "status": {
                        "description": "Status of the answer.",
                        "type": "integer",
                        "minimum": 100,
                        "maximum": 599,
                        "default": 200,
                        "examples": [200],
                    },
                    "contains": {
                        "description": "Text that the answer must hold.",
                        "type": ["string", "number"],
                        "minLength": 1,
                        "maxLength": 200,
                        "format": "deploy-contains",
                        "examples": ["OK"],
                    },
                },
                description="What a good answer is.",
                minProperties=1,
                examples=[{"status": 200, "contains": "OK"}],
            ),
            "limits": closed(
                {
                    subject: {
                        "description": description,
                        "type": ["string", "integer"],
                        "format": "deploy-latency" if subject == "latency" else "deploy-limit",
                        "examples": ["2s" if subject == "latency" else "2d"],
                    }
                    for subject, description in LIMITS.items()
                },
                description="When somebody is told, where the usual bounds do not fit.",
                minProperties=1,
                examples=[{"latency": "2s", "backup": "3d"}],
            ),
            "alerts": {
                "description": "Who is told: names of channels that the operator has set up."
                " Absent: the app's own if it has some, else all for every app; empty: nobody.",
                "type": "array",
                "maxItems": 20,
                "items": {
                    "type": "string",
                    "title": "the name of a channel",
                    "pattern": NAME_PATTERN,
                    "maxLength": 40,
                    "examples": ["ops"],
                },
                "examples": [["ops"]],
            },
        },
        description="Watching the app from outside. `auto`: its primary domain once a minute;"
        " `off`: not at all."
        " A map says how.",
        default="auto",
        examples=[{"path": "/up", "interval": "60s", "expect": {"status": 200}, "alerts": ["ops"]}],
    )
}


@dataclass(frozen=True)
class Monitoring:
    """What is asked for, how often in seconds, what a good answer is, and who is told otherwise.

    ``limits`` are bounds of the app's own, in seconds; ``alerts`` is None where it names nobody.
    """

    is_on: bool = True
    is_declared: bool = False
    path: str = "/"
    interval: int = DEFAULT_INTERVAL
    status: int = 200
    contains: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)
    alerts: tuple[str, ...] | None = None

    def items(self, app: App) -> tuple[str, ...]:
        """Return the path that is asked for; under which domain is known once the app is up."""
        return (self.path,) if self.is_on else ()

    def variables(self, app: App) -> dict[str, object]:
        """Return what the app wishes; the role is told more, which follows from the host."""
        return {
            "monitoring_state": "present" if self.is_on else "absent",
            "monitoring_path": self.path,
            "monitoring_interval": self.interval,
            "monitoring_status": self.status,
            "monitoring_contains": self.contains,
        }


def read(wish: Wish) -> Monitoring:
    """Read the settings; a channel can be named once."""
    node = wish.get("monitoring")
    expect = get(node, "expect")
    return Monitoring(
        is_on=text(node) != "off",
        is_declared=node is not None,
        path=text(get(node, "path"), "/"),
        interval=seconds(text(get(node, "interval"), f"{DEFAULT_INTERVAL}s")),
        status=number(get(expect, "status"), 200),
        contains=text(get(expect, "contains")),
        limits={key: seconds(text(value)) for key, value in entries(get(node, "limits"))},
        alerts=_alerts(wish, get(node, "alerts")),
    )


def _alerts(wish: Wish, node: Node | None) -> tuple[str, ...] | None:
    if node is None:
        return None
    names: list[str] = []
    for item in items(node):
        if text(item) in names:
            wish.problems.at(item, f"{quote(text(item))} is given twice", "keep one of them")
        names.append(text(item))
    return tuple(names)


def seconds(words: str) -> int:
    """Return a checked time in seconds."""
    amount, unit = (words[:-1], words[-1]) if words[-1] in UNITS else (words, "s")
    return int(amount) * UNITS[unit]


def check_interval(words: str) -> None:
    """Raise Wrong unless the text is a time between two requests that makes sense."""
    _check_time(words, "30s")
    if not SHORTEST <= seconds(words) <= LONGEST:
        raise Wrong(
            f"{quote(words)} is out of range", f"write a time from {SHORTEST}s to {LONGEST}s"
        )


def check_limit(words: str) -> None:
    """Raise Wrong unless the text is a time."""
    _check_time(words, "36h or 14d")


def check_latency(words: str) -> None:
    """Raise Wrong unless the text is a time that a probe waits for."""
    _check_time(words, "2s")
    if seconds(words) > SLOWEST:
        what = f"{quote(words)} is longer than a probe waits"
        raise Wrong(what, f"write a time up to {SLOWEST}s; what answers later is down")


def _check_time(words: str, examples: str) -> None:
    if not re.fullmatch(r"[1-9][0-9]{0,5}[smhd]?", words):
        raise Wrong(f"{quote(words)} is not a time", f"write for example {examples}")


def check_url_path(path: str) -> None:
    """Raise Wrong unless the text is a path of an address, perhaps with a query."""
    if not path.startswith("/"):
        raise Wrong(
            f'{quote(path)} does not begin with "/"',
            'write a path such as "/up"; the domain is added',
        )
    if not re.fullmatch(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,500}", path) or path.startswith("//"):
        raise Wrong(f"{quote(path)} is not a path of an address", 'write a path such as "/up"')


def check_contains(words: str) -> None:
    """Raise Wrong when the text could not be found in one line of an answer."""
    if not words.isprintable() or words != words.strip():
        raise Wrong(f"{quote(words)} is not one line of text", "write a few words of one line")


FORMATS = {
    "deploy-url-path": check_url_path,
    "deploy-interval": check_interval,
    "deploy-limit": check_limit,
    "deploy-latency": check_latency,
    "deploy-contains": check_contains,
}
