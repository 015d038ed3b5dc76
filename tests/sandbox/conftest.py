"""One sandbox for the tests of the stand-in; it goes down whatever happens."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def running(root: Path) -> Iterator[Path]:
    """A running sandbox without the plugin."""
    try:
        started = control(root, "up", "--without-plugin")
        assert started.returncode == 0, started.stdout + started.stderr
        yield root
    finally:
        control(root, "down", "--remove")


@pytest.fixture(scope="session")
def sandbox_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The root of the sandbox that most tests share."""
    with running(tmp_path_factory.mktemp("sandbox") / "host") as root:
        yield root
