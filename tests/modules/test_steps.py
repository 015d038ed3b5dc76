"""Five steps for every module, in the controller: check mode, create, again, update, absent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.made_certificates import NOW, make
from tests.modules.playbook import Host, Task, run_playbook

TABLE = yaml.safe_load((Path(__file__).parent / "steps.yml").read_text("utf-8"))
PREFIX = "ansible_deploy.dokku."
WITH_FILES_OF_THEIR_OWN = {
    "backup_job",
    "dns_by_hand",
    "dns_records",
    "dokku_letsencrypt",
    "dokku_nginx_conf",
}

OWN = make(("shop.example.org", "www.shop.example.org"))
CERTIFICATES = {
    "OWN CERTIFICATE": OWN.certificate,
    "OTHER CERTIFICATE": make(("shop.example.org",)).certificate,
    "OWN KEY": OWN.key,
    "UNTIL": f"valid until {NOW + timedelta(days=90):%Y-%m-%d}",
}


def load_steps() -> list[tuple[str, dict[str, Any]]]:
    """Returns module and step in the order in which they run; `again` repeats its predecessor."""
    steps: list[tuple[str, dict[str, Any]]] = []
    for entry in TABLE:
        for step in entry["steps"]:
            if step != "again":
                steps.append((entry["module"], step))
                continue
            repeated = {"asked": steps[-1][1]["asked"], "changes": []}
            steps.append((entry["module"], repeated))
    return steps


STEPS = load_steps()
NAMES = [f"{number} {module}" for number, (module, _) in enumerate(STEPS)]


def filled(value: Any, words: dict[str, str]) -> Any:
    """Puts in what differs from host to host."""
    if isinstance(value, str):
        for name, text in words.items():
            value = value.replace(name, text)
        return value
    if isinstance(value, list):
        return [filled(element, words) for element in value]
    if isinstance(value, dict):
        return {filled(key, words): filled(element, words) for key, element in value.items()}
    return value


@pytest.fixture(scope="module")
def steps(host: Host) -> list[dict[str, Any]]:
    """Returns the steps with paths and names of this host."""
    domain = host.dokku("domains:report", "--global", "--domains-global-vhosts").strip()
    words = {"STORAGE": str(host.storage), "DEFAULT": f"shop.{domain}", **CERTIFICATES}
    return [filled(step, words) for _, step in STEPS]


@pytest.fixture(scope="module")
def answers(
    host: Host, steps: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, Any]]:
    """Runs all steps in one process; by short and by full name in turn."""
    tasks = [
        Task(
            (PREFIX if number % 2 else "") + module,
            step["asked"],
            step.get("check", False),
            tuple(step.get("proof", {})),
        )
        for number, ((module, _), step) in enumerate(zip(STEPS, steps, strict=True))
    ]
    return run_playbook(host, tmp_path_factory.mktemp("steps"), tasks)


@pytest.mark.parametrize("number", range(len(STEPS)), ids=NAMES)
def test_step(number: int, answers: list[dict[str, Any]], steps: list[dict[str, Any]]) -> None:
    """Changes are those of the table, and the host then says the same."""
    answer, step = answers[number], steps[number]
    assert not answer.get("failed"), answer.get("msg")
    assert lines(answer["changes"]) == step["changes"]
    assert answer["changed"] == bool(step["changes"])
    assert (answer["diff"]["before"] != answer["diff"]["after"]) >= answer["changed"]
    said = [text.strip() for text in answer["proof"]]
    assert said == [str(text).strip() for text in step.get("proof", {}).values()]
    assert step.get("warns", "") in " ".join(answer.get("warnings", []))


def test_every_module_has_its_steps() -> None:
    """A module without steps would not be tested at all."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import MODULES

    assert {entry["module"] for entry in TABLE} == MODULES.keys() - WITH_FILES_OF_THEIR_OWN


def test_a_module_costs_little_beyond_its_calls(answers: list[dict[str, Any]], host: Host) -> None:
    """No step reads more than it has to: the whole table takes few calls for each step."""
    assert len(host.calls()) < len(answers) * 5


def test_secrets_of_the_table_are_in_no_output(
    answers: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Not in what Ansible printed with diff and verbosity, not in what modules returned."""
    output = (tmp_path_factory.getbasetemp() / "steps0" / "output.txt").read_text("utf-8")
    shown = str([each for each in answers if not each["proof"]])
    for secret in ("touch f", OWN.key.splitlines()[1]):
        assert secret not in output
        assert secret not in shown


def lines(changes: list[dict[str, str]]) -> list[str]:
    """Writes changes as one line each."""
    return [" ".join(filter(None, change.values())) for change in changes]
