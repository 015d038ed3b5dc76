"""The list of an app's backups, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..context import Context
from .catalog import Backup
from .record import read_record
from .standing import age

ROW = "{:<9} {:<21} {:<15} {:<9} {}"


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
    print(f"       {ROW.format('ID', 'Time (UTC)', 'Reason', 'Revision', 'Host')}")
    for each in newest_first:
        host = each.snapshot.host
        proven = f", proven {age(record.proven_at)}" if each.id == record.proven else ""
        ahead = ", ahead of this host's clock" if each.is_ahead else ""
        words = host + proven + ahead
        row = ROW.format(each.id, each.at, each.reason, each.revision[:8] or "-", words)
        print(f"       {row}")


def _row(backup: Backup, *, is_proven: bool) -> dict[str, object]:
    return {
        "id": backup.id,
        "at": backup.at,
        "reason": backup.reason,
        "revision": backup.revision,
        "host": backup.snapshot.host,
        "proven": is_proven,
    }
