"""What Prometheus says at this moment: which apps answer their probes, and which alerts fire.

Two questions with a short patience. No answer is no news: it raises HostError, and never says "up".
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from ..errors import HostError

PROBES = 'min by (app, host) (probe_success{job="ansible-deploy"})'
ALERTS = 'ALERTS{alertstate="firing",severity=~"page|warn"}'
PATIENCE = 2.0
"""Seconds."""
LARGEST = 16 * 2**20


@dataclass(frozen=True)
class Alert:
    """One alert that fires; of the host itself where it names no app."""

    name: str
    severity: str
    host: str
    app: str = ""


@dataclass(frozen=True)
class Answer:
    """Which apps answer, by app and host, and which alerts fire; or ``why`` that is not known."""

    is_up: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    alerts: tuple[Alert, ...] = ()
    why: str = ""


def ask(address: str) -> Answer:
    """Ask the Prometheus at an address, or say why that told nothing."""
    if not address:
        return Answer(why="no Prometheus is set")
    try:
        probes, alerts = _query(address, PROBES), _query(address, ALERTS)
        return Answer(
            {(each["app"], each["host"]): value == 1 for each, value in probes},
            tuple(
                Alert(
                    each["alertname"], each["severity"], each.get("host", ""), each.get("app", "")
                )
                for each, _ in alerts
            ),
        )
    except HostError as error:
        return Answer(why=str(error))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Answer(why=f"what answers at {_place(address)} is no Prometheus")


def _query(address: str, query: str) -> list[tuple[dict[str, str], float]]:
    url = f"{address.rstrip('/')}/api/v1/query?{urlencode({'query': query})}"
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(url)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=PATIENCE) as response:
            answer: dict[str, Any] = json.loads(response.read(LARGEST))
    except (OSError, HTTPException) as error:
        said = getattr(error, "reason", "") or error
        raise HostError(f"Prometheus at {_place(address)} does not answer ({said})") from None
    found = [(each["metric"], float(each["value"][1])) for each in answer["data"]["result"]]
    return [({str(k): str(v) for k, v in labels.items()}, value) for labels, value in found]


def _place(address: str) -> str:
    """The address without a password that it may have."""
    return urlsplit(address).netloc.rpartition("@")[2]
