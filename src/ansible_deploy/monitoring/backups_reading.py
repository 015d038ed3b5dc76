"""What files say about the backups of one app; reads only, as ``readings`` does."""

from __future__ import annotations

from dataclasses import dataclass

from .. import files
from ..backups.record import Record, read_record
from ..backups.standing import missed, missed_proof
from ..layout import AppFolder
from .readings import check_texts, moment


@dataclass(frozen=True)
class Backups:
    """The record of the backups, whether any are made by the clock, and what is late (ISO)."""

    record: Record
    is_scheduled: bool = False
    missed: str = ""
    missed_proof: str = ""
    is_undecided: bool = False


def read_backups(folder: AppFolder) -> Backups:
    """Return how the app's backups stand."""
    record = read_record(folder)
    check_texts(record)
    for text in (record.last_at, record.failed_at, record.proven_at, record.disproven_at):
        moment(text or "1970-01-01")
    return Backups(
        record,
        is_scheduled=":backup " in files.read_text(folder.cron_entries),
        missed=missed(folder, record),
        missed_proof=missed_proof(folder, record),
        is_undecided=folder.turn.exists(),
    )
