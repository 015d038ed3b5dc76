"""Whether an app can be turned to what is to be restored: looked at before anything is.

What would fail in the middle of a turn is cheaper to say here.
"""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

from ..context import Context
from ..desired import Desired
from ..errors import DeployError, Problem
from .contents import Contents
from .turn import exchange

UNLINKABLE = "Dokku could not link the service again; for the time of the restore run"


def check_links(into: Context, desired: Desired, contents: Contents) -> None:
    """Raise DeployError where a service could not be linked again under its name.

    The plugins look for that name in the text of all variables (dokku-postgres 1.48.0,
    common-functions): one that contains it makes the name a taken one.
    """
    answer = into.dokku.run("config:export", "--format", "json", into.app)
    variables: dict[str, str] = json.loads(answer.stdout)
    keys = {saved.key for saved in contents.services}
    own = [each.variable for each in desired.manifest.services.services if each.key in keys]
    problems = [
        Problem(
            "",
            f"{into.app} has a variable {name}, in which {variable} stands",
            f"{UNLINKABLE}: dokku config:unset --no-restart {into.app} {name}",
        )
        for variable in own
        for name, value in variables.items()
        if name not in own and variable in f"{name}={value}"
    ]
    if problems:
        raise DeployError(problems)


def check_places(desired: Desired, contents: Contents) -> None:
    """Raise OSError where a directory could not be exchanged with a restored one beside it."""
    keys = {saved.key for saved in contents.volumes}
    for volume in desired.manifest.storage.volumes:
        if volume.source in keys:
            _check_exchange(Path(volume.directory(desired.app)))


def _check_exchange(place: Path) -> None:
    """Raise OSError unless a directory beside this one could be exchanged with it.

    Not every file system can, and a directory that something is mounted on cannot be moved.
    """
    if os.path.ismount(place):
        raise OSError(errno.EBUSY, "something is mounted there", str(place))
    trial = [place.with_name(f".{place.name}.{number}") for number in (1, 2)]
    try:
        for path in trial:
            path.mkdir(exist_ok=True)
        exchange(str(trial[0]), str(trial[1]))
    finally:
        for path in trial:
            if path.is_dir():
                path.rmdir()
