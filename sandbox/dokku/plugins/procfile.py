"""The Procfile of a release (a part of the plugin `ps`)."""

import os
import re
from pathlib import Path

from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host

LINE = re.compile(r"([A-Za-z0-9_-]+)\s*:\s*(.+)")


def file(host: Host, app: str) -> Path:
    """Return the Procfile of the deploy in progress, else of the last release."""
    home = host.data("ps", app)
    fresh = home / f"Procfile.{os.environ.get('DOKKU_PID')}"
    missing = fresh.with_name(fresh.name + ".missing")
    return fresh if fresh.exists() or missing.exists() else home / "Procfile"


def commands(host: Host, app: str) -> dict[str, str]:
    """Return the command of each process."""
    path = file(host, app)
    return parse(path.read_text(encoding="utf-8")) if path.exists() else {}


def parse(text: str) -> dict[str, str]:
    """Read a Procfile."""
    found = {}
    for line in text.splitlines():
        if not line.strip() or line.strip().startswith("#"):
            continue
        match = LINE.fullmatch(line.strip())
        if not match:
            raise Fail(f"Invalid Procfile: {line.strip()}")
        found[match[1]] = match[2]
    return found
