"""Pushed apps are watched by a real Prometheus, and alerts come to whom the app named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.hosts import web_app, write_tree
from tests.e2e.watching import Watching
from tests.loopback import Handler, serving

APP, OTHER, RELEASED = "e2e-watched", "e2e-watched.other", "e2e-released"
DOMAIN = "e2e-watched.example.org"


def app(tree: Path, monitoring: str = "", name: str = APP, **files: str) -> Path:
    deploy = f"port: 5000\ndomains: [{name}.example.org]\n"
    return web_app(tree, {"deploy.d/deploy.yml": deploy + monitoring, **files})


def test_a_pushed_app_is_seen_as_a_visitor_sees_it(watching: Watching, tree: Path) -> None:
    answer = watching.host.push(APP, app(tree, "monitoring: {expect: {contains: hello}}\n"))
    assert f"monitoring + https://{DOMAIN}/ every 60s" in answer.output
    assert "told: night, ops" in answer.output
    watching.wait_until_up(APP)
    probes = f'probe_success{{app="{APP}"}}[5m]'
    failed = watching.prometheus.ask(f"count_over_time({probes}) - sum_over_time({probes})")
    assert float(failed[0]) <= 1, "up within two scrapes"
    revision = watching.host.git(watching.host.repository(APP), "rev-parse", "HEAD").stdout.strip()
    labels = f'app="{APP}", revision="{revision}"'
    watching.prometheus.wait_for(f"probe_success{{{labels}}}", "1")
    assert watching.prometheus.ask(f'probe_http_ssl{{app="{APP}"}}') == ["1"]
    answer = watching.host.push(APP)
    assert len(answer.ours()) == 1, answer.output
    revision = watching.host.git(watching.host.repository(APP), "rev-parse", "HEAD").stdout.strip()
    watching.prometheus.wait_for(f'probe_success{{app="{APP}", revision="{revision}"}}', "1")
    page = (watching.folder / "status/index.html").read_text()
    assert APP in page


def test_a_stopped_app_is_told_to_the_channel_that_it_names(watching: Watching, tree: Path) -> None:
    watching.host.push(APP, app(tree, "monitoring: {alerts: [night]}\n"))
    watching.wait_until_up(APP)
    watching.host.dokku("ps:stop", APP)
    watching.wait_for_alert(APP, "AppDown", channel="night")
    assert "DOWN" in watching.host.dokku("ansible-deploy:status").stdout
    watching.job("status")
    query = f'ansible_deploy_processes_wanted{{app="{APP}"}} - ansible_deploy_processes_running'
    watching.prometheus.wait_for(query, "1")
    watching.host.dokku("ps:start", APP)
    watching.wait_for_alert(APP, "AppDown", "resolved", channel="night")
    assert watching.alerts(APP, channel="ops") == []


def test_a_release_pages_nobody_and_one_that_breaks_the_app_does(
    watching: Watching, tree: Path
) -> None:
    watching.host.push(RELEASED, app(tree, name=RELEASED))
    watching.wait_until_up(RELEASED)
    for number in range(2):
        answer = watching.host.push(RELEASED, app(tree, f"env: {{N: '{number}'}}\n", RELEASED))
        assert answer.exit == 0, answer.output
    until = f'ansible_deploy_maintenance_until_timestamp_seconds{{app="{RELEASED}"}}'
    watching.prometheus.wait_for(f"count({until} < time() - 5)", "1")
    fired = f'ALERTS{{alertname="AppDown", app="{RELEASED}", alertstate="firing"}}'
    assert watching.prometheus.ask(f"max_over_time({fired}[10m])") == []
    assert watching.alerts(RELEASED) == []
    server = (app(tree, name=RELEASED) / "server.py").read_text()
    broken = server.replace("send_response(200)", "send_response(500)")
    answer = watching.host.push(RELEASED, app(tree, name=RELEASED, **{"server.py": broken}))
    assert answer.exit == 0, answer.output
    watching.wait_for_alert(RELEASED, "AppDown", channel="ops")
    answer = watching.host.push(RELEASED, app(tree, name=RELEASED))
    assert answer.exit == 0, answer.output
    watching.wait_for_alert(RELEASED, "AppDown", "resolved")


def test_an_app_that_is_to_serve_nobody_is_not_missed(watching: Watching, tree: Path) -> None:
    watching.host.push(APP, app(tree))
    watching.wait_until_up(APP)
    watching.host.dokku("ps:scale", APP, "web=0")
    watching.prometheus.wait_for(f'ansible_deploy_web_wanted{{app="{APP}"}}', "0")
    watching.prometheus.wait_for(f'probe_success{{app="{APP}"}}', "0")
    down = f'sum_over_time((probe_success{{app="{APP}"}} == bool 0)[1m:1s])'
    watching.prometheus.wait_for(f"count({down} > 15)", "1")
    assert watching.alerts(APP) == []
    watching.host.dokku("ps:scale", APP, "web=1")
    watching.prometheus.wait_for(f'ansible_deploy_web_wanted{{app="{APP}"}}', "1")
    watching.wait_until_up(APP)
    assert watching.alerts(APP) == []


class Registry(Handler):
    """An RDAP server by which every registration ends in ten days."""

    def do_GET(self) -> None:
        ends = datetime.now(UTC) + timedelta(days=10)
        event = {"eventAction": "expiration", "eventDate": ends.isoformat()}
        self.answer(200, json.dumps({"events": [event]}).encode())


@pytest.fixture
def registry() -> Iterator[str]:
    with serving(Registry) as address:
        yield address


def test_what_goes_wrong_slowly_has_its_alerts(
    watching: Watching, tree: Path, registry: str, tmp_path: Path
) -> None:
    """An expiring certificate and domain, a stale backup, drift, and a deploy that failed."""
    watching.set("--global", "rdap-server", registry)
    watching.host.dokku("apps:create", APP)
    watching.host.made.append(APP)
    watching.set(APP, "backup-target", "here", str(tmp_path / "backups"))
    limits = "monitoring: {limits: {certificate: 100d, backup: 1s}}\n"
    volumes = "volumes: [data:/data]\nbackups: {verify: off}\n"
    answer = watching.host.push(APP, app(tree, limits + volumes))
    assert answer.exit == 0, answer.output
    watching.host.dokku("ansible-deploy:backup", APP)
    watching.wait_for_alert(APP, "CertificateExpires")
    watching.wait_for_alert(APP, "BackupStale")
    watching.host.dokku("domains:remove", APP, DOMAIN)
    watching.job("plan")
    watching.wait_for_alert(APP, "Drift")
    watching.wait_for_alert(APP, "DomainExpires")
    assert "domains + " in watching.host.dokku("ansible-deploy:status", APP).stdout
    answer = watching.host.push(APP, app(tree, limits + volumes, Procfile="web: exit 1\n"))
    assert answer.exit != 0
    watching.wait_for_alert(APP, "DeployFailed")
    answer = watching.host.push(APP, app(tree, volumes))
    assert answer.exit == 0, answer.output
    for name in ("CertificateExpires", "BackupStale", "DeployFailed"):
        watching.wait_for_alert(APP, name, "resolved")
    watching.wait_for_alert(APP, "Drift", "resolved")


FAILS_IN_A_PLAN = """\
- hosts: all
  tasks:
    - name: The host is asked for what a plan cannot know
      ansible.builtin.fail: {msg: no check mode}
      when: ansible_check_mode
