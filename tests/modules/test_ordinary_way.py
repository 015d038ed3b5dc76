"""Modules as Ansible brings them to another host: packed, copied, and run by a Python there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import MODULES
from tests.made_certificates import make
from tests.modules.playbook import Host, Task, ansible_environment, run_playbook

if TYPE_CHECKING:
    from pathlib import Path

APP = {"app": "far"}
OWN = make(("far.example.org",))
TASKS: dict[str, dict[str, Any]] = {
    "backup_job": {
        **APP,
        "origin": "far",
        "file": "/nowhere/cron-entries",
        "lines": ["0 3 * * *;true"],
        "target": "offsite",
        "repository": "/nowhere/far",
    },
    "checked_file": {"path": "/nowhere/file", "content": "text", "validate": ["nowhere", "%s"]},
    "dns_by_hand": {"records": []},
    "dns_records": {
        **APP,
        "provider": "rfc2136",
        "credentials_file": "/nowhere",
        "zones": [],
        "owner": "far",
        "absent": ["A far.example.org"],
    },
    "dokku_app": APP,
    "dokku_certs": {**APP, "certificate": OWN.certificate, "key": OWN.key},
    "dokku_checks": {**APP, "state": "absent"},
    "dokku_config": {**APP, "config": {"TOKEN": "far-away-secret"}, "restart": False},
    "dokku_docker_options": {**APP, "phase": "run", "option": "--memory=64m"},
    "dokku_domains": {**APP, "domains": ["far.example.org"], "state": "set"},
    "dokku_info": {"apps": []},
    "dokku_issuer": APP,
    "dokku_letsencrypt": {**APP, "email": "a@example.org", "domains": ["far.example.org"]},
    "dokku_network": {"name": "far-net"},
    "dokku_nginx_conf": {**APP, "files": {}},
    "dokku_ports": {**APP, "mappings": ["http:80:5000"]},
    "dokku_property": {**APP, "plugin": "nginx", "property": "hsts", "value": False},
    "dokku_proxy": {**APP, "state": "absent"},
    "dokku_resource_limit": {**APP, "resources": {"cpu": 1}},
    "dokku_resource_reserve": {**APP, "resources": {"cpu": 1}},
    "dokku_service_create": {"service": "redis", "name": "far-redis"},
    "dokku_service_link": {**APP, "service": "redis", "name": "far-redis"},
    "dokku_storage": {**APP, "mounts": ["/data:/data"]},
    "monitoring_files": {
        **APP,
        "directory": "/dev/null/monitoring",  # no host has a place there, whoever asks
        "host": "here",
        "domains": ["far.example.org"],
        "ports": ["http:80:5000"],
    },
}
UNCHANGED = {"dns_by_hand", "dns_records", "dokku_info", "dokku_issuer", "dokku_nginx_conf"}


@pytest.fixture(scope="module")
def far(host: Host, tmp_path_factory: pytest.TempPathFactory) -> tuple[Host, Path]:
    """Returns the host with Ansible that knows modules but not their action."""
    folder = tmp_path_factory.mktemp("far")
    plain = ansible_environment(folder, with_action=False)
    kept = {key: host.environment[key] for key in ("PATH", "DOKKU_LIB_ROOT")}
    return Host(host.root, {**plain, **kept}), folder


def test_every_module_runs_on_its_own_and_writes_nothing_in_check_mode(
    far: tuple[Host, Path],
) -> None:
    """All that a module imports travels with it; on a host without anything a plan works."""
    assert TASKS.keys() == MODULES.keys()
    before = written(far[0])
    tasks = [Task(name, asked, check=True) for name, asked in TASKS.items()]
    answers = dict(zip(TASKS, run_playbook(*far, tasks), strict=True))
    assert {name: each.get("msg") for name, each in answers.items() if each.get("failed")} == {}
    assert {name for name, each in answers.items() if not each["changed"]} == UNCHANGED
    assert written(far[0]) == before
    assert "far-away-secret" not in output(far[1])
    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in output(far[1])


def test_module_writes_refuses_and_hides(far: tuple[Host, Path]) -> None:
    """The same answers as in the controller."""
    asked = TASKS["dokku_config"]
    tasks = [
        Task("dokku_app", APP),
        Task("dokku_config", asked),
        Task("dokku_config", asked),
        Task("dokku_config", {**APP, "config": {"TOKEN": ["far-away-secret"]}}),
        Task("dokku_domains", {**APP, "domains": ["-e"]}),
        Task("dokku_config", {"app": "nowhere", "config": {"A": "1"}}),
        Task("dokku_app", {**APP, "state": "absent"}),
    ]
    answers = run_playbook(*far, tasks)
    assert [each["changed"] for each in answers] == [True, True, False, False, False, False, True]
    assert [each.get("failed", False) for each in answers] == [False] * 3 + [True] * 3 + [False]
    assert "TOKEN must be text" in answers[3]["msg"]
    assert "'-e' is not a usable domain" in answers[4]["msg"]
    assert "App nowhere does not exist" in answers[5]["msg"]
    assert "Traceback" not in output(far[1])
    assert "far-away-secret" not in output(far[1])


def test_action_hands_the_module_over_when_it_cannot_run_it(
    host: Host, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In the background only a module on the host can run."""
    folder = tmp_path_factory.mktemp("background")
    tasks = [
        Task("ansible_deploy.dokku.dokku_app", {"app": "later"}, keywords=background()),
        Task("dokku_app", {"app": "later"}),
        Task("dokku_app", {"app": "later", "state": "absent"}),
    ]
    answers = run_playbook(host, folder, tasks)
    assert [each["changed"] for each in answers] == [True, False, True]
    assert "ansible_job_id" in answers[0]


def background() -> tuple[tuple[str, Any], ...]:
    """Returns the keywords of a task that runs in the background."""
    return (("async", 30), ("poll", 1))


def written(host: Host) -> list[list[str]]:
    """Returns the calls so far that are no reads."""
    reads = ("exists", "report", "list", "export", "keys", "linked", "app-links", "show", "active")
    return [
        call
        for call in host.calls()
        if not any(word.rpartition(":")[2] in reads for word in call) and call != ["version"]
    ]


def output(folder: Path) -> str:
    """Returns all that Ansible printed there, with diff and verbosity."""
    return (folder / "output.txt").read_text("utf-8")
