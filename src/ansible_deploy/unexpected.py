"""An exception that is a bug of ours: its traceback goes to a file, and one line says so."""

from __future__ import annotations

import sys
import traceback
from datetime import UTC, datetime

from . import files
from .layout import Layout
from .report import Report


def keep(name: str) -> None:
    """Keep the traceback of the exception that is being handled, and say where; ``name`` failed."""
    text = traceback.format_exc()
    path = Layout.from_environment().data / "errors" / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.txt"
    try:
        files.write(path, text)
        place = f"please report it with {path}"
    except OSError as error:
        place = f"its description could not be written to {path} ({error.strerror})"
    Report(sys.stderr).warning(f"ansible-deploy: an unexpected error in {name}; {place}")
