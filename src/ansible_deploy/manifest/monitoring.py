"""The concern *monitoring*: how the app is watched from outside, and who is told.

Reads ``monitoring``. Where alerts go is the operator's; only the names of receivers are here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .app import App
from .fragments import NAME_PATTERN, Schema, Wrong, closed, switch
from .tree import Node
from .wish import Wish, get, items, number, text
from .words import quote

DEFAULT_INTERVAL = 60
SHORTEST, LONGEST = 10, 86400
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

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
                "description": "How often: `30s`, `5m`, `1h`; a bare number means seconds.",
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
            "alerts": {
                "description": "Who is told: names of receivers that the operator has set up."
                " Absent: their default.",
                "type": "array",
                "maxItems": 20,
                "items": {
                    "type": "string",
                    "title": "the name of a receiver",
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
    """What is asked for, how often in seconds, what a good answer is, and who is told otherwise."""

    is_on: bool = True
    is_declared: bool = False
    path: str = "/"
    interval: int = DEFAULT_INTERVAL
    status: int = 200
    contains: str = ""
    alerts: tuple[str, ...] = ()

    def items(self, app: App) -> tuple[str, ...]:
        """Return nothing: what is owned follows from the domains."""
        return ()

    def variables(self, app: App) -> dict[str, object]:
        """Return what the role *monitoring* needs."""
        return {
            "monitoring_enabled": self.is_on,
            "monitoring_path": self.path,
            "monitoring_interval": self.interval,
            "monitoring_expect": {"status": self.status, "contains": self.contains},
            "monitoring_alerts": list(self.alerts),
        }


def read(wish: Wish) -> Monitoring:
    """Read the settings; a receiver can be named once."""
    node = wish.get("monitoring")
    expect = get(node, "expect")
    return Monitoring(
        is_on=text(node) != "off",
        is_declared=node is not None,
        path=text(get(node, "path"), "/"),
        interval=seconds(text(get(node, "interval"), f"{DEFAULT_INTERVAL}s")),
        status=number(get(expect, "status"), 200),
        contains=text(get(expect, "contains")),
        alerts=_alerts(wish, node),
    )


def _alerts(wish: Wish, node: Node | None) -> tuple[str, ...]:
    names: list[str] = []
    for item in items(get(node, "alerts")):
        if text(item) in names:
            wish.problems.at(item, f"{quote(text(item))} is given twice", "keep one of them")
        names.append(text(item))
    return tuple(names)


def seconds(words: str) -> int:
    """Return a checked interval in seconds."""
    amount, unit = (words[:-1], words[-1]) if words[-1] in UNITS else (words, "s")
    return int(amount) * UNITS[unit]


def check_interval(words: str) -> None:
    """Raise Wrong unless the text is a time between two requests that makes sense."""
    if not re.fullmatch(r"[1-9][0-9]{0,5}[smhd]?", words):
        raise Wrong(f"{quote(words)} is not a time", "write for example 30s, 5m or 1h")
    if not SHORTEST <= seconds(words) <= LONGEST:
        raise Wrong(f"{quote(words)} is out of range", f"write a time from {SHORTEST}s to 24h")


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
    "deploy-contains": check_contains,
}
