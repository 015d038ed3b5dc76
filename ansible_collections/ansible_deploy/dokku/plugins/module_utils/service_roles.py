"""Names the roles of a PostgreSQL service, and makes them in a fresh one before a dump is loaded.

A dump names roles that it does not hold: a policy for one that is missing fails the whole import.
They are made without the right to log in; passwords and grants are no part of a dump.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .service_questions import END, PSQL
from .words import checked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .client import Dokku

# No line breaks, no quotes, and no backslash, which begins a command of psql.
NAME = re.compile(r"[^\x00-\x1f\x7f\"\\]{1,63}")
ROLES = f"""{PSQL}
select rolname from pg_roles where rolname !~ '^pg_' and rolname <> 'postgres' order by 1;
\\echo {END}
"""


def roles(dokku: Dokku, kind: str, name: str) -> tuple[str, ...]:
    """Returns the roles besides the plugin's own; of other kinds than postgres there are none."""
    if kind != "postgres":
        return ()
    said = dokku.run("postgres:connect", checked("service", name), stdin=ROLES).stdout
    found = said.partition(END)[0].splitlines()
    return tuple(line for line in found if NAME.fullmatch(line))


def make_roles(dokku: Dokku, name: str, wanted: Iterable[str]) -> None:
    """Makes these roles in a fresh service; raises DokkuError."""
    lines = [f'create role "{role}" nologin;\n' for role in wanted if NAME.fullmatch(role)]
    if lines:
        dokku.run("postgres:connect", checked("service", name), stdin="".join(lines))
