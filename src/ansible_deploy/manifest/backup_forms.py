"""The forms of what can be said about backups: what is left out, and the query of a proof."""

from __future__ import annotations

import re

from .cron_form import check_schedule
from .fragments import Wrong
from .words import invisible, quote

EXAMPLE = "select count(*) from orders"
MARKS = {"\\": "backslash", ";": "semicolon"}


def check_path(path: str) -> None:
    """Raise Wrong unless the text is a path without tricks, which begins with a volume's source."""
    parts = path.removeprefix("/").split("/")
    if (
        ".." in parts
        or "." in parts
        or "" in parts[:-1]
        or not any(parts)
        or path.startswith("-")
        or invisible(path)
    ):
        raise Wrong(f"{quote(path)} is not a path below a volume", "write for example uploads/tmp")


def check_query(query: str) -> None:
    """Raise Wrong unless the text is one query that cannot be taken for anything else.

    It comes from the app's repository and is given to the database's own client, which takes
    backslashes and further lines for commands of its own.
    """
    for mark, name in MARKS.items():
        if mark in query:
            what = f"{quote(query)} has a {name}"
            raise Wrong(what, f"write one query without it, such as {EXAMPLE}")
    if invisible(query):
        what = f"{quote(query)} has an invisible character ({invisible(query)})"
        raise Wrong(what, f"write one query on one line, such as {EXAMPLE}")
    if not re.match(r"(select|with)\b", query, re.IGNORECASE):
        what = f"{quote(query)} does not begin with select or with"
        raise Wrong(what, f"write a query, such as {EXAMPLE}")


FORMATS = {
    "deploy-schedule": check_schedule,
    "deploy-backup-path": check_path,
    "deploy-check": check_query,
}
