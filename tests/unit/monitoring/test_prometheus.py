"""Prometheus is asked twice and patiently to a degree; whatever goes wrong, nothing is "up"."""

from __future__ import annotations

import socket

import pytest

from ansible_deploy.monitoring import prometheus
from ansible_deploy.monitoring.prometheus import Alert, ask
from tests.made_host import HOST, Prometheus


def test_probes_and_alerts(server: Prometheus) -> None:
    server.probes |= {"shop": 1, "wiki": 0}
    server.alerts.append({"alertname": "AppDown", "severity": "page", "app": "wiki", "host": HOST})
    server.alerts.append({"alertname": "DiskFills", "severity": "warn", "host": HOST})
    answer = ask(server.address + "/")
    assert answer.why == ""
    assert answer.is_up == {("shop", HOST): True, ("wiki", HOST): False}
    assert answer.alerts == (
        Alert("AppDown", "page", HOST, "wiki"),
        Alert("DiskFills", "warn", HOST),
    )


def test_without_an_address_nothing_is_asked() -> None:
    assert ask("").why == "no Prometheus is set"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"data": {"result": 5}}',
        b'{"data": {"result": [{}]}}',
        b'{"data": {"result": [{"metric": {}, "value": [1, "1"]}]}}',
        b'{"data": {"result": [{"metric": {"app": "a", "host": "h"}, "value": [1, "x"]}]}}',
    ],
)
def test_what_is_no_answer_tells_nothing(server: Prometheus, body: bytes) -> None:
    server.body = body
    answer = ask(server.address)
    assert "is no Prometheus" in answer.why
    assert (answer.is_up, answer.alerts) == ({}, ())


def test_an_error_of_the_server_is_told(server: Prometheus) -> None:
    server.status = 503
    assert "does not answer (Service Unavailable)" in ask(server.address).why


def test_nobody_listens(server: Prometheus) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert "Connection refused" in ask(f"http://127.0.0.1:{port}").why


def test_somebody_listens_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus, "PATIENCE", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        why = ask(f"http://127.0.0.1:{silent.getsockname()[1]}").why
    assert "timed out" in why


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/", "nonsense"])
def test_only_the_web_is_asked(address: str) -> None:
    assert ask(address).why


def test_a_proxy_of_the_environment_is_not_used(
    server: Prometheus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert ask(server.address).why == ""


def test_a_password_in_the_address_is_not_told() -> None:
    assert "s3cret" not in ask("http://ops:s3cret@127.0.0.1:1").why
    assert "127.0.0.1:1" in ask("http://ops:s3cret@127.0.0.1:1").why
