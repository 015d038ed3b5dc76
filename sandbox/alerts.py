"""`script/sandbox alerts`: what arrived at the alert receiver, one line each."""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.dokku.host import Host
from sandbox.lifecycle import Problem

WIDTH = 160


def alerts(host: Host, words: list[str]) -> None:
    """Print a line for each alert, and for each request that holds none; the oldest first."""
    if words:
        raise Problem("usage: script/sandbox alerts")
    for entry in received(host):
        for line in describe(entry):
            print(line)


def received(host: Host) -> list[dict[str, Any]]:
    """Return the requests as the receiver has kept them."""
    file = host.root / "log/alerts.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [json.loads(line) for line in lines]


def describe(entry: dict[str, Any]) -> Iterator[str]:
    """Say what a request brought: the alerts of Alertmanager's webhook, or the beginning of it."""
    begin, body = f"{entry['at']} {entry['path']}", entry["body"]
    if not (isinstance(body, dict) and isinstance(body.get("alerts"), list)):
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        yield f"{begin} {entry['method']} {' '.join(text.split())}"[:WIDTH].rstrip()
        return
    for alert in body["alerts"]:
        labels, summary = alert["labels"], alert["annotations"].get("summary", "")
        about = labels.get("app") or labels.get("host", "")
        said = [begin, alert["status"], labels.get("alertname", ""), about, summary]
        yield " ".join(word for word in said if word)
