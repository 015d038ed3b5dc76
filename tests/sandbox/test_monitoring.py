"""What watches a sandbox's host: it is set up by the role, sees what visitors see, and tells."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import processes
from sandbox.dokku.host import Host
from sandbox.servers import internet, monitoring
from tests.e2e.hosts import SandboxHost, start_sandbox, web_app
from tests.e2e.names import Names
from tests.sandbox.conftest import control
from tests.sandbox.prometheus import Prometheus
from tests.waiting import wait_for

APP = "watched"
DOMAIN = "watched.example.org"
PROBE = f'probe_success{{app="{APP}"}}'
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxHost]:
    """A sandbox that is watched."""
    root = tmp_path_factory.mktemp("watched") / "host"
    yield start_sandbox(root, tmp_path_factory.mktemp("repositories"))
    control(root, "down", "--remove")


@pytest.fixture(scope="module")
def prometheus(host: SandboxHost) -> Prometheus:
    return Prometheus(monitoring.facts(Host(host.root))["prometheus"])


@pytest.fixture(scope="module")
def names(host: SandboxHost) -> Names:
    """The sandbox's Internet, and an app with a certificate that it leads to."""
    found = Names(host, internet.facts(Host(host.root)))
    found.set_up()
    host.dokku("ansible-deploy:set", "--global", "acme-email", "ops@example.org")
    deploy = f"port: 5000\ndomains: [{DOMAIN}]\n"
    answer = host.push(APP, web_app(host.work / "tree", {"deploy.d/deploy.yml": deploy}))
    assert answer.exit == 0, answer.output
    return found


def get(address: str, body: str | None = None) -> tuple[int, str]:
    """Ask a server on loopback, with POST where there is a body."""
    request = urllib.request.Request(address, data=body.encode() if body else None)
    request.add_header("Content-Type", "application/json")
    try:
        with OPENER.open(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("prometheus", "-/ready"),
        ("alertmanager", "-/ready"),
        ("blackbox", "-/healthy"),
        ("node", "metrics"),
        ("proxy", "-/ready"),
        ("receiver", "-/ready"),
    ],
)
def test_each_server_answers_where_it_is_said_to_be(
    host: SandboxHost, name: str, page: str
) -> None:
    address = monitoring.facts(Host(host.root))[name]
    assert address.startswith("127.0.0.1:")
    assert get(f"http://{address}/{page}")[0] == 200
    assert f"is http://{address}, running" in control(host.root, "status").stdout


def test_prometheus_scrapes_the_host_and_has_the_rules(
    host: SandboxHost, prometheus: Prometheus
) -> None:
    place = monitoring.data(Host(host.root)) / "metrics/made_by_hand.prom"
    place.write_text("made_by_hand 7\n")
    prometheus.wait_for("made_by_hand", "7")
    place.unlink()
    prometheus.wait_for('min(up{job=~"node|prometheus|alertmanager"})', "1")
    prometheus.wait_for('min(probe_success{job="ansible-deploy-proxy"})', "1")
    prometheus.wait_for('ALERTS{alertname="Watchdog", alertstate="firing"}', "1")


def test_a_second_up_runs_no_playbook(host: SandboxHost) -> None:
    written = host.root / "etc/monitoring_host.json"
    before = written.stat().st_mtime_ns
    assert control(host.root, "up").returncode == 0
    assert written.stat().st_mtime_ns == before


def test_an_app_is_probed_through_dns_nginx_and_tls(names: Names, prometheus: Prometheus) -> None:
    prometheus.wait_for(PROBE, "1")
    prometheus.wait_for(f'probe_http_ssl{{app="{APP}"}}', "1")
    names.change(DOMAIN, "A")
    prometheus.wait_for(PROBE, "0")
    names.change(DOMAIN, "A", "127.0.0.1")
    prometheus.wait_for(PROBE, "1")
    names.host.dokku("ps:stop", APP)
    prometheus.wait_for(PROBE, "0")
    names.host.dokku("ps:start", APP)
    prometheus.wait_for(PROBE, "1")


