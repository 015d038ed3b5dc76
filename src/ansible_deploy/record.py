"""What is remembered about an app between pushes: what we own, and the last good fingerprints.

Also the folders of its last runs. No value of a secret is ever written here, names only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import file_lock

from . import files
from .errors import Busy, HostError
from .layout import AppFolder


@dataclass(frozen=True)
class State:
    """The record of one app.

    ``origin`` is the name under which it was first provisioned: names of data (services, volumes)
    are made from it, so that a renamed app keeps its data. ``owned`` holds the items of each
    concern that we made. ``wish`` and ``world`` are the fingerprints of the last good run, and
    ``watched`` says what has to be read to tell whether the world moved;
    ``address`` is where the app is seen, ``revision`` and ``image`` are those of the last push.
    ``services`` names the services, by their keys, that came from a backup.
    ``pending`` says of a concern what the next run has to complete, ``orders`` which certificates
    could not be had (``orders.Orders``), and ``renew_after`` when the one there is due (ISO time).
    """

    origin: str
    owned: dict[str, list[str]] = field(default_factory=dict)
    wish: str = ""
    world: dict[str, str] = field(default_factory=dict)
    watched: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    revision: str = ""
    image: str = ""
    pending: dict[str, str] = field(default_factory=dict)
    orders: dict[str, Any] = field(default_factory=dict)
    renew_after: str = ""
    services: dict[str, str] = field(default_factory=dict)

    def summary(self, app: str) -> str:
        """``shop is provisioned: http://shop.example.org``."""
        missing = f" but for {' and '.join(self.pending)}" if self.pending else ""
        return f"{app} is provisioned{missing}" + (f": {self.address}" if self.address else "")

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do after a deploy that changes nothing.

        A certificate is renewed by Dokku's own daily job; two days later it is looked at anew.
        """
        if self.pending or not self.renew_after:
            return not self.pending
        late = datetime.fromisoformat(self.renew_after) + timedelta(days=2)
        return datetime.now(UTC) < late


def read_state(folder: AppFolder, app: str) -> State:
    """Return the app's record; an empty one for an app that was never provisioned."""
    try:
        value = files.read_json(folder.state)
        if value is None:
            return State(origin=app, services=files.read_json(folder.services) or {})
        return State(**value)
    except (ValueError, TypeError) as error:
        raise HostError(f"the record {folder.state} cannot be read ({error})") from None


def write_state(folder: AppFolder, state: State) -> None:
    """Replace the app's record."""
    files.write_json(folder.state, asdict(state))


@contextmanager
def locked(folder: AppFolder, app: str) -> Iterator[None]:
    """Hold the app's lock; raises Busy at once when another run holds it."""
    files.make_folder(folder.path)
    with ExitStack() as stack:
        try:
            stack.enter_context(file_lock.held(folder.lock, seconds=0))
        except BlockingIOError:
            raise Busy(f"another run of {app} is under way; try again when it is done") from None
        yield


def new_run(folder: AppFolder, keep: int) -> Path:
    """Make the folder of a new run and drop the oldest ones beyond ``keep``."""
    name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    for left in folder.runs.glob("*/variables.yml"):  # a killed run could not remove its secrets
        files.remove(left)
    run = files.make_folder(folder.runs / name)
    for old in sorted(folder.runs.iterdir())[:-keep]:
        files.remove(old)
    return run


def list_runs(folder: AppFolder) -> list[dict[str, Any]]:
    """Return the records of the kept runs, newest first."""
    if not folder.runs.is_dir():
        return []
    found = (files.read_json(run / "run.json") for run in sorted(folder.runs.iterdir()))
    return [record for record in found if record is not None][::-1]
