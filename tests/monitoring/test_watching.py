"""A real Prometheus, as the role sets it up, with 500 apps: labels, load, alerts and dashboard."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dns.servers.process import free_port
from tests.monitoring.many_apps import write_app, write_apps
from tests.monitoring.rule_cases import ROLE, alerts
from tests.monitoring.watching import Watching, make_tree
from tests.waiting import wait_for

APPS = 500
INTERVAL = 5
COLLECTORS = ("textfile", "cpu", "meminfo", "loadavg", "filesystem")
UNSEEN = {"NightlyStopped", "CertificateExpires", "DiskFills", "MemoryShort", "LoadHigh"}
"""What this machine, and addresses without TLS, give no reason for."""


@pytest.fixture(scope="module")
def watching(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watching]:
    """Prometheus and exporters that have seen all apps; no address answers, nor Alertmanager."""
    root = tmp_path_factory.mktemp("watching") / "host"
    names = ("prometheus", "alertmanager", "blackbox", "node")
    nobody = f"127.0.0.1:{free_port()}"
    tree = make_tree(
        root,
        {name: free_port() for name in names},
        interval=f"{INTERVAL}s",
        hurry=60,
        proxy_targets=[nobody],
        arguments={
            "prometheus": f"--storage.tsdb.path={root}/tsdb",
            "prometheus-alertmanager": f"--storage.path={root}/alertmanager",
            "prometheus-node-exporter": "--collector.disable-defaults "
            + " ".join(f"--collector.{name}" for name in COLLECTORS),
        },
    )
    run = tree.play()
    assert run.returncode == 0, run.stdout
    write_apps(tree.data, APPS, f"http://{nobody}/")
    write_app(tree.data, "moved", f"http://{nobody}/", is_well=False, host="beta")
    (tree.root / "textfiles/debian.prom").write_text(
        'apt_upgrades_pending{arch="all"} 3\nping_seconds{host="gateway"} 1\n'
    )
    found = Watching(tree)
    found.start("prometheus", "prometheus-node-exporter", "prometheus-blackbox-exporter")
    try:
        wait_for(lambda: found.value("count(probe_success)") == APPS + 2)  # the proxy's, and moved
        wait_for(lambda: found.value("count(ansible_deploy_watch_info)") == APPS + 1)
        yield found
    finally:
        found.stop()


def test_host_is_right_on_what_the_host_and_what_the_plugin_measured(watching: Watching) -> None:
    assert [each["metric"]["host"] for each in watching.query("node_load15")] == ["alpha"]
    for query in ('ansible_deploy_watch_info{app="moved"}', 'probe_success{app="moved"}'):
        (found,) = watching.query(query)  # its files are of the time when the host was called beta
        assert found["metric"]["host"] == "alpha"
    assert watching.value("count(ansible_deploy_watch_info{host='alpha'})") == APPS + 1
    (found,) = watching.query("ping_seconds")  # of another program
    assert found["metric"]["host"] == "gateway"
    assert watching.query('{exported_host!=""}') == []
    for job in ("ansible-deploy-proxy", "prometheus", "alertmanager"):
        assert watching.query(f'up{{job="{job}", host!="alpha"}}') == []
        assert watching.query(f'up{{job="{job}", host="alpha"}}')


def test_the_distribution_s_own_textfiles_are_read_as_before(watching: Watching) -> None:
    assert watching.value("apt_upgrades_pending") == 3
    assert watching.value("node_textfile_scrape_error") == 0


def test_the_host_s_interval_is_over_that_of_apps(watching: Watching) -> None:
    targets = watching.api("targets", state="active")["activeTargets"]
    assert {each["scrapeInterval"] for each in targets} == {f"{INTERVAL}s"}
    probes = [each for each in targets if each["labels"]["job"] == "ansible-deploy"]
    assert len(probes) == APPS + 1
    assert {each["health"] for each in probes} == {"up"}
    assert {"app", "host", "revision", "instance", "job"} == set(probes[0]["labels"])


@pytest.fixture
def unwatched(watching: Watching) -> Iterator[None]:
    """An app of which the metrics are not read, and a file that cannot be."""
    data = watching.tree.data
    target = json.loads((data / "targets/app-001.json").read_text())
    target[0]["labels"]["app"] = "unread"
    paths = [data / "targets/unread.json", data / "metrics/unread_watch.prom"]
    for path, text in zip(paths, (json.dumps(target), "}{\n"), strict=True):
        path.write_text(text)
    yield
    for path in paths:
        path.unlink()


@pytest.mark.usefixtures("unwatched")
def test_what_fires_says_whose_it_is_and_what_to_do(watching: Watching) -> None:
    wanted = {rule["alert"] for rule in alerts()} - UNSEEN

    def firing() -> list[dict[str, Any]]:
        found = watching.api("alerts")["alerts"]
        return [each for each in found if each["state"] == "firing"]

    def missing() -> set[str]:
        return wanted - {each["labels"]["alertname"] for each in firing()}

    wait_for(lambda: not missing(), say=missing)
    for each in firing():
        labels, texts = each["labels"], " ".join(each["annotations"].values())
        assert not re.search(r"<no value>|error expanding|\{\{", texts), texts
        if labels["scope"] == "app":
            assert labels["app"] in texts
            assert (labels["host"], labels["channels"]) == ("alpha", ",ops,")
        assert not labels.keys() & {"revision", "instance", "exported_host"}


def test_500_apps_all_down_at_once_are_judged_within_the_interval(watching: Watching) -> None:
    wait_for(lambda: watching.value('count(ALERTS{alertname="AppDown"})') == APPS + 1)
    wait_for(lambda: watching.value("min(prometheus_rule_group_iterations_total)") >= 3)
    assert watching.value("max(prometheus_rule_group_last_duration_seconds)") < INTERVAL
    assert watching.value("sum(prometheus_rule_group_iterations_missed_total)") == 0
    assert watching.value("sum(prometheus_rule_evaluation_failures_total)") == 0


def test_alertmanager_starts_as_it_is_set_up_and_is_told(watching: Watching) -> None:
    teller = Watching(watching.tree)
    teller.start("prometheus-alertmanager")
    try:
        wait_for(lambda: watching.value('up{job="alertmanager"}') == 1)
        # Prometheus tells the same alert again after a minute.
        wait_for(lambda: watching.value("sum(alertmanager_alerts_received_total)") > APPS, 180)
    finally:
        teller.stop()


def expressions(board: dict[str, Any]) -> list[str]:
    """What a dashboard asks Prometheus for, with its variables filled in."""
    asked = [each["expr"] for each in board["annotations"]["list"]]
    asked += [each["expr"] for panel in board["panels"] for each in panel.get("targets", ())]
    return [each.replace("$host", ".*").replace("$app", ".*") for each in asked]


BOARD: dict[str, Any] = json.loads((ROLE / "files/dashboard.json").read_text("utf-8"))


@pytest.mark.parametrize("expression", sorted(set(expressions(BOARD))))
def test_the_dashboard_asks_what_prometheus_answers(watching: Watching, expression: str) -> None:
    assert "$" not in expression
    is_of_tls = "cert_expiry" in expression
    assert bool(watching.query(expression)) != is_of_tls


def test_the_variables_of_the_dashboard_have_values(watching: Watching) -> None:
    for name, count in (("host", 1), ("app", APPS + 1)):
        values = watching.api(f"label/{name}/values", **{"match[]": "ansible_deploy_watch_info"})
        assert len(values) == count


def test_the_dashboard_is_well_formed() -> None:
    panels = BOARD["panels"]
    assert BOARD["schemaVersion"] >= 36  # Grafana 9.0
    assert BOARD["id"] is None
    assert len({panel["id"] for panel in panels}) == len(panels)
    source = {"type": "prometheus", "uid": "${datasource}"}
    asked = [each for panel in panels for each in (panel, *panel.get("targets", ()))]
    asked += [*BOARD["annotations"]["list"], *BOARD["templating"]["list"]]
    for each in asked:
        if each.get("type") not in ("row", "datasource"):
            assert each["datasource"] == source
    assert [each["name"] for each in BOARD["templating"]["list"]] == ["datasource", "host", "app"]
    assert all(panel.get("description") for panel in panels if panel["type"] != "row")


def test_no_panel_of_the_dashboard_covers_another() -> None:
    taken = set[tuple[int, int]]()
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        across, down = range(place["x"], place["x"] + place["w"]), range(place["h"])
        cells = {(x, place["y"] + y) for x in across for y in down}
        assert not cells & taken, panel["title"]
        assert max(across) < 24
        taken |= cells


def test_the_dashboard_names_no_machine() -> None:
    text = Path(ROLE / "files/dashboard.json").read_text("utf-8")
    assert not re.search(r"https?://|\d+\.\d+\.\d+\.\d+", text)
