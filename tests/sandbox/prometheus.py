"""Questions to the Prometheus of a sandbox."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from dataclasses import dataclass

from tests.waiting import wait_for


@dataclass(frozen=True)
class Prometheus:
    """A Prometheus at an address."""

    address: str

    def ask(self, query: str) -> list[str]:
        """The values of all that a query finds."""
        url = f"http://{self.address}/api/v1/query?query={urllib.parse.quote(query)}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=10) as answer:
            found = json.load(answer)["data"]["result"]
        return [series["value"][1] for series in found]

    def wait_for(self, query: str, value: str) -> None:
        """Wait until the query finds one thing, with this value."""
        wait_for(lambda: self.ask(query) == [value], say=lambda: f"{query} is {self.ask(query)}")
