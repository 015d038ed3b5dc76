"""The concern *backups*: when the app's data is saved, how long it is kept, how it is proven.

Reads ``backups``. The target's address and password are the operator's; only its name is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from . import cron
from .app import App
from .fragments import NAME_PATTERN, Schema, Wrong, closed, switch
from .services import Services
from .storage import Storage
from .tree import Node
from .wish import Wish, entries, get, items, number, text
from .words import did_you_mean, invisible, quote

DEFAULT_SCHEDULE = "daily"
DEFAULT_KEEP = {"daily": 7, "weekly": 4, "monthly": 6}
PERIODS = {
    "last": "How many of the newest.",
    "hourly": "The newest of each hour, for so many hours.",
    "daily": "The newest of each day, for so many days.",
    "weekly": "The newest of each week, for so many weeks.",
    "monthly": "The newest of each month, for so many months.",
    "yearly": "The newest of each year, for so many years.",
}
SQL_KINDS = ("postgres", "mysql", "mariadb")
SCHEDULE = {
    "type": "string",
    "format": "deploy-schedule",
    "default": DEFAULT_SCHEDULE,
    "examples": ["17 3 * * *"],
}

SCHEMA: Schema = {
    "backups": switch(
        {
            "schedule": {
                "description": "When: `hourly`, `daily`, `weekly`, `monthly`, or five fields of"
                " cron.",
                **SCHEDULE,
            },
            "keep": closed(
                {
                    period: {
                        "description": meaning,
                        "type": "integer",
                        "minimum": 0,
                        "maximum": 1000,
                    }
                    for period, meaning in PERIODS.items()
                },
                description="How many backups are kept of each kind; the rest is removed.",
                default=DEFAULT_KEEP,
                minProperties=1,
                examples=[{"daily": 7, "weekly": 4, "monthly": 6}],
            ),
            "target": {
                "description": "Where to: the name of a target that the operator has set up."
                " Absent: their default.",
                "type": "string",
                "pattern": NAME_PATTERN,
                "title": "the name of a target",
                "maxLength": 40,
                "examples": ["offsite"],
            },
            "exclude": {
                "description": "What is left out: a volume's name, or a path below it.",
                "type": "array",
                "maxItems": 100,
                "items": {
                    "type": "string",
                    "format": "deploy-backup-path",
                    "examples": ["uploads/tmp"],
                },
                "examples": [["uploads/tmp"]],
            },
            "verify": switch(
                {
                    "schedule": {
                        "description": "When a backup is restored into a fresh service to see"
                        " that it works.",
                        **SCHEDULE,
                        "default": "weekly",
                    },
                    "check": {
                        "description": "SQL that must succeed on the restored database and give"
                        " a result.",
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 2000,
                        "examples": ["select count(*) from orders"],
                    },
                },
                description="How backups are proven. `auto`: restored once a week; `off`: never.",
                default="auto",
                examples=[{"schedule": "weekly", "check": "select count(*) from orders"}],
            ),
        },
        description="Backups of the services and the volumes. `auto`: every day; `off`: none. A"
        " map says how.",
        default="auto",
        examples=[
            {
                "schedule": "17 3 * * *",
                "keep": {"daily": 7, "weekly": 4},
                "exclude": ["uploads/tmp"],
            }
        ],
    )
}


@dataclass(frozen=True)
class Verify:
    """When a backup is restored to prove it, and the SQL that it must answer."""

    is_on: bool = True
    schedule: str = cron.WORDS["weekly"]
    check: str = ""


@dataclass(frozen=True)
class Backups:
    """When, how many, where to, without what; schedules are five fields of cron."""

    is_on: bool = True
    is_declared: bool = False
    schedule: str = cron.WORDS[DEFAULT_SCHEDULE]
    keep: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULT_KEEP))
    target: str = ""
    exclude: tuple[str, ...] = ()
    verify: Verify = Verify()

    def items(self, app: App) -> tuple[str, ...]:
        """Return nothing: what is owned follows from services and volumes."""
        return ()

    def variables(self, app: App) -> dict[str, object]:
        """Return what the role *backups* needs."""
        return {
            "backups_enabled": self.is_on,
            "backups_schedule": self.schedule,
            "backups_keep": dict(self.keep),
            "backups_target": self.target,
            "backups_exclude": list(self.exclude),
            "backups_verify": {
                "enabled": self.verify.is_on,
                "schedule": self.verify.schedule,
                "check": self.verify.check,
            },
        }


def read(wish: Wish, services: Services, storage: Storage) -> Backups:
    """Read the settings and check them against the app's services and volumes."""
    node = wish.get("backups")
    kept = get(node, "keep")
    keep = {period: number(value, 0) for period, value in entries(kept)}
    if kept and not any(keep.values()):
        wish.problems.at(
            kept, "would keep no backup at all", "keep at least one, or write backups: off"
        )
    _check_exclude(wish, node, storage)
    _check_verify(wish, get(node, "verify"), services)
    return Backups(
        is_on=text(node) != "off",
        is_declared=node is not None,
        schedule=cron.table(text(get(node, "schedule"), DEFAULT_SCHEDULE)),
        keep=keep or dict(DEFAULT_KEEP),
        target=text(get(node, "target")),
        exclude=tuple(text(item) for item in items(get(node, "exclude"))),
        verify=_verify(get(node, "verify")),
    )


def _verify(node: Node | None) -> Verify:
    schedule = cron.table(text(get(node, "schedule"), "weekly"))
    return Verify(text(node) != "off", schedule, text(get(node, "check")))


def _check_exclude(wish: Wish, node: Node | None, storage: Storage) -> None:
    names = [volume.source for volume in storage.volumes if not volume.is_host_path]
    for item in items(get(node, "exclude")):
        name = text(item).split("/")[0]
        if name not in names and wish.is_sound("volumes"):
            remedy = (
                did_you_mean(name, names)
                or "write the name of a volume, or a path below it such as uploads/tmp"
            )
            wish.problems.at(item, f"{quote(name)} is not one of the volumes", remedy)


def _check_verify(wish: Wish, node: Node | None, services: Services) -> None:
    check = get(node, "check")
    databases = [item for item in services.services if item.kind in SQL_KINDS and item.is_backed_up]
    if check and not databases and wish.is_sound("services"):
        wish.problems.at(
            check, "there is no database to ask", "add one to services, or remove the line"
        )


def check_path(path: str) -> None:
    """Raise Wrong unless the text is a relative path without tricks."""
    parts = path.split("/")
    if path.startswith("/"):
        raise Wrong(
            f'{quote(path)} begins with "/"', "begin with the name of a volume, such as uploads/tmp"
        )
    if (
        ".." in parts
        or "." in parts
        or "" in parts[:-1]
        or not path
        or path.startswith("-")
        or invisible(path)
    ):
        raise Wrong(f"{quote(path)} is not a path below a volume", "write for example uploads/tmp")


FORMATS = {"deploy-schedule": cron.check_schedule, "deploy-backup-path": check_path}
