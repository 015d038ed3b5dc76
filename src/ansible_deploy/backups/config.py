"""Set an app's config variables again as a backup has them; the app is not restarted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import config
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Repository
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.services import KINDS

from ..context import Context
from .catalog import Backup, read_seal
from .contents import Contents
from .failure import explained

NOT_RESTORED = ("GIT_REV", "NO_VHOST")
"""Variables that Dokku itself sets, as all that begin with DOKKU_."""

HOST = re.compile(rf"(?<![\w-])dokku-({'|'.join(KINDS)})-[A-Za-z0-9-]+")
"""Under which name an app's containers find a service, also one that was linked by hand."""


@dataclass(frozen=True)
class Restored:
    """By name, the variables that were set, and of the others those that a person may miss.

    ``services`` hold addresses of services. In ``waiting`` the variable of a service stands that
    is not linked yet, and then Dokku would not link it (dokku-postgres 1.48.0, common-functions).
    """

    names: list[str]
    services: list[str]
    waiting: list[str]


def restore_config(repository: Repository, backup: Backup, into: Context) -> Restored:
    """Set the app's config variables that are not set now to what they were.

    Those of services and Dokku's own are left out. The app is not restarted.
    """
    with explained(f"config of backup {backup.id}"):
        contents, saved = read_seal(repository, backup)
        present = config.read(into.dokku, into.app)
        missing = {name: value for name, value in saved.items() if _is_missing(name, present)}
        services = [name for name, value in missing.items() if _is_link(name, value, contents)]
        due = [name for name in _link_names(contents) if name not in present]
        waiting = [
            name
            for name, value in missing.items()
            if name not in services and any(each in f"{name}={value}" for each in due)
        ]
        left_out = {*services, *waiting}
        values = {name: value for name, value in missing.items() if name not in left_out}
        if values:
            config.write(into.dokku, into.app, values)
    return Restored(sorted(values), sorted(services), sorted(waiting))


def _is_missing(name: str, present: Iterable[str]) -> bool:
    """Whether a variable is not set, and not one of Dokku's own."""
    return name not in (*present, *NOT_RESTORED) and not name.startswith("DOKKU_")


def _link_names(contents: Contents) -> list[str]:
    """The variables of the app's services; an old seal names those of the saved ones alone."""
    return [*dict.fromkeys([*contents.variables, *(each.variable for each in contents.services)])]


def _is_link(name: str, value: str, contents: Contents) -> bool:
    """Whether a variable holds the address of a service, by its name or by what stands in it."""
    return name in _link_names(contents) or bool(HOST.search(value))
