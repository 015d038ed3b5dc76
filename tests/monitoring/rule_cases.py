"""Turns the cases of `rules/*.yml` into what `promtool test rules` reads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
ROLE = FOLDER.parents[1] / "ansible_collections/ansible_deploy/dokku/roles/monitoring_host"
RULES = ROLE / "files/rules.yml"
WELL: dict[str, Any] = yaml.safe_load((FOLDER / "well.yml").read_text("utf-8"))
MINUTES = 300
NODE = {"job": "node", "instance": "127.0.0.1:9100"}
PROXY = {"job": "ansible-deploy-proxy", "instance": "127.0.0.1:80"}
TOLD = "alertname, app, host, channels, severity, domain, mountpoint, job, job_name"
PAGES = {"AppDown", "BackupDamaged", "ProxyDown"}


def load_cases() -> list[dict[str, Any]]:
    """Reads the cases of all files."""
    paths = sorted((FOLDER / "rules").glob("*.yml"))
    return [case for path in paths for case in yaml.safe_load(path.read_text("utf-8"))]


def groups() -> list[dict[str, Any]]:
    """Returns the groups of rules, as Prometheus reads them."""
    return list(yaml.safe_load(RULES.read_text("utf-8"))["groups"])


def alerts() -> list[dict[str, Any]]:
    """Returns the rules that tell somebody, as Prometheus reads them."""
    return [rule for group in groups() for rule in group["rules"] if "alert" in rule]


def promtool_file(case: dict[str, Any]) -> dict[str, Any]:
    """Returns one case in promtool's own form: all that fires is asked for at each time."""
    wanted = {**WELL, **case.get("series", {})}
    series = [
        {"series": _series(key), "values": _values(value)}
        for key, value in wanted.items()
        if value is not None
    ]
    other = "" if case["alert"] == "Watchdog" else ', alertname!="Watchdog"'
    expression = f'count by ({TOLD}) (ALERTS{{alertstate="firing"{other}}})'
    return {
        "rule_files": [str(RULES)],
        "evaluation_interval": "15s",
        # The second one reads what the first one records; promtool has no order of its own.
        "group_eval_order": [group["name"] for group in groups()],
        "tests": [
            {
                "interval": "1m",
                "input_series": series,
                "promql_expr_test": [
                    {"expr": expression, "eval_time": time, "exp_samples": _samples(firing)}
                    for time, firing in case["firing"].items()
                ],
            }
        ],
    }


def _series(key: str) -> str:
    """`metric shop@alpha name=value` as a series with the labels that a scrape gives it."""
    metric, whose, *words = key.split(" ")
    app, _, host = whose.rpartition("@")
    labels = {"host": host, **NODE}
    if metric.startswith("probe_"):
        page = {
            "job": "ansible-deploy",
            "instance": f"https://{app}.example.org/",
            "revision": "r1",
        }
        labels |= page if app else PROXY
    if app:
        labels["app"] = app
    labels |= dict(word.split("=", 1) for word in words)
    return metric + _braces(labels)


def _values(value: object) -> str:
    """`0x3 1x5` as promtool's sequences; one value alone lasts."""
    text = str(value) if " " in str(value) or "x" in str(value) else f"{value}x{MINUTES}"
    return re.sub(r"(?<!\S)(-?[0-9.]+)x(\d+)", lambda found: _run(found[1], int(found[2])), text)


def _run(value: str, count: int) -> str:
    return f"{value}+0x{count - 1}"


def _samples(firing: list[str]) -> list[dict[str, Any]]:
    return [{"labels": _braces(_told(text)), "value": 1} for text in firing]


def _told(text: str) -> dict[str, str]:
    """`AppDown shop@alpha name=value` as the labels of that alert."""
    alert, *words = text.split(" ")
    severity = "page" if alert in PAGES else "none" if alert == "Watchdog" else "warn"
    labels = {"alertname": alert, "severity": severity}
    if words:
        app, _, host = words.pop(0).rpartition("@")
        labels |= {"app": app, "host": host, "channels": ",ops,"} if app else {"host": host}
    return labels | dict(word.split("=", 1) for word in words)


def _braces(labels: dict[str, str]) -> str:
    return "{" + ", ".join(f'{name}="{value}"' for name, value in labels.items()) + "}"
