"""The list of an app's backups, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..context import Context
from .catalog import Backup
from .record import read_record

ROW = "{:<8}  {:<16}  {:<14}  {:<8}  {:<10}  {}"
TITLES = ("ID", "Time (UTC)", "Reason", "Revision", "Proven", "Host")


def print_list(context: Context, backups: Sequence[Backup], *, is_json: bool) -> None:
    """Print the backups, newest first."""
    record = read_record(context.folder)
    newest_first = [*reversed(backups)]
    if is_json:
        rows = [_row(each, is_proven=each.id == record.proven) for each in newest_first]
        print(json.dumps(rows))
        return
    print(f"=====> Backups of {context.app}")
    if not backups:
        print("       none yet")
        return
    print(f"       {ROW.format(*TITLES)}")
    for each in newest_first:
        proven = record.proven_at[:10] if each.id == record.proven else "-"
        host = each.snapshot.host + (", ahead of this host's clock" if each.is_ahead else "")
        time = f"{each.snapshot.time:%Y-%m-%d %H:%M}"
        revision = each.revision[:8] or "-"
        print(f"       {ROW.format(each.id, time, each.reason, revision, proven, host)}")


def _row(backup: Backup, *, is_proven: bool) -> dict[str, object]:
    return {
        "id": backup.id,
        "at": backup.at,
        "reason": backup.reason,
        "revision": backup.revision,
        "host": backup.snapshot.host,
        "proven": is_proven,
    }
