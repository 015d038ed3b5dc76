"""One sandbox for the tests of the stand-in; it goes down whatever happens."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.recordings import REPOSITORY


def control(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run script/sandbox for one host."""
    return subprocess.run(
        [REPOSITORY / "script/sandbox", *words],
        env={**os.environ, "DOKKU_SANDBOX": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def sandbox_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The root of a running sandbox without the plugin."""
    root = tmp_path_factory.mktemp("sandbox") / "host"
    started = control(root, "up", "--without-plugin")
    try:
        assert started.returncode == 0, started.stdout + started.stderr
        yield root
    finally:
        control(root, "down", "--remove")
