"""One host for all end-to-end tests; each test leaves it as it found it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.backups import disk, home, shop
from tests.e2e.hosts import Host, SandboxHost, connect_dokku, start_sandbox
from tests.e2e.names import names
from tests.e2e.watching import watching

__all__ = ["disk", "home", "names", "shop", "watching"]


@pytest.fixture(scope="session")
def shared_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """The host that all tests share."""
    work = tmp_path_factory.mktemp("repositories")
    if os.environ.get("DOKKU_TEST_HOST") == "dokku":
        host = connect_dokku(work)
        yield host
        host.dokku("ssh-keys:remove", "e2e-tests", check=False)
        return
    sandbox = start_sandbox(tmp_path_factory.mktemp("sandbox") / "host", work)
    yield sandbox
    sandbox.down()


@pytest.fixture
def host(shared_host: Host) -> Iterator[Host]:
    """The host, without apps of other tests."""
    yield shared_host
    shared_host.clear()


@pytest.fixture
def sandbox(host: Host) -> SandboxHost:
    """The host, for tests that look behind its `dokku`; a real one is left out."""
    if not isinstance(host, SandboxHost):
        pytest.skip("looks into the sandbox")
    return host


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A place for an app's repository."""
    return tmp_path / "tree"
