"""Every provider's library takes what its credentials hold; nobody is asked."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_clients import (
    BUILDERS,
    SESSIONS,
    BoundedAdapter,
    connect,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_credentials import (
    read_credentials,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_deadline import Deadline
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_model import (
    TYPES,
    DnsError,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_providers import (
    PROVIDERS,
    check_credentials,
    is_installed,
)

CREDENTIALS = {
    "powerdns": "PDNS_API_URL=https://[2001:db8::53]:8443\nPDNS_API_KEY=key-of-pdns",
    "cloudflare": "CLOUDFLARE_DNS_API_TOKEN=token-of-cloudflare",
    "gandi": "GANDIV5_PERSONAL_ACCESS_TOKEN=token-of-gandi",
    "hetzner": "HETZNER_API_TOKEN=token-of-hetzner",
    "digitalocean": "DO_AUTH_TOKEN=token-of-digitalocean",
    "desec": "DESEC_TOKEN=token-of-desec",
    "ovh": (
        "OVH_ENDPOINT=ovh-eu\nOVH_APPLICATION_KEY=application\n"
        "OVH_APPLICATION_SECRET=secret-of-ovh\nOVH_CONSUMER_KEY=consumer"
    ),
    "route53": "AWS_ACCESS_KEY_ID=id-of-key\nAWS_SECRET_ACCESS_KEY=secret-of-aws",
}


def made(name: str, seconds: float = 7.0) -> Any:
    """Returns the provider object that the credentials of this page make."""
    text = CREDENTIALS[name]
    assert check_credentials(name, text) == []
    return connect(name, PROVIDERS[name].title, read_credentials(text), Deadline(seconds)).provider


def test_all_providers_but_rfc2136_are_built_here() -> None:
    assert CREDENTIALS.keys() == BUILDERS.keys() == PROVIDERS.keys() - {"rfc2136"}
    assert all(is_installed(name) for name in PROVIDERS)


def test_powerdns() -> None:
    provider = made("powerdns")
    place = (provider.scheme, provider.host, provider.port, provider.server_id)
    assert place == ("https", "[2001:db8::53]", 8443, "localhost")
    assert provider._sess.headers["X-API-Key"] == "key-of-pdns"


def test_cloudflare() -> None:
    provider = made("cloudflare")
    assert provider._sess.headers["Authorization"] == "Bearer token-of-cloudflare"
    assert (provider.pagerules, provider.retry_count, provider.min_ttl) == (False, 0, 60)


def test_gandi() -> None:
    headers = made("gandi")._client._session.headers
    assert headers["Authorization"] == "Bearer token-of-gandi"


def test_hetzner() -> None:
    client = made("hetzner")._client._hcloud._client
    assert client._headers["Authorization"] == "Bearer token-of-hetzner"
    assert client._endpoint == "https://api.hetzner.cloud/v1"


def test_digitalocean() -> None:
    headers = made("digitalocean")._client._sess.headers
    assert headers["Authorization"] == "Bearer token-of-digitalocean"


def test_desec() -> None:
    interface = made("desec").desec_api
    assert (interface.token, interface.retries, interface.timeout) == ("token-of-desec", 0, 7.0)


def test_ovh() -> None:
    client = made("ovh")._client
    keys = (client._application_key, client._application_secret, client._consumer_key)
    assert keys == ("application", "secret-of-ovh", "consumer")
    assert client._endpoint == "https://eu.api.ovh.com/1.0"


def test_route53() -> None:
    provider = made("route53")
    keys = provider._conn._request_signer._credentials
    assert (keys.access_key, keys.secret_key) == ("id-of-key", "secret-of-aws")
    limits = provider._conn.meta.config
    assert (limits.connect_timeout, limits.read_timeout) == (7.0, 7.0)
    assert limits.retries["total_max_attempts"] == 1
    assert provider.get_zones_by_name


@pytest.mark.parametrize("name", SESSIONS)
def test_no_request_leaves_after_the_deadline(name: str) -> None:
    provider = made(name, 0)
    (session,) = SESSIONS[name](provider)
    for scheme in ("http", "https"):
        assert isinstance(session.get_adapter(f"{scheme}://example.org"), BoundedAdapter)
    with pytest.raises(DnsError, match="did not answer within 0 s"):
        session.get("http://127.0.0.1:9/")


@pytest.mark.parametrize("name", CREDENTIALS)
def test_the_records_of_a_manifest_are_supported_everywhere(name: str) -> None:
    assert {"A", "AAAA", "CAA", "CNAME", "MX", "SRV", "TXT"} <= made(name).SUPPORTS & {*TYPES}
