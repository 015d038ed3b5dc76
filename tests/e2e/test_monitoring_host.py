"""The operator sets a host up for monitoring with `script/host`, on a sandbox of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.hosts import ROOT, Answer, SandboxHost, start_sandbox
from tests.monitoring.watching import make_tree

PORTS = {"prometheus": 9090, "alertmanager": 9093, "blackbox": 9115, "node": 9100}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxHost]:
    """A host of its own, for its settings become other ones."""
    work = tmp_path_factory.mktemp("repositories")
    host = start_sandbox(tmp_path_factory.mktemp("sandbox") / "host", work)
    yield host
    host.down()


def set_up(host: SandboxHost, variables: dict[str, object], *words: str) -> Answer:
    """Run `script/host` as an operator of the sandbox would."""
    host.environment["DOKKU_LIB_ROOT"] = str(host.lib_root)
    script = str(ROOT / "script/host")
    return host.run(script, "--extra-vars", json.dumps(variables), *words)


def test_the_operator_sets_the_host_up(sandbox: SandboxHost, tmp_path: Path) -> None:
    tree = make_tree(tmp_path / "tree", PORTS)
    data = sandbox.lib_root / "data/ansible-deploy/monitoring"
    variables = {**tree.variables, "monitoring_host_data": str(data)}

    sandbox.dokku("ansible-deploy:set", "--global", "prometheus", "")
    sandbox.dokku("ansible-deploy:set", "--global", "monitoring-reload", "")
    plan = set_up(sandbox, variables, "--check", "--diff")
    assert plan.exit == 0, plan.output
    assert "http://127.0.0.1:9115/-/reload,http://127.0.0.1:9093/-/reload" in plan.stdout
    assert not sandbox.json("ansible-deploy:report", "--global")["global-prometheus"]

    assert set_up(sandbox, variables).exit == 0
    settings = sandbox.json("ansible-deploy:report", "--global")
    assert settings["global-prometheus"] == "http://127.0.0.1:9090"
    assert settings["global-monitoring-reload"].count("/-/reload") == 2
    assert (data / "targets").is_dir()
    assert (data / "alerts/alertmanager.yml").is_file()

    again = set_up(sandbox, variables)
    assert re.search(r"changed=0 .* failed=0", again.stdout), again.output


def test_a_prometheus_elsewhere_is_not_told_to_the_plugin(
    sandbox: SandboxHost, tmp_path: Path
) -> None:
    tree = make_tree(tmp_path / "tree", PORTS, is_local=False, prometheus="")
    assert set_up(sandbox, tree.variables).exit == 0
    settings = sandbox.json("ansible-deploy:report", "--global")
    assert settings["global-prometheus"] == ""
    assert settings["global-monitoring-reload"] == "http://127.0.0.1:9115/-/reload"


def test_without_the_plugin_installed_it_says_so(sandbox: SandboxHost, tmp_path: Path) -> None:
    sandbox.environment["DOKKU_LIB_ROOT"] = str(tmp_path)
    answer = sandbox.run(str(ROOT / "script/host"), "--check")
    assert answer.exit == 78
    assert "dokku plugin:update ansible-deploy" in answer.stderr
