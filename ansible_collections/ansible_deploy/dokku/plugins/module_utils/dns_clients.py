"""Makes octoDNS's provider objects out of an operator's credentials, each with bounded requests.

The libraries have no limit of time, or one of minutes, and some try again many times. Every request
of theirs goes through an adapter that knows our deadline, sends nothing more once it is over, and
remembers what failed: octoDNS's Hetzner library takes a failed read for an empty zone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .dns_deadline import Deadline

IDENTITY = "ansible-deploy"
"""What the provider objects are called in octoDNS's own messages, which nobody sees."""


@dataclass
class Client:
    """A provider object, and what failed of its requests: a status, or an exception."""

    provider: Any
    failures: list[int | Exception] = field(default_factory=list)


class BoundedAdapter(HTTPAdapter):
    """Sends requests within a deadline, without trying again."""

    def __init__(self, deadline: Deadline, title: str, failures: list[int | Exception]) -> None:
        super().__init__(max_retries=0)
        self._deadline = deadline
        self._title = title
        self._failures = failures

    def send(self, *args: Any, **options: Any) -> requests.Response:
        options["timeout"] = self._deadline.remaining(self._title)
        try:
            response = super().send(*args, **options)
        except requests.RequestException as error:
            self._failures.append(error)
            raise
        if response.status_code >= 400:
            self._failures.append(response.status_code)
        return response


def connect(name: str, title: str, credentials: Mapping[str, str], deadline: Deadline) -> Client:
    """Returns the provider object; asks nobody yet."""
    client = Client(BUILDERS[name](credentials, deadline.seconds))
    adapter = BoundedAdapter(deadline, title, client.failures)
    for session in SESSIONS.get(name, _no_sessions)(client.provider):
        session.mount("https://", adapter)
        session.mount("http://", adapter)
    return client


def _powerdns(credentials: Mapping[str, str], seconds: float) -> Any:
    from octodns_powerdns import PowerDnsProvider

    parts = urlsplit(credentials["PDNS_API_URL"])
    host = parts.hostname or ""
    return PowerDnsProvider(
        IDENTITY,
        host=f"[{host}]" if ":" in host else host,
        port=parts.port or {"http": 80, "https": 443}[parts.scheme],
        scheme=parts.scheme,
        api_key=credentials["PDNS_API_KEY"],
        server_id=credentials.get("PDNS_SERVER_NAME") or "localhost",
        timeout=seconds,
    )


def _cloudflare(credentials: Mapping[str, str], seconds: float) -> Any:
    from octodns_cloudflare import CloudflareProvider

    token = credentials["CLOUDFLARE_DNS_API_TOKEN"]
    return CloudflareProvider(
        IDENTITY, token=token, pagerules=False, retry_count=0, min_ttl=60, timeout=seconds
    )


def _gandi(credentials: Mapping[str, str], seconds: float) -> Any:
    from octodns_gandi import GandiProvider

    return GandiProvider(IDENTITY, token=credentials["GANDIV5_PERSONAL_ACCESS_TOKEN"])


def _hetzner(credentials: Mapping[str, str], seconds: float) -> Any:
    from octodns_hetzner import HetznerProvider

    return HetznerProvider(IDENTITY, token=credentials["HETZNER_API_TOKEN"], backend="hcloud")


def _digitalocean(credentials: Mapping[str, str], seconds: float) -> Any:
    from octodns_digitalocean import DigitalOceanProvider

    return DigitalOceanProvider(IDENTITY, token=credentials["DO_AUTH_TOKEN"])


def _desec(credentials: Mapping[str, str], seconds: float) -> Any:
    from octodns_desec import DesecProvider

    token = credentials["DESEC_TOKEN"]
    return DesecProvider(IDENTITY, token=token, retries=0, timeout=seconds)


def _ovh(credentials: Mapping[str, str], seconds: float) -> Any:
    from octodns_ovh import OvhProvider

    return OvhProvider(
        IDENTITY,
        endpoint=credentials["OVH_ENDPOINT"],
        application_key=credentials["OVH_APPLICATION_KEY"],
        application_secret=credentials["OVH_APPLICATION_SECRET"],
        consumer_key=credentials["OVH_CONSUMER_KEY"],
    )


def _route53(credentials: Mapping[str, str], seconds: float) -> Any:
    import boto3
    from botocore.config import Config
    from octodns_route53 import Route53Provider

    session = boto3.Session(
        aws_access_key_id=credentials["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=credentials.get("AWS_SESSION_TOKEN"),
        region_name=credentials.get("AWS_REGION") or "us-east-1",
    )
    limits = Config(
        connect_timeout=seconds, read_timeout=seconds, retries={"total_max_attempts": 1}
    )

    class BoundedProvider(Route53Provider):  # type: ignore[misc]
        """Has our client instead of the one that it would make, whose waits are not bounded."""

        def client(self, *args: Any, **options: Any) -> Any:
            return session.client("route53", config=limits)

    # By name: lego asks so too, and one policy serves both.
    return BoundedProvider(IDENTITY, get_zones_by_name=True)


def _no_sessions(provider: Any) -> list[requests.Session]:
    return []


BUILDERS: dict[str, Callable[[Mapping[str, str], float], Any]] = {
    "powerdns": _powerdns,
    "cloudflare": _cloudflare,
    "gandi": _gandi,
    "hetzner": _hetzner,
    "digitalocean": _digitalocean,
    "desec": _desec,
    "ovh": _ovh,
    "route53": _route53,
}

SESSIONS: dict[str, Callable[[Any], list[requests.Session]]] = {
    "powerdns": lambda provider: [provider._sess],
    "cloudflare": lambda provider: [provider._sess],
    "gandi": lambda provider: [provider._client._session],
    "hetzner": lambda provider: [provider._client._hcloud._client._session],
    "digitalocean": lambda provider: [provider._client._sess],
    "ovh": lambda provider: [provider._client._session],
}
"""Where each library keeps its session; deSEC has none, and Route 53 bounds itself."""
