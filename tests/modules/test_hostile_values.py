"""Values that would be commands, options or templates elsewhere stay what they are: text."""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import MODULES, answer
from tests.modules.playbook import Host, Task, run_playbook
from tests.modules.test_ordinary_way import TASKS
from tests.unit.library.test_cases import parameters

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOSTILE = (
    "x; touch f",
    "$(touch f)",
    "`touch f`",
    "{{ lookup('pipe', 'touch f') }}",
    "a' ; touch f ; '",
    'a" ; touch f ; "',
    "a\ntouch f",
    "-e",
    "--force",
    "--app=other",
    "../../../etc",
)
# Words of ours that begin with a dash; and those of docker options, whose values they are.
OURS = {
    *("--quiet", "--force", "--format", "--no-restart", "--global", "--version", "--alias"),
    *("--image", "--image-version", "--process-type", "--cpu", "--memory", "--deployed"),
    *("--ports-map", "--ports-map-detected", "--container-dir", "--chown", "-"),
}


@pytest.fixture(scope="module")
def folder(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Goes to an empty folder, where a `touch f` would be seen; an app and a service are there."""
    path = tmp_path_factory.mktemp("hostile")
    here = os.getcwd()
    os.chdir(path)
    host.dokku("apps:create", "far")
    host.dokku("redis:create", "far-redis")
    yield path
    os.chdir(here)


def placed(asked: dict[str, Any], value: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Puts the value in the place of every text, of every element, and of every key."""
    for option, old in asked.items():
        changed = copy.deepcopy(asked)
        if isinstance(old, str):
            changed[option] = value
        elif isinstance(old, list) and old:
            changed[option] = [value]
        elif isinstance(old, dict) and old:
            changed[option] = {value: next(iter(old.values()))}
            yield f"{option} key", changed
            changed = {**changed, option: {next(iter(old)): value}}
        else:
            continue
        yield option, changed


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("module", sorted(set(TASKS) - {"dokku_nginx_conf"}))
def test_hostile_value_is_refused_or_stays_text(
    module: str, value: str, host: Host, folder: Path
) -> None:
    """It runs nothing, never becomes an option of dokku, and a refusal is a clear one."""
    dokku = Dokku(environment=host.environment)
    for option, asked in placed(TASKS[module], value):
        if "choices" in MODULES[module].arguments[option.split()[0]]:
            continue
        count = len(host.calls())
        result = answer(module, dokku, parameters(module, asked), check=False)
        assert "Traceback" not in result.get("msg", "")
        assert bool(result.get("failed")) == ("msg" in result)
        words = [word for call in host.calls()[count:] for word in call]
        allowed = OURS | ({asked["option"]} if "option" in asked else set())
        assert {word for word in words if word.startswith("-")} <= allowed
        assert not [word for word in words if "\n" in word]
    assert not (folder / "f").exists()


def test_hostile_values_of_a_playbook_stay_text(host: Host, folder: Path) -> None:
    """Ansible does not run them either when they are not trusted, nor what modules return."""
    config = {f"V{number}": value for number, value in enumerate(HOSTILE)}
    tasks = [
        Task("dokku_config", {"app": "far", "config": config, "restart": False}),
        Task("dokku_info", {"apps": ["far"], "secrets": True}),
    ]
    answers = run_playbook(host, folder, tasks)
    stored = answers[1]["dokku"]["apps"]["far"]["config"]
    assert {key: stored[key] for key in config} == config
    assert not (folder / "f").exists()
    output = (folder / "output.txt").read_text("utf-8")
    assert "touch f" not in output
    assert "censored" in output
