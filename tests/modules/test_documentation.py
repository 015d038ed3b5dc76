"""Documentation, arguments and files of the modules never drift apart."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import MODULES
from tests.modules.playbook import PLUGINS, ansible_environment

DESCRIBED = ("type", "required", "default", "choices", "elements")


@pytest.fixture(scope="module")
def documentation(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Returns what `ansible-doc` shows of every module."""
    folder = tmp_path_factory.mktemp("documentation")
    names = [f"ansible_deploy.dokku.{name}" for name in MODULES]
    words = [str(Path(sys.executable).parent / "ansible-doc"), "--type", "module", "--json", *names]
    run = subprocess.run(
        words, env=ansible_environment(folder), capture_output=True, text=True, check=True
    )
    shown: dict[str, Any] = json.loads(run.stdout)
    return {name.rpartition(".")[2]: content for name, content in shown.items()}


@pytest.mark.parametrize("name", MODULES)
def test_documented_options_are_the_arguments(name: str, documentation: dict[str, Any]) -> None:
    """Same names, types, defaults, choices; each with a description."""
    options = documentation[name]["doc"]["options"]
    assert {key: described(option) for key, option in options.items()} == {
        key: described(argument) for key, argument in MODULES[name].arguments.items()
    }
    assert all(option["description"] for option in options.values())


def described(option: dict[str, Any]) -> dict[str, Any]:
    """Returns what documentation and arguments have in common."""
    shown = {key: option[key] for key in DESCRIBED if option.get(key) is not None}
    return {key: value for key, value in shown.items() if (key, value) != ("required", False)}


@pytest.mark.parametrize("name", MODULES)
def test_module_supports_check_mode_and_diff(name: str, documentation: dict[str, Any]) -> None:
    """Every module does, without exception."""
    attributes = documentation[name]["doc"]["attributes"]
    assert attributes["check_mode"]["support"] == "full"
    assert attributes["diff_mode"]["support"] == "full"


@pytest.mark.parametrize("name", MODULES)
def test_module_shows_an_example_of_itself(name: str, documentation: dict[str, Any]) -> None:
    """By its full name; and it says what it returns."""
    assert f"ansible_deploy.dokku.{name}:" in documentation[name]["examples"]
    assert "changes" in documentation[name]["return"]


def test_every_module_has_a_file_and_an_action() -> None:
    """The action is a link to the one plugin."""
    modules = {path.stem for path in (PLUGINS / "modules").glob("*.py")}
    links = [path for path in (PLUGINS / "action").glob("*.py") if path.name != "dokku.py"]
    assert modules == {path.stem for path in links} == MODULES.keys()
    assert {path.readlink() for path in links} == {Path("dokku.py")}


def test_only_secrets_are_kept_out_of_logs() -> None:
    """A needless `no_log` hides what people must see."""
    hidden = {
        (name, key)
        for name, definition in MODULES.items()
        for key, argument in definition.arguments.items()
        if argument.get("no_log")
    }
    assert hidden == {("dokku_certs", "key"), ("dokku_config", "config")}
