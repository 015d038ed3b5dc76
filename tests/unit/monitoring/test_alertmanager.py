"""The configuration of Alertmanager, as Alertmanager's own amtool reads it."""

from __future__ import annotations

import json
import re
import stat
import subprocess
from pathlib import Path

import pytest

from ansible_deploy.layout import GLOBAL, Layout
from ansible_deploy.monitoring import alertmanager, channels
from ansible_deploy.settings import write_setting
from tests.monitoring.rule_cases import alerts

CHANNELS = {
    (GLOBAL, "ops"): "webhook:https://hooks.example.org/x\ntoken=t0ken\n",
    (GLOBAL, "chat"): "slack:https://hooks.slack.com/services/T/B/x\n",
    (GLOBAL, "phone"): "ntfy:https://ntfy.sh/topic\ntoken=tk_1\n",
    (
        GLOBAL,
        "mail",
    ): "mailto:ops@example.org\nsmarthost=m.example.org:587\nusername=u\npassword=p\n",
    (GLOBAL, "beat"): "ping:https://hc-ping.com/uuid\n",
    ("shop.org", "ops"): "mailto:owner@example.org\n",
}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)
    for (scope, name), words in CHANNELS.items():
        write_setting(found, scope, f"alert-channel.{name}", words)
    return found


def amtool(layout: Layout, *words: str) -> str:
    path = str(layout.monitoring.alertmanager)
    config = [path] if words[0] == "check-config" else []
    option = [] if config else [f"--config.file={path}"]
    run = subprocess.run(
        ["amtool", words[0], *option, *config, *words[1:]], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def receivers(layout: Layout, **labels: str) -> set[str]:
    words = [f"{name}={value}" for name, value in labels.items()]
    path = str(layout.monitoring.alertmanager)
    command = ["amtool", "config", "routes", "test", f"--config.file={path}", *words]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return set(run.stdout.strip().split(",")) - {"no channel"}


def test_alertmanager_takes_every_kind_of_channel(layout: Layout) -> None:
    assert alertmanager.write(layout) == ""
    said = amtool(layout, "check-config")
    assert "SUCCESS" in said
    assert "7 receivers" in said


def test_without_channels_too(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)
    alertmanager.write(layout)
    amtool(layout, "check-config")
    assert receivers(layout, scope="app", channels=",default,") == set()


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ({"scope": "app", "channels": ",default,"}, {"ops", "chat", "phone", "mail"}),
        ({"scope": "app", "channels": ",ops,"}, {"ops"}),
        ({"scope": "app", "channels": ",ops,mail,"}, {"ops", "mail"}),
        ({"scope": "app", "channels": ",shop.org/ops,"}, {"shop.org/ops"}),
        ({"scope": "app", "channels": ",shopxorg/ops,"}, set()),
        ({"scope": "app", "channels": ""}, set()),
        ({"scope": "host"}, {"ops", "chat", "phone", "mail"}),
        ({"alertname": "Watchdog"}, {"beat"}),
    ],
)
def test_who_gets_what(layout: Layout, labels: dict[str, str], told: set[str]) -> None:
    alertmanager.write(layout)
    assert receivers(layout, **labels) == told


def test_alerts_of_the_host_go_to_whom_the_operator_chose(layout: Layout) -> None:
    write_setting(layout, GLOBAL, "host-alerts", "mail")
    alertmanager.write(layout)
    assert receivers(layout, scope="host") == {"mail"}
    assert "ops" in receivers(layout, scope="app", channels=",ops,")


def test_alerts_of_the_host_go_to_every_channel_where_none_is_for_all_apps(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)
    for app in ("blog", "shop"):
        write_setting(layout, app, "alert-channel.owner", f"mailto:{app}@example.org\n")
    write_setting(layout, GLOBAL, "alert-channel.beat", CHANNELS[(GLOBAL, "beat")])
    alertmanager.write(layout)
    assert receivers(layout, scope="host") == {"blog/owner", "shop/owner"}
    write_setting(layout, GLOBAL, "alert-channel.ops", CHANNELS[(GLOBAL, "ops")])
    alertmanager.write(layout)
    assert receivers(layout, scope="host") == {"ops"}


def test_an_alert_is_hidden_only_by_one_that_the_same_people_are_told(layout: Layout) -> None:
    """Who is told of an app may not be told of its host."""
    alertmanager.write(layout)
    scopes = {rule["alert"]: rule["labels"]["scope"] for rule in alerts()}
    for rule in json.loads(layout.monitoring.alertmanager.read_text())["inhibit_rules"]:
        names = re.findall(r"[A-Z]\w+", f"{rule['source_matchers']} {rule['target_matchers']}")
        assert {scopes[name] for name in names} == {"app" if "app" in rule["equal"] else "host"}


