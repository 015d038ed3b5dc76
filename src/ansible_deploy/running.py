"""Which code of an app runs, as far as Dokku and our own record tell."""

from __future__ import annotations

from .context import Context
from .record import read_state
from .routing import is_deploying


def live_revision(context: Context, incoming: str = "") -> str:
    """The revision that runs: the app's branch moves when a push is through.

    It has moved already where the deploy under way, of ``incoming``, comes from an image or an
    archive (0.38.27); then what we recorded is the one before.
    """
    answer = context.dokku.run("git:report", context.app, "--git-sha", check=False)
    live = answer.stdout.strip() if answer.exit == 0 else ""
    recorded = read_state(context.folder, context.app).revision
    return recorded if live in ("", "HEAD", incoming) else live


def steady_revision(context: Context) -> str:
    """The revision that runs; empty while a deploy is under way, whose release may change data."""
    return "" if is_deploying(context) else live_revision(context)
