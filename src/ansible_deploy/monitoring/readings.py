"""What files say about one app: its deploys, its certificate, how it is watched, what jobs found.

Reads only, and asks no ``dokku``. None, or nothing, is what was never written; what is there and
cannot be read raises an error (``UNREADABLE``).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.certificates import (
    CERTIFICATE,
    parse,
)

from .. import files
from ..errors import DeployError
from ..layout import AppFolder, Layout
from ..record import State, read_state

UNREADABLE = (
    DeployError,
    OSError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
)
"""What a record that is not in its form may raise; InvalidValue is a ValueError."""

TAIL = 16384
"""How much of the end of a list of deploys is read: far more than those that are told."""

LIMIT = re.compile(
    r'^ansible_deploy_threshold_seconds\{.*subject="(\w+)".*\} ([0-9.]+)$', re.MULTILINE
)
"""One of the app's bounds, as its metrics have it."""


@dataclass(frozen=True)
class Deploy:
    """One deploy that ended; ``exit`` is 0 where the release is live."""

    at: datetime
    exit: int
    revision: str = ""
    source: str = ""

    @property
    def outcome(self) -> str:
        """``good`` or ``failed``."""
        return "failed" if self.exit else "good"


@dataclass(frozen=True)
class Nightly:
    """What the nightly plan would change, a line each, and when the domains expire."""

    at: datetime
    drift: tuple[str, ...] = ()
    domains: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Processes:
    """How many processes of the app should run, and how many did when it was looked at."""

    at: datetime
    wanted: int
    running: int


def read_state_of(folder: AppFolder, app: str) -> State:
    """Return the record of the app's pushes, of which all that is shown has its form."""
    state = read_state(folder, app)
    check_texts(state)
    check_texts(state.pending)
    return state


def read_deploys(folder: AppFolder, count: int) -> tuple[list[Deploy], int]:
    """Return the last deploys, newest first, and how many of their lines tell of none."""
    try:
        with folder.deploys.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
            is_cut = file.tell() > 0
            lines = file.read().splitlines()[1 if is_cut else 0 :][-count:]
    except FileNotFoundError:
        return [], 0
    found: list[Deploy] = []
    for line in lines:
        try:
            found.append(_deploy(json.loads(line)))
        except UNREADABLE:  # counted: a host that lost power leaves half a line
            continue
    return found[::-1], len(lines) - len(found)


def read_nightly(folder: AppFolder) -> Nightly | None:
    """Return what the nightly job found, None where it never looked."""
    value = files.read_json(folder.nightly)
    if value is None:
        return None
    drift = tuple(_change(each) for each in value["drift"])
    domains = {str(name): moment(end) for name, end in value["domains"].items()}
    return Nightly(moment(value["at"]), drift, domains)


def read_processes(folder: AppFolder) -> Processes | None:
    """Return how many processes ran, None where nobody looked yet."""
    value = files.read_json(folder.processes)
    if value is None:
        return None
    return Processes(moment(value["at"]), int(value["wanted"]), int(value["running"]))


def read_certificate(layout: Layout, app: str) -> datetime | None:
    """Return when the certificate ends that nginx has for the app, None where it has none.

    Other proxies keep theirs to themselves.
    """
    text = files.read_text(layout.dokku_root / app / "tls" / "server.crt")
    first = CERTIFICATE.search(text)  # the chain behind it ends later
    return parse(first[0] if first else text).not_after if text else None


def read_labels(target: Path) -> Mapping[str, str] | None:
    """Return the labels under which an app is watched, None where it is not."""
    value = files.read_json(target)
    if not value:
        return None
    return {str(key): str(word) for key, word in value[0]["labels"].items()}


def read_limits(metrics: Path) -> Mapping[str, timedelta]:
    """Return the app's own bounds by their subject, as the alerts about it have them."""
    found = LIMIT.findall(files.read_text(metrics))
    return {subject: timedelta(seconds=float(value)) for subject, value in found}


def moment(text: str) -> datetime:
    """Return a time of a record, in UTC."""
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def check_texts(record: Any) -> None:
    """Raise TypeError where a text of a record is something else."""
    values = record if isinstance(record, dict) else vars(record)
    texts = (
        values if isinstance(record, dict) else [f.name for f in fields(record) if f.type == "str"]
    )
    for name in texts:
        if not isinstance(values[name], str):
            raise TypeError(f"{name} is not a text")


def _deploy(value: dict[str, Any]) -> Deploy:
    at = datetime.fromtimestamp(value["at"], UTC)
    words = (str(value.get(key) or "") for key in ("revision", "source"))
    return Deploy(at, int(value["exit"]), *words)


def _change(value: dict[str, Any]) -> str:
    words = f"{value['concern']} {value['sign']} {value['subject']}"
    return f"{words}, {value['detail']}" if value.get("detail") else words
