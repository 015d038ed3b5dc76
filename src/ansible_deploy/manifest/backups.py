"""The concern *backups*: when the app's data is saved, how long it is kept, how it is proven.

Reads ``backups``. The target's address and password are the operator's; only its name is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from . import backup_forms, cron
from .app import App
from .fragments import NAME_PATTERN, Schema, closed, switch
from .services import Services
from .storage import Storage
from .tree import Node
from .wish import Wish, entries, flag, get, items, number, text
from .words import did_you_mean, quote

DEFAULT_SCHEDULE = "daily"
DEFAULT_PROOF = "weekly"
PROOF_SHIFT = 30
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
                " cron in the server's time. A word gets its minute, its weekday and an hour from"
                " 1 to 4 from the app's name.",
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
                " Absent: the app's own, or else the first by name; then it stays there.",
                "type": "string",
                "pattern": NAME_PATTERN,
                "title": "the name of a target",
                "maxLength": 40,
                "examples": ["offsite"],
            },
            "exclude": {
                "description": "What is left out: a volume's name or its path of the host, or a"
                " path below it.",
                "type": "array",
                "maxItems": 100,
                "items": {
                    "type": "string",
                    "format": "deploy-backup-path",
                    "examples": ["uploads/tmp"],
                },
                "examples": [["uploads/tmp"]],
            },
            "before-release": {
                "description": "Whether the services and volumes are saved before a new release"
                " of an app with services, with the revision that it replaces.",
                "type": "boolean",
                "default": True,
            },
            "final": {
                "description": "Whether a last backup is made when the app is destroyed.",
                "type": "boolean",
                "default": True,
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
                        " a result: one `select` on one line.",
                        "type": "string",
                        "format": "deploy-check",
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
FORMATS = backup_forms.FORMATS


@dataclass(frozen=True)
class Verify:
    """When a backup is restored to prove it, and the SQL that it must answer."""

    is_on: bool = True
    schedule: str = DEFAULT_PROOF
    check: str = ""

    def table(self, app: App) -> str:
        """Return the five fields of cron, half an hour away from those of a backup."""
        return cron.spread(self.schedule, app.name, PROOF_SHIFT)


@dataclass(frozen=True)
class Backups:
    """When, how many, where to, without what; a schedule is a word or five fields of cron."""

    is_on: bool = True
    is_declared: bool = False
    has_data: bool = False
    schedule: str = DEFAULT_SCHEDULE
    keep: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULT_KEEP))
    target: str = ""
    exclude: tuple[str, ...] = ()
    is_before_release: bool = True
    is_final: bool = True
    verify: Verify = Verify()

    def table(self, app: App) -> str:
        """Return the five fields of cron that the schedule means for this app."""
        return cron.spread(self.schedule, app.name)

    def items(self, app: App) -> tuple[str, ...]:
        """Return the name of the target, where there is one and something to save."""
        is_wanted = self.is_on and (self.has_data or self.is_declared)
        return (app.target,) if is_wanted and app.target else ()

    def variables(self, app: App) -> dict[str, object]:
        """Return what the app wishes; the role is told more, which follows from the target."""
        return {
            "backups_enabled": self.is_on,
            "backups_schedule": self.table(app),
            "backups_keep": dict(self.keep),
            "backups_target": self.target,
            "backups_exclude": list(self.exclude),
            "backups_before_release": self.is_before_release,
            "backups_final": self.is_final,
            "backups_verify": {
                "enabled": self.verify.is_on,
                "schedule": self.verify.table(app),
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
        has_data=_has_data(node, services, storage),
        schedule=text(get(node, "schedule"), DEFAULT_SCHEDULE),
        keep=keep or dict(DEFAULT_KEEP),
        target=text(get(node, "target")),
        exclude=_exclude(node),
        is_before_release=flag(get(node, "before-release"), default=True),
        is_final=flag(get(node, "final"), default=True),
        verify=_verify(get(node, "verify")),
    )


def _has_data(node: Node | None, services: Services, storage: Storage) -> bool:
    """Say whether there is a service or a volume to save."""
    left_out = _exclude(node)
    volumes = [volume for volume in storage.volumes if volume.source not in left_out]
    return bool(volumes) or any(service.is_backed_up for service in services.services)


def _exclude(node: Node | None) -> tuple[str, ...]:
    return tuple(text(item).rstrip("/") for item in items(get(node, "exclude")))


def _verify(node: Node | None) -> Verify:
    schedule = text(get(node, "schedule"), DEFAULT_PROOF)
    return Verify(text(node) != "off", schedule, text(get(node, "check")))


def _check_exclude(wish: Wish, node: Node | None, storage: Storage) -> None:
    names = [volume.source for volume in storage.volumes]
    for item in items(get(node, "exclude")):
        path = text(item)
        name = path if path.startswith("/") else path.split("/")[0]
        is_known = any(f"{path}/".startswith(f"{source}/") for source in names)
        if not is_known and wish.is_sound("volumes"):
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
