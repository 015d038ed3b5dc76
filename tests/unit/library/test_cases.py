"""Every case of `cases/*.yml`: what a module is asked for, what is there, what it does about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import MODULES, answer
from tests.unit.library.scripted import ScriptedDokku

FOLDER = Path(__file__).parent / "cases"


def load_cases() -> list[Any]:
    """Reads all files; the file's name is the module's."""
    return [
        pytest.param(f"dokku_{path.stem}", case, id=f"{path.stem}: {case['case']}")
        for path in sorted(FOLDER.glob("*.yml"))
        for case in yaml.safe_load(path.read_text("utf-8"))
    ]


def parameters(module: str, given: dict[str, Any]) -> dict[str, Any]:
    """Completes parameters as Ansible does."""
    definition = MODULES[module]
    result = ArgumentSpecValidator(definition.arguments, **definition.rules).validate(given)
    assert result.error_messages == []
    return dict(result.validated_parameters)


def lines(changes: list[dict[str, str]]) -> list[str]:
    """Writes changes as one line each."""
    return [" | ".join(filter(None, change.values())) for change in changes]


@pytest.mark.parametrize(("module", "case"), load_cases())
def test_module_writes_exactly_what_differs(module: str, case: dict[str, Any]) -> None:
    """Changes and calls are those of the case."""
    dokku = ScriptedDokku(case["world"])
    result = answer(module, dokku, parameters(module, case["asked"]), check=False)
    if "fails" in case:
        assert result["failed"]
        assert case["fails"] in result["msg"]
        assert dokku.writes == case.get("writes", [])
        return
    assert "failed" not in result, result["msg"]
    assert lines(result["changes"]) == case.get("changes", [])
    assert result["changed"] == bool(case.get("changes"))
    assert dokku.writes == case.get("writes", [])
    assert result.get("warnings", []) == case.get("warnings", [])
    assert case.get("pending", "") in result.get("pending", "")
    assert bool(result.get("pending")) == bool(case.get("pending"))
    notes, expected = result.get("notes", []), case.get("notes", [])
    assert len(notes) == len(expected)
    assert all(text in note for text, note in zip(expected, notes, strict=True))
    for line, text in case.get("stdin", {}).items():
        assert dokku.stdin[tuple(line.split())] == text
    if "after" in case:
        assert result["diff"]["after"] == case["after"]


@pytest.mark.parametrize(("module", "case"), load_cases())
def test_check_mode_says_the_same_and_writes_nothing(module: str, case: dict[str, Any]) -> None:
    """Check mode tells the very changes of the real run."""
    dokku = ScriptedDokku(case["world"])
    result = answer(module, dokku, parameters(module, case["asked"]), check=True)
    if case.get("fails") and not case.get("only_when_applied"):
        assert result["failed"]
    else:
        expected = case.get("changes_in_check_mode", case.get("changes", []))
        assert lines(result["changes"]) == expected
    assert dokku.writes == []
