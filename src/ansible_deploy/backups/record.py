"""What is remembered about an app's backups, apart from the record of its pushes.

Backups run beside pushes, so they have a record and a lock of their own. Times are ISO, in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import file_lock
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.metrics import (
    Gauge,
    exposition,
    labels,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import now

from .. import files
from ..context import Context
from ..errors import Busy, DeployError, HostError
from ..layout import AppFolder


@dataclass(frozen=True)
class Record:
    """The record of one app's backups.

    ``repository`` is the id of the repository to which the operator lets this host save the app,
    ``place`` its address and ``target`` what the operator calls that.
    ``last`` to ``last_size`` tell of the last good backup, ``scheduled_at`` of the last one by the
    clock, ``proven`` to ``proven_rows`` of the last one that was restored to prove it; ``seconds``
    is how long each took. ``failed`` and ``disproven`` say what went wrong since, and are empty
    when nothing did. ``maintained`` is when the repository was last pruned and checked, ``checked``
    which slice of its data was then read. ``damaged`` says what was wrong with the repository,
    until the same slice is read and whole; ``upkeep_failed`` why it could not be kept up, or not
    be read.
    """

    repository: str = ""
    place: str = ""
    target: str = ""
    last: str = ""
    last_at: str = ""
    last_reason: str = ""
    last_size: int = 0
    last_seconds: float = 0.0
    scheduled_at: str = ""
    failed: str = ""
    failed_at: str = ""
    proven: str = ""
    proven_at: str = ""
    proven_of: str = ""
    proven_rows: int = 0
    proven_files: int = 0
    proven_seconds: float = 0.0
    disproven: str = ""
    disproven_at: str = ""
    maintained: str = ""
    checked: int = 0
    damaged: str = ""
    damaged_at: str = ""
    upkeep_failed: str = ""
    upkeep_failed_at: str = ""

    def known_at(self, place: str) -> str:
        """The id of the repository at an address, empty where we never used one there."""
        return self.repository if self.place == place else ""

    def using(self, repository: str, place: str, target: str) -> Record:
        """The record once the app is saved there; how another repository is does not matter."""
        found = replace(self, repository=repository, place=place, target=target)
        if repository == self.repository:
            return found
        found = replace(found, maintained="", checked=0, damaged="", damaged_at="")
        return replace(found, upkeep_failed="", upkeep_failed_at="")


def read_record(folder: AppFolder) -> Record:
    """Return the app's record; an empty one where it never had a backup."""
    try:
        return Record(**(files.read_json(folder.backups) or {}))
    except (ValueError, TypeError) as error:
        raise HostError(f"the record {folder.backups} cannot be read ({error})") from None


def write_record(folder: AppFolder, record: Record) -> None:
    """Replace the app's record, and the metrics that are made from it.

    Of an app that was destroyed meanwhile nothing is left.
    """
    if not folder.path.is_dir():
        return
    files.write_json(folder.backups, asdict(record))
    text = metrics(folder.path.name, record, _due_since(folder))
    files.write(folder.backups_metrics, text, mode=files.PUBLIC)


def rename(context: Context, new: str) -> None:
    """The app is called otherwise from now on; its record has moved already."""
    folder = context.layout.app(new)
    files.remove(context.folder.backups_metrics)
    if folder.backups.exists():
        write_record(folder, read_record(folder))


def _due_since(folder: AppFolder) -> int:
    """When the app's schedule was set up; 0 where it has none."""
    try:
        return int(folder.cron_entries.stat().st_mtime)
    except FileNotFoundError:
        return 0


def metrics(app: str, record: Record, due_since: int) -> str:
    """Return the record in the text form of Prometheus; times in seconds since 1970, 0 is never."""
    values = (
        (
            "last_success_timestamp_seconds",
            "When the last good backup began",
            _seconds(record.last_at),
        ),
        ("due_since_timestamp_seconds", "Since when backups are made by the clock", due_since),
        ("last_size_bytes", "What its dumps and files have", record.last_size),
        ("last_duration_seconds", "How long it took", record.last_seconds),
        ("failed", "1 while the last attempt failed", int(bool(record.failed))),
        ("damaged", "1 while the repository is known to be damaged", int(bool(record.damaged))),
        ("upkeep_failed", "1 while the last upkeep failed", int(bool(record.upkeep_failed))),
        ("proven_timestamp_seconds", "When a backup was last proven", _seconds(record.proven_at)),
        ("proof_failed", "1 while the last proof failed", int(bool(record.disproven))),
    )
    about = labels(app)
    return exposition(
        *(Gauge(f"backup_{name}", meaning, [(about, value)]) for name, meaning, value in values)
    )


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp()) if moment else 0


@contextmanager
def recording(context: Context, name: str, *, is_asked: bool = False) -> Iterator[None]:
    """Write down what fails within: ``failed`` of a backup, ``upkeep_failed``, ``disproven``.

    Not where a person is told at once that another job is under way.
    """
    try:
        yield
    except Exception as error:
        if not (is_asked and isinstance(error, Busy)):
            from .failure import KNOWN  # the programs that it knows cost every push time

            is_known = isinstance(error, (DeployError, *KNOWN))
            said = str(error) if is_known else f"an unexpected error, {type(error).__name__}"
            with suppress(OSError):  # a full disk must not hide what went wrong first
                failed = {name: said, f"{name}_at": now()}
                values = {**asdict(read_record(context.folder)), **failed}
                write_record(context.folder, Record(**values))
        raise


@contextmanager
def working(context: Context, seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock of the app's backups; raises Busy when another holds it for so long."""
    if not context.folder.path.is_dir():
        raise DeployError(f"{context.app} has no accepted deploy.d; push it first")
    with ExitStack() as stack:
        try:
            stack.enter_context(file_lock.held(context.folder.backups_lock, seconds=seconds))
        except BlockingIOError:
            what = f"a backup, a restore or a proof of {context.app} is under way"
            raise Busy(f"{what}; try again when it is done") from None
        yield
