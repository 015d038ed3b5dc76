"""The module through Ansible, in the controller and the ordinary way, against a real server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.dns.keeper import Keeper, record_list
from tests.dns.servers.zones import SECRET, WRONG_SECRET, ZONE
from tests.modules.playbook import Host, Task, ansible_environment, run_playbook

if TYPE_CHECKING:
    from tests.dns.servers.named import Named

MODULE = "ansible_deploy.dokku.dns_records"


def asked(keeper: Keeper, *lines: str, **options: Any) -> dict[str, Any]:
    """Returns the options of a task."""
    return {
        "provider": "rfc2136",
        "credentials_file": str(keeper.credentials_file),
        "zones": [ZONE],
        "owner": "this",
        "app": "shop",
        "records": record_list(lines, 300),
        **options,
    }


@pytest.mark.parametrize("with_action", [True, False], ids=["in the controller", "as a module"])
def test_the_five_steps(
    with_action: bool, bind: Named, bind_keeper: Keeper, name: str, tmp_path: Path
) -> None:
    host = Host(tmp_path, ansible_environment(tmp_path, with_action=with_action))
    first = asked(bind_keeper, f"A {name} 203.0.113.7", f'CAA {name} 0 issue "x.example"')
    second = asked(bind_keeper, f"A {name} 203.0.113.8", absent=[f"CAA {name}"])
    last = asked(bind_keeper, absent=[f"A {name}", "A shop.example.com"])
    tasks = [
        Task(MODULE, first, check=True),
        Task(MODULE, first),
        Task(MODULE, first),
        Task(MODULE, second),
        Task(MODULE, last),
        Task(MODULE, last),
        Task(MODULE, asked(bind_keeper, f"A hand.{ZONE} 203.0.113.7")),
        Task(MODULE, asked(bind_keeper, f"A {name} not-an-address")),
    ]
    before = bind.writes()
    answers = run_playbook(host, tmp_path, tasks)
    made = [f"+ A {name} 203.0.113.7", f'+ CAA {name} 0 issue "x.example"']
    assert [lines(answer) for answer in answers] == [
        made,
        made,
        [],
        [f"~ A {name} 203.0.113.7 -> 203.0.113.8", f"- CAA {name}"],
        [f"- A {name}"],
        [],
        [],
        [],
    ]
    assert [answer["changed"] for answer in answers] == [bool(lines(answer)) for answer in answers]
    assert answers[0]["diff"] == answers[1]["diff"]
    assert f"{name} 300 A 203.0.113.7" in answers[1]["diff"]["after"]
    assert "shop.example.com is left in place" in answers[4]["warnings"][0]
    assert answers[6]["pending"].startswith(f"no record of {ZONE} was changed: A hand.{ZONE}")
    assert "failed" not in answers[6] or not answers[6]["failed"]
    assert answers[7]["failed"]
    assert "'not-an-address' is not a usable value" in answers[7]["msg"]
    assert bind.writes() == before + 3 + 1  # three changes, and one doubt about another's record


def test_no_secret_in_anything_that_ansible_says(
    bind_keeper: Keeper, name: str, tmp_path: Path
) -> None:
    """At the highest verbosity, with a key that works and with one that does not."""
    host = Host(tmp_path, ansible_environment(tmp_path))
    wrong = tmp_path / "wrong"
    good = bind_keeper.credentials_file.read_text("utf-8")
    wrong.write_text(good.replace(SECRET, WRONG_SECRET), "utf-8")
    task = asked(bind_keeper, f"A {name} 203.0.113.7")
    answers = run_playbook(
        host,
        tmp_path,
        [Task(MODULE, task), Task(MODULE, {**task, "credentials_file": str(wrong)})],
    )
    assert "does not accept the secret of the key full" in answers[1]["pending"]
    said = (tmp_path / "output.txt").read_text("utf-8") + json.dumps(answers)
    assert SECRET not in said
    assert WRONG_SECRET not in said


def lines(answer: dict[str, Any]) -> list[str]:
    """Returns the changes, one line each."""
    return [" ".join(filter(None, change.values())) for change in answer["changes"]]
