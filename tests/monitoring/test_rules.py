"""Every rule fires after its time and not before, for the app that is meant and no other."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.ansible_deploy.dokku.plugins.filter.hurried import hurried
from tests.monitoring.rule_cases import RULES, alerts, load_cases, promtool_file

CASES = load_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['alert']}: {case['case']}")
def test_rule(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "case.yml"
    file.write_text(yaml.safe_dump(promtool_file(case)), "utf-8")
    words = ["promtool", "test", "rules", str(file)]
    run = subprocess.run(words, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_promtool_accepts_the_rules() -> None:
    run = subprocess.run(["promtool", "check", "rules", RULES], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "FAILED" not in run.stdout + run.stderr


def test_every_wait_is_divided_where_a_host_is_in_a_hurry() -> None:
    assert not re.search(r"for: \d+m", hurried(RULES.read_text("utf-8"), 60))


def test_every_alert_has_a_case_in_which_it_fires_and_a_time_at_which_it_does_not() -> None:
    names = {rule["alert"] for rule in alerts()}
    assert {case["alert"] for case in CASES} == names
    for name in names:
        times = [
            told for case in CASES if case["alert"] == name for told in case["firing"].values()
        ]
        fires = [any(text.split(" ")[0] == name for text in told) for told in times]
        assert any(fires), name
        assert name == "Watchdog" or not all(fires), name


def test_every_alert_says_whose_it_is_and_what_to_do() -> None:
    for rule in alerts():
        assert set(rule["labels"]) == {"severity", "scope"}, rule["alert"]
        assert set(rule["annotations"]) == {"summary", "description"}, rule["alert"]
        assert re.search(r"dokku |systemctl |script/", rule["annotations"]["description"])
        is_of_app = rule["labels"]["scope"] == "app"
        assert ("$labels.app" in rule["annotations"]["description"]) == is_of_app, rule["alert"]
        assert rule["alert"] == "Watchdog" or re.fullmatch(r"\d+m", rule["for"]), rule["alert"]
        assert not re.search(r"\b(revision|instance)\b", rule["expr"]), rule["alert"]
