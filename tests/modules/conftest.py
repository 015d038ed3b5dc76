"""A stand-in host of its own for each file of tests."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.modules.playbook import REPOSITORY, Host, ansible_environment

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Starts a host without the plugin, and takes it away at the end."""
    folder = tmp_path_factory.mktemp("modules")
    root = folder / "host"
    sandbox = [str(REPOSITORY / "script/sandbox")]
    environment = {**os.environ, "DOKKU_SANDBOX": str(root)}
    subprocess.run([*sandbox, "up", "--without-plugin"], env=environment, check=True)
    try:
        variables = ansible_environment(folder)
        path = f"{root / 'bin'}{os.pathsep}{variables['PATH']}"
        library = str(root / "var/lib/dokku")
        yield Host(root, {**variables, "PATH": path, "DOKKU_LIB_ROOT": library})
    finally:
        subprocess.run([*sandbox, "down", "--remove"], env=environment, check=True)
