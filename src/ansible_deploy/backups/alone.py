"""No two apps of this host keep their backups as one app's.

Backups carry the name that their app had first, and it keeps that when it is renamed. So a new app
of the old name has the same repository and the same mark on its backups, and each of the two would
list, restore and remove the other's.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..context import Context
from ..errors import Problem, Refused
from ..record import read_state
from ..settings import read_settings
from .address import join
from .target import Target, naming, repository_name, targets


def check_alone(context: Context, target: Target, origin: str) -> None:
    """Raise Refused where another app's backups are there, and carry the same mark."""
    found = [*shared(context, target, origin)]
    if found:
        raise Refused(found)


def shared(context: Context, target: Target, origin: str, where: str = "") -> Iterator[Problem]:
    """Say which other app has backups at the app's place under the app's mark.

    Of the two, the one that has the first name now is the newcomer, and is told to move.
    """
    address = join(target.url, repository_name(context, origin))
    for path in sorted(context.layout.data.glob("apps/*/backups.json")):
        app = path.parent.name
        if app == context.app or read_state(context.layout.app(app), app).origin != origin:
            continue
        if address in _addresses(context, app, origin):
            newcomer = app if app == origin else context.app
            what = f"backups: those of {context.app} and {app} would be mixed"
            why = f"both were called {origin} at first"
            remedy = f"the operator gives {newcomer} another repository: {naming(newcomer)}"
            yield Problem(where, f"{what}, for {why}", remedy)


def _addresses(context: Context, app: str, origin: str) -> set[str]:
    """Where another app's backups can be; to which of its targets they go its folder says."""
    other = Context(app, context.layout, read_settings(context.layout, app), context.dokku)
    name = repository_name(other, origin)
    return {join(target.url, name) for target in targets(other).values()}
