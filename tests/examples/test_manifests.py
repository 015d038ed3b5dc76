"""Every example's deploy.d is well formed, also for the apps of its overlays."""

from pathlib import Path

import pytest

from ansible_deploy.manifest import load_manifest
from ansible_deploy.vault import Vault

EXAMPLES = Path(__file__).parents[2] / "examples"
APPS = [
    ("hello", "hello"),
    ("guestbook", "guestbook"),
    ("with-plays", "with-plays"),
    ("full", "full"),
    ("full", "full-staging"),
]


@pytest.mark.parametrize(("example", "app"), APPS)
def test_an_example_is_well_formed(example: str, app: str) -> None:
    vault = Vault(EXAMPLES / example / "vault-password.example", app)
    manifest = load_manifest(EXAMPLES / example / "deploy.d", app, vault)
    assert f"{app}.example.org" in manifest.domains.names


def test_every_example_is_tested_and_complete() -> None:
    found = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    assert found == {example for example, _ in APPS}
    for name in found:
        for file in ("README.md", "Procfile", "Dockerfile", "deploy.d/deploy.yml"):
            assert (EXAMPLES / name / file).is_file(), f"{name} has no {file}"


def test_readmes_are_short() -> None:
    for path in EXAMPLES.glob("*/README.md"):
        assert 8 <= len(path.read_text().splitlines()) <= 40, path