def test_its_secrets_are_for_the_group_of_the_directory_only(layout: Layout) -> None:
    alertmanager.write(layout)
    path = layout.monitoring.alertmanager
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o007 == 0
    assert "t0ken" in path.read_text()


def test_it_is_written_only_when_it_differs(layout: Layout) -> None:
    alertmanager.write(layout)
    path = layout.monitoring.alertmanager
    before = path.stat().st_ino
    alertmanager.write(layout)
    assert path.stat().st_ino == before
    write_setting(layout, GLOBAL, "alert-wait", "1")
    alertmanager.write(layout)
    assert json.loads(path.read_text())["route"]["group_wait"] == "1s"


def test_a_server_that_does_not_answer_is_told(layout: Layout) -> None:
    write_setting(layout, GLOBAL, "monitoring-reload", "http://127.0.0.1:1/-/reload")
    assert alertmanager.write(layout).startswith("http://127.0.0.1:1/-/reload: ")
    assert alertmanager.write(layout).startswith("http://127.0.0.1:1/"), "told until it is heard"
    write_setting(layout, GLOBAL, "monitoring-reload", "")
    assert alertmanager.write(layout) == ""


def test_a_channel_may_be_called_as_it_likes(layout: Layout) -> None:
    write_setting(layout, GLOBAL, "alert-channel.nobody", "webhook:https://h.example.org/%41\n")
    assert alertmanager.write(layout) == ""
    assert "8 receivers" in amtool(layout, "check-config")


def test_what_alertmanager_would_not_take_is_not_written(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    alertmanager.write(layout)
    before = layout.monitoring.alertmanager.read_text()
    monkeypatch.setattr(alertmanager, "REPEAT", "for ever")
    assert "would not be accepted" in alertmanager.write(layout)
    assert layout.monitoring.alertmanager.read_text() == before
    monkeypatch.undo()
    assert alertmanager.write(layout) == ""


@pytest.mark.parametrize(
    "address", ["https://u:p%40ss@[2001:db8::1]:8443/{a}|b^`", "http://h.example.org:9/a?b=%2f#c"]
)
def test_an_address_that_is_taken_is_taken_by_alertmanager_too(
    layout: Layout, address: str
) -> None:
    assert channels.complaint(f"webhook:{address}") == ""
    assert alertmanager.complaint(layout, "new", f"webhook:{address}\n") == ""
    assert not layout.monitoring.alertmanager.exists()


def test_what_alertmanager_says_of_a_channel_repeats_no_secret(layout: Layout) -> None:
    said = alertmanager.complaint(layout, "ops", "webhook:https://u:s3cr{t@h.example.org/x\n")
    assert "would not be accepted" in said
    assert "s3cr" not in said


def test_others_may_enter_the_folder_around_it(layout: Layout) -> None:
    alertmanager.write(layout)
    assert stat.S_IMODE(layout.monitoring.path.stat().st_mode) == 0o755


def test_the_heartbeat_comes_each_minute(layout: Layout) -> None:
    """Alertmanager leaves out what it sent less than a repeat interval ago."""
    alertmanager.write(layout)
    routes = json.loads(layout.monitoring.alertmanager.read_text())["route"]["routes"]
    (beat,) = [route for route in routes if route["receiver"] == "beat"]
    assert beat["group_interval"] == "60s"
    assert beat["repeat_interval"] == "50s"


@pytest.mark.parametrize(
    ("labels", "title"),
    [
        ({"app": "shop", "host": "server1"}, "FIRING shop on server1"),
        ({"host": "server1"}, "FIRING server1"),
    ],
)
def test_the_title_in_slack(
    layout: Layout, tmp_path: Path, labels: dict[str, str], title: str
) -> None:
    alertmanager.write(layout)
    receivers = json.loads(layout.monitoring.alertmanager.read_text())["receivers"]
    (chat,) = [each["slack_configs"][0] for each in receivers if each["name"] == "chat"]
    data = tmp_path / "data.json"
    data.write_text(json.dumps({"status": "firing", "commonLabels": labels}))
    words = [f"--template.glob={tmp_path}/*.tmpl", f"--template.data={data}"]
    command = ["amtool", "template", "render", *words, f"--template.text={chat['title']}"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert (run.returncode, run.stdout.strip()) == (0, title), run.stdout + run.stderr
