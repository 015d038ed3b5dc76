"""script/demo: what README.md and its own last lines promise, and that it leaves nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.sandbox.recordings import REPOSITORY


def demo(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run script/demo for a host below this folder."""
    return subprocess.run(
        [REPOSITORY / "script/demo", *words],
        env={**os.environ, "DOKKU_SANDBOX": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_the_demo_shows_an_app_with_a_proven_backup_and_then_leaves_nothing(tmp_path: Path) -> None:
    root = tmp_path / "host"
    try:
        shown = demo(root)
    finally:
        ended = demo(root, "--down")
    assert shown.returncode == 0, shown.stdout
    assert " of guestbook is proven to restore, 1 row and 0 files, " in shown.stdout
    assert 'probe_success{app="guestbook"' in shown.stdout
    *_, status_page, address = shown.stdout.splitlines()
    assert status_page.startswith("=====> How all apps are: http://status.localhost:")
    assert address.startswith("=====> The guestbook is open: https://guestbook.localhost:")
    assert ended.returncode == 0, ended.stdout
    assert not root.exists()
