"""Every folder below tests/cases/manifest and tests/cases/hostile is a test.

A case is a `deploy.d` (see tests/cases/materialise.py) with either `expected.json`, what the
manifest asks for, or `expected.txt`, the exact words in which it is refused. `case.json` may name
the app. `vault-password` holds the password that the server has.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_deploy import bundle
from ansible_deploy.errors import DeployError
from ansible_deploy.manifest import App, Manifest, load_manifest
from ansible_deploy.manifest.concerns import CONCERNS
from ansible_deploy.secret import Secret
from ansible_deploy.vault import Vault
from tests.cases.materialise import archive, materialise

CASES = Path(__file__).parents[2] / "cases"
FOLDERS = sorted(path.parent for path in CASES.glob("*/*/expected.*"))
LIB_ROOT = Path("/var/lib/dokku")


@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_case(case: Path, tmp_path: Path) -> None:
    assert judge(case, tmp_path) == expected(case)


def test_there_are_at_least_sixty_hostile_folders() -> None:
    assert len(list(CASES.glob("hostile/*/expected.txt"))) >= 60


def test_every_case_has_an_expectation() -> None:
    assert {
        path for path in CASES.glob("*/*") if path.is_dir() and path.name != "__pycache__"
    } == set(FOLDERS)


def judge(case: Path, scratch: Path) -> str:
    """Return what is said about a case: its refusal, or the manifest as JSON."""
    app = _app(case)
    tree, copy = scratch / "tree", scratch / "copy"
    tree.mkdir()
    copy.mkdir()
    stream = archive(case)
    try:
        if stream:
            found = bundle.capture_archive(stream, copy)
            assert found
        else:
            materialise(case, tree)
            found = bundle.capture(tree, copy)
        manifest = load_manifest(found.folder, app.name, Vault(case / "vault-password", app.name))
    except DeployError as error:
        return f"{error}\n"
    return in_json(manifest, app)


def expected(case: Path) -> str:
    """Return what the case expects to be said."""
    refusal = case / "expected.txt"
    return (refusal if refusal.is_file() else case / "expected.json").read_text("utf-8")


def in_json(manifest: Manifest, app: App) -> str:
    """Return what the manifest asks for, without the concerns that ask for nothing special."""
    blank = Manifest()
    asked: dict[str, Any] = {"counts": manifest.counts()}
    if manifest.config.required:
        asked["required"] = manifest.config.required
    for name in CONCERNS:
        concern = getattr(manifest, name)
        if concern != getattr(blank, name):
            asked[name] = {"items": concern.items(app), **concern.variables(app)}
    return json.dumps(asked, indent=2, default=_masked, ensure_ascii=False) + "\n"


def _masked(value: object) -> str:
    assert isinstance(value, Secret)
    return str(value)


def _app(case: Path) -> App:
    path = case / "case.json"
    words = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return App(
        words.get("app", "shop"),
        LIB_ROOT,
        zones=("example.org",),
        ipv4="203.0.113.7",
        ipv6="2001:db8::7",
        has_acme=True,
    )
