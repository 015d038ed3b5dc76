"""What follows when the operator changes who is told, for apps that are watched already."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_deploy.context import Context, make_context
from ansible_deploy.errors import DeployError
from ansible_deploy.layout import GLOBAL
from ansible_deploy.monitoring.alerting import check_names, follow
from ansible_deploy.report import Report
from ansible_deploy.settings import write_setting

HOOK = "webhook:https://hooks.example.org/x\n"
METRIC = 'ansible_deploy_watch_info{{app="{}",host="here",channels="{}",url="http://x/"}} 1\n'


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setenv("DOKKU_LIB_ROOT", str(tmp_path / "lib"))
    monkeypatch.setenv("DOKKU_ROOT", str(tmp_path / "home"))
    return make_context(GLOBAL, Report())


def watch(operator: Context, app: str, monitoring: str, channels: str) -> Path:
    """An app that is watched, and told to these channels; returns its metric."""
    layout = operator.layout
    layout.app(app).accepted.mkdir(parents=True)
    (layout.app(app).accepted / "deploy.yml").write_text(monitoring)
    for path in (layout.monitoring.targets(app), layout.monitoring.metrics(app, "watch")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(METRIC.format(app, channels))
    return path


def test_a_first_channel_of_an_app_is_told_at_once(operator: Context) -> None:
    metric = watch(operator, "shop", "monitoring: auto\n", ",default,")
    other = watch(operator, "blog", "monitoring: auto\n", ",default,")
    write_setting(operator.layout, "shop", "alert-channel.ops", HOOK)
    follow(operator)
    assert metric.read_text() == METRIC.format("shop", ",shop/ops,")
    assert other.read_text() == METRIC.format("blog", ",default,")
    write_setting(operator.layout, "shop", "alert-channel.ops", "")
    follow(operator)
    assert metric.read_text() == METRIC.format("shop", ",default,")


def test_a_channel_that_goes_is_told_where_it_is_named(
    operator: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    metric = watch(operator, "shop", "monitoring: {alerts: [ops]}\n", ",ops,")
    write_setting(operator.layout, GLOBAL, "host-alerts", "ops")
    follow(make_context(GLOBAL, Report()))
    said = capsys.readouterr().out
    assert "shop names the channel ops, which is not there any more" in said
    assert "host-alerts names the channel ops, which is not there any more" in said
    assert metric.read_text() == METRIC.format("shop", "")


def test_alerts_of_the_host_go_to_channels_that_are_there(operator: Context) -> None:
    write_setting(operator.layout, GLOBAL, "alert-channel.ops", HOOK)
    write_setting(operator.layout, GLOBAL, "alert-channel.beat", "ping:https://p.example.org/x\n")
    check_names(operator.layout, ["ops"])
    for name in ("oops", "beat"):
        with pytest.raises(DeployError, match=f"no alert channel {name} for every app; there are"):
            check_names(operator.layout, [name])
