"""Until when a domain is registered, as registries say by RDAP (RFC 9082, RFC 9083)."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import timestamp

from ..errors import HostError

SECONDS = 10.0
LONGEST_ANSWER = 1 << 20

UNREADABLE = (
    OSError,
    http.client.HTTPException,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,  # a moment just before the year 10000, in another time zone
    RecursionError,  # JSON that is nested deeply
)
"""What an answer that is no RDAP, or no HTTP, makes the library raise."""


class Registry:
    """One server that is asked; what it said once it is not asked again."""

    def __init__(self, server: str) -> None:
        """Take the address below which RDAP's paths begin."""
        self._server = server.rstrip("/")
        self._said: dict[str, tuple[bool, str]] = {}

    def expiry(self, domain: str) -> str:
        """Return when the registration of a name, or of what it lies in, ends: an ISO time in UTC.

        Empty where no registry knows that. Raises HostError where the server does not answer.
        """
        labels = domain.removeprefix("*.").split(".")
        for count in range(2, len(labels) + 1):
            name = ".".join(labels[-count:])
            if name not in self._said:
                self._said[name] = self._ask(name)
            is_registered, ends = self._said[name]
            if is_registered:
                return ends
        return ""

    def _ask(self, name: str) -> tuple[bool, str]:
        """Whether there is such a registration, and when it ends if that is said."""
        address = f"{self._server}/domain/{name}"
        request = urllib.request.Request(address, headers={"Accept": "application/rdap+json"})
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return True, _end(json.loads(answer.read(LONGEST_ANSWER)))
        except urllib.error.HTTPError as error:
            with error:
                if error.code in (400, 404):  # a suffix such as co.uk is no registration
                    return False, ""
            raise HostError(f"{address}: {error}") from None
        except UNREADABLE as error:
            raise HostError(f"{address}: {getattr(error, 'reason', error)}") from None


def _end(answer: dict[str, Any]) -> str:
    for event in answer.get("events", ()):
        if event.get("eventAction") == "expiration":
            if "eventDate" not in event:
                raise ValueError("the event expiration has no eventDate")
            moment = datetime.fromisoformat(event["eventDate"])
            return timestamp(moment.replace(tzinfo=moment.tzinfo or UTC))
    return ""
