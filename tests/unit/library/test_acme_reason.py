"""From pages of output to the one line that tells why there is no certificate."""

from __future__ import annotations

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.acme_reason import (
    LONGEST,
    Reason,
    find_reason,
)

DOKKU = """\
=====> Enabling letsencrypt for shop
-----> Enabling ACME proxy for shop...
       Reloading nginx configuration: nginx.
-----> Getting letsencrypt certificate for shop via HTTP-01
{client}
-----> Certificate retrieval failed!
-----> Disabling ACME proxy for shop...
       Reloading nginx configuration: nginx.

invoke-rc.d: could not determine current runlevel
        - Domain 'shop.example.org'
 !     Failed to setup letsencrypt
 !     Check log output for further information on failure
"""

ONE_NAME = """\
       2026/11/22 10:00:00 [INFO] [shop.example.org, www.shop.example.org] acme: Obtaining bundle
       2026/11/22 10:00:01 [INFO] [shop.example.org] acme: use http-01 solver
       2026/11/22 10:00:04 Could not obtain certificates:
          error: one or more domains had a problem:
       [shop.example.org] acme: error: 400 :: urn:ietf:params:acme:error:dns :: DNS problem: \
NXDOMAIN looking up A for shop.example.org - check that a DNS record exists for this domain, url:
"""

TWO_NAMES = """\
       [a.example.org] acme: error: 403 :: urn:ietf:params:acme:error:unauthorized :: \
203.0.113.7: Invalid response from http://a.example.org/.well-known/acme-challenge/x: 404, url:
       [*.b.example.org] [b.example.org] acme: error: 400 :: urn:ietf:params:acme:error:connection \
:: 203.0.113.7: Timeout during connect (likely firewall problem)
"""

LIMIT = """\
       2026/11/22 10:00:04 Could not obtain certificates:
          acme: error: 429 :: POST :: https://acme-v02.api.letsencrypt.org/acme/new-order :: \
urn:ietf:params:acme:error:rateLimited :: too many certificates (5) already issued for this exact \
set of identifiers in the last 168h0m0s, retry after 2026-11-23 10:20:30 UTC: see \
https://letsencrypt.org/docs/rate-limits/, url:
 !     Let's Encrypt rate-limited this request.
"""

FORBIDDEN = """\
       2026/11/22 10:00:04 Could not obtain certificates:
          acme: error: 400 :: POST :: https://127.0.0.1:24893/order-plz :: \
urn:ietf:params:acme:error:rejectedIdentifier :: Order included an identifier for which issuance \
is forbidden by policy: "a.example.org"
"""

NO_SERVER = """\
       2026/11/22 10:00:03 No key found for account admin@example.org. Generating a P256 key.
       2026/11/22 10:00:03 Saved key to /certs/accounts/127.0.0.1_14000/admin@example.org.key
       2026/11/22 10:00:04 Could not create client: get directory at \
'https://127.0.0.1:14000/dir': Get \
"https://127.0.0.1:14000/dir": dial tcp 127.0.0.1:14000: connect: connection refused
"""

NO_FILE = """\
       docker: open /var/lib/dokku/dns-credentials: no such file or directory.
"""

NO_KEY = """\
       2026/11/22 10:00:04 hetzner: some credentials information are missing: HETZNER_API_TOKEN
"""

REFUSED = """\
       2026/11/22 10:00:03 [WARN] [*.a.example.org] acme: cleaning up failed: rfc2136: failed to \
remove: DNS update failed: server replied: REFUSED
       2026/11/22 10:00:04 Could not obtain certificates:
          error: one or more domains had a problem:
       [*.a.example.org] [*.a.example.org] acme: error presenting token: rfc2136: failed to \
insert: DNS update failed: server replied: REFUSED
"""


@pytest.mark.parametrize(
    ("client", "reason"),
    [
        (
            ONE_NAME,
            "shop.example.org: DNS problem: NXDOMAIN looking up A for shop.example.org - check that"
            " a DNS record exists for this domain",
        ),
        (
            TWO_NAMES,
            "a.example.org: 203.0.113.7: Invalid response from"
            " http://a.example.org/.well-known/acme-challenge/x: 404; *.b.example.org: 203.0.113.7:"
            " Timeout during connect (likely firewall problem)",
        ),
        (
            NO_SERVER,
            "Could not create client: get directory at 'https://127.0.0.1:14000/dir': Get"
            ' "https://127.0.0.1:14000/dir": dial tcp 127.0.0.1:14000: connect: connection refused',
        ),
        (
            FORBIDDEN,
            "Order included an identifier for which issuance is forbidden by policy:"
            ' "a.example.org"',
        ),
        (
            NO_FILE,
            "docker: open /var/lib/dokku/dns-credentials: no such file or directory.",
        ),
        (NO_KEY, "hetzner: some credentials information are missing: HETZNER_API_TOKEN"),
        (
            REFUSED,
            "*.a.example.org: error presenting token: rfc2136: failed to insert: DNS update failed:"
            " server replied: REFUSED",
        ),
    ],
)
def test_reason_is_what_the_server_or_the_client_said(client: str, reason: str) -> None:
    """One line, with the name that it is about."""
    assert find_reason(DOKKU.format(client=client.rstrip("\n"))) == Reason(reason)


def test_rate_limit_is_recognised_and_says_until_when() -> None:
    """So that nobody asks again before."""
    reason = find_reason(DOKKU.format(client=LIMIT))
    assert reason.text.startswith("the server's rate limit is reached: too many certificates (5)")
    assert reason.is_limit
    assert reason.retry_after == "2026-11-23T10:20:30Z"


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("", "it said nothing"),
        ("-----> Working\n !     No domains detected for shop\n", "No domains detected for shop"),
        (
            "=====> Enabling letsencrypt for shop\n\n !     ERROR: no e-mail address!\n"
            " !       please provide one\n",
            "ERROR: no e-mail address!; please provide one",
        ),
    ],
)
def test_without_a_client_the_plugins_own_words_count(output: str, reason: str) -> None:
    """They stand on standard error, with Dokku's decoration."""
    assert find_reason(output).text == reason


def test_long_reasons_are_cut() -> None:
    """A line stays a line."""
    line = "[a.org] acme: error: 400 :: urn:ietf:params:acme:error:dns :: " + "x" * 1000
    assert len(find_reason(line).text) == LONGEST + len(" ...")