"""


def test_what_fails_for_one_app_at_night_is_told_to_its_channels(
    watching: Watching, tree: Path
) -> None:
    """Its own plays are left out of the plan; a play that it may not have any more refuses it."""
    watching.host.dokku("apps:create", APP)
    watching.host.made.append(APP)
    watching.set(APP, "custom-plays", "allow")
    files = {"deploy.d/pre-deploy.yml": FAILS_IN_A_PLAN}
    answer = watching.host.push(APP, app(tree, "monitoring: {alerts: [night]}\n", **files))
    assert answer.exit == 0, answer.output
    watching.job("plan")
    watching.set(APP, "custom-plays")
    watching.job("plan", status=1)
    watching.wait_for_alert(APP, "LookFailed", channel="night")
    failed = 'ansible_deploy_job_failed{job_name="nightly"}'
    assert watching.prometheus.ask(failed) == ["0"]
    watching.set(APP, "custom-plays", "allow")
    watching.job("plan")
    watching.wait_for_alert(APP, "LookFailed", "resolved", channel="night")


def test_what_is_about_an_app_goes_with_it_and_nothing_else(watching: Watching, tree: Path) -> None:
    expected = "monitoring: {expect: {status: 204, contains: x}}\n"
    for name in (APP, OTHER):
        deploy = f"port: 5000\ndomains: [{name}.example.org]\n{expected}"
        watching.host.push(name, web_app(tree, {"deploy.d/deploy.yml": deploy}))
    watching.job("status")
    watching.job("plan")
    kinds = ("deploy", "maintenance", "nightly", "state", "watch")
    assert set(watching.files(APP)) == {
        f"targets/{APP}.json",
        f"gatus/{APP}.yaml",
        f"probes/{APP}.json",
        *(f"metrics/{APP}_{kind}.prom" for kind in kinds),
    }
    before = watching.files(OTHER)
    assert APP in (watching.folder / "status/index.html").read_text()
    watching.host.clear_one(APP)
    assert watching.files(APP) == {}
    assert watching.files(OTHER) == before
    assert f"app_{APP}" not in json.loads((watching.folder / "blackbox.yml").read_text())["modules"]
    assert f">{APP}<" not in (watching.folder / "status/index.html").read_text()
    assert (watching.folder / "cron-entries").exists()
    watching.host.push(OTHER, write_tree(tree, {"index.html": "no deploy.d"}))
    assert watching.files(OTHER).keys() == before.keys()
    tree_without = web_app(tree.with_name("without"), {})
    answer = watching.host.push(OTHER, tree_without)
    assert answer.exit == 0, answer.output
    assert watching.files(OTHER) == {}


def test_a_renamed_app_is_watched_under_its_new_name(watching: Watching, tree: Path) -> None:
    watching.host.push(APP, app(tree))
    watching.host.dokku("apps:rename", APP, "e2e-renamed")
    watching.host.made[watching.host.made.index(APP)] = "e2e-renamed"
    assert watching.files(APP) == {}
    assert "targets/e2e-renamed.json" in watching.files("e2e-renamed")
    watching.wait_until_up("e2e-renamed")


def test_alerts_of_a_clone_go_to_channels_of_its_own(watching: Watching, tree: Path) -> None:
    watching.host.dokku("apps:create", APP)
    watching.host.made.append(APP)
    watching.set(APP, "alert-channel", "owner", stdin=f"webhook:{watching.receiver}/owner")
    watching.host.push(APP, app(tree))
    watching.host.dokku("apps:clone", "--skip-deploy", APP, "e2e-cloned")
    watching.host.made.append("e2e-cloned")
    configuration = (watching.folder / "alerts/alertmanager.yml").read_text()
    assert '"e2e-cloned/owner"' in configuration
    watching.host.dokku("ps:stop", APP)
    watching.wait_for_alert(APP, "AppDown", channel="owner")
    assert watching.alerts(APP, channel="ops") == []


def test_off_and_an_unknown_channel(watching: Watching, tree: Path) -> None:
    answer = watching.host.push(APP, app(tree, "monitoring: {alerts: [oops, ops]}\n"))
    assert answer.exit != 0
    assert (
        "deploy.d/deploy.yml:3: monitoring: there is no alert channel oops; the operator sets it"
        f" up: dokku ansible-deploy:set {APP} alert-channel oops < FILE; or write one of these:"
        " night, ops" in answer.output
    )
    watching.host.push(APP, app(tree))
    answer = watching.host.push(APP, app(tree, "monitoring: off\n"))
    assert "monitoring - not watched any more" in answer.output
    assert watching.files(APP) == {}


def test_no_secret_of_a_channel_is_seen(watching: Watching, tree: Path) -> None:
    secret = "t0ken-of-the-channel"
    words = f"webhook:{watching.receiver}/{secret}\ntoken={secret}"
    watching.set("--global", "alert-channel", "night", stdin=words)
    answer = watching.host.push(APP, app(tree))
    said = answer.output + watching.host.dokku("ansible-deploy:report", "--global").stdout
    said += watching.host.dokku("ansible-deploy:status", APP).stdout
    assert secret not in said
    public = [path for path in watching.folder.rglob("*") if path.is_file()]
    readable = [path for path in public if path.stat().st_mode & 0o004]
    assert readable
    assert not [path for path in readable if secret.encode() in path.read_bytes()]
    assert not [call for call in watching.host.calls() if secret in json.dumps(call)]
    watching.wait_until_up(APP)