def test_a_new_root_of_the_certificate_authority_is_trusted(
    names: Names, prometheus: Prometheus
) -> None:
    with names.stopped("acme"):
        pass
    names.host.dokku("letsencrypt:enable", APP)
    prometheus.wait_for(f"min_over_time({PROBE}[3s])", "1")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"http://{DOMAIN}:99/", "nothing listens on port 99 of the host"),
        ("http://mail.example.org/", "mail.example.org leads to 192.0.2.25"),
        ("http://absent.example.org/", "no address of absent.example.org"),
    ],
)
def test_the_proxy_leads_nowhere_else(host: SandboxHost, address: str, said: str) -> None:
    proxy = monitoring.facts(Host(host.root))["proxy"]
    words = ["curl", "--silent", "--noproxy", "", "--proxy", f"http://{proxy}", address]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == f"{said}\n"


def test_an_alert_reaches_the_receiver_of_a_channel(host: SandboxHost) -> None:
    known = monitoring.facts(Host(host.root))
    channel = f"webhook:http://{known['receiver']}/ops"
    host.dokku("ansible-deploy:set", "--global", "alert-channel", "ops", stdin=channel)
    labels = {"alertname": "AppDown", "app": "shop", "scope": "app", "channels": ",ops,"}
    alert = {"labels": labels, "annotations": {"summary": "shop is down"}}
    assert get(f"http://{known['alertmanager']}/api/v2/alerts", json.dumps([alert]))[0] == 200
    line = "/ops firing AppDown shop shop is down"
    wait_for(lambda: line in control(host.root, "alerts").stdout, say=lambda: line)
    kept = (host.root / "log/alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert any(json.loads(entry)["path"] == "/ops" for entry in kept)


def test_other_requests_are_kept_and_shown_too(host: SandboxHost) -> None:
    address = monitoring.facts(Host(host.root))["receiver"]
    assert get(f"http://{address}/topic", "disk\nis full") == (200, "")
    assert get(f"http://{address}/ping") == (200, "")
    shown = control(host.root, "alerts").stdout
    assert " /topic POST disk is full\n" in shown
    assert " /ping GET\n" in shown


def test_nginx_serves_the_status_page(host: SandboxHost) -> None:
    page = monitoring.data(Host(host.root)) / "status/index.html"
    kept = page.read_text() if page.exists() else ""
    page.unlink(missing_ok=True)
    assert host.get("status.dokku.sandbox")[0] == 404
    page.write_text(kept or "all is well")
    for name in ("status.dokku.sandbox", "status.localhost"):
        assert host.get(name) == (200, page.read_text())


def test_a_server_is_stopped_and_started_at_its_port(host: SandboxHost) -> None:
    address = monitoring.facts(Host(host.root))["receiver"]
    control(host.root, "stop", "receiver")
    assert "Alert receiver is" in control(host.root, "status").stdout
    with pytest.raises(OSError, match="refused"):
        get(f"http://{address}/")
    control(host.root, "start", "receiver")
    assert get(f"http://{address}/-/ready")[0] == 200


def test_two_sandboxes_have_no_port_in_common(host: SandboxHost, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    internet.prepare(Host(tmp_path))
    monitoring.prepare(Host(tmp_path))
    both = [monitoring.facts(Host(root)) for root in (host.root, tmp_path)]
    taken = [{value for value in facts.values() if ":" in value} for facts in both]
    assert not taken[0] & taken[1]


def test_down_leaves_no_process_even_of_those_that_are_lost(host: SandboxHost) -> None:
    control(host.root, "freeze", "alertmanager")
    for file in (host.root / "var/lib/monitoring").glob("*.pid"):
        file.unlink()
    assert control(host.root, "down").returncode == 0
    assert processes.belonging(Host(host.root)) == []
