"""Credentials: what is wrong with them, in words and never with their values."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_credentials import (
    check_credentials,
    host_and_port,
    read_credentials,
    secrets_of,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_providers import (
    PROVIDERS,
    install_command,
)

ROOT = Path(__file__).parents[3]
GOOD = """\
# from the key file of the name server

RFC2136_NAMESERVER=192.0.2.53
RFC2136_TSIG_KEY=deploy
RFC2136_TSIG_SECRET=c2VjcmV0IHNlY3JldA==
RFC2136_TSIG_ALGORITHM=hmac-sha256.
RFC2136_PROPAGATION_TIMEOUT=60
"""


def test_a_good_file_has_no_problem() -> None:
    assert check_credentials("rfc2136", GOOD) == []
    assert read_credentials(GOOD)["RFC2136_TSIG_SECRET"] == "c2VjcmV0IHNlY3JldA=="
    assert secrets_of(read_credentials(GOOD)) == ["c2VjcmV0IHNlY3JldA=="]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("RFC2136_TSIG_KEY=deploy\n", "", "RFC2136_TSIG_KEY is missing"),
        ("=deploy", "=", "RFC2136_TSIG_KEY is missing"),
        ("=deploy", "='deploy'", "RFC2136_TSIG_KEY begins with a quote; write the value without"),
        ("=deploy", "= deploy", "RFC2136_TSIG_KEY has a blank beside its value"),
        ("RFC2136_TSIG_ALG", "RFC2136_TSIG_AGL", "did you mean RFC2136_TSIG_ALGORITHM?"),
        ("RFC2136_TSIG_ALG", "export RFC2136_TSIG_ALG", "line 6 is not NAME=value"),
        ("# from", "from", "line 1 is not NAME=value"),
        ("=192.0.2.53", "=192.0.2.53:port", "RFC2136_NAMESERVER is not an address or a name"),
        ("=192.0.2.53", "=192.0.2.53:70000", "RFC2136_NAMESERVER is not an address or a name"),
        ("hmac-sha256.", "sha256", "RFC2136_TSIG_ALGORITHM is not an algorithm"),
        ("c2VjcmV0IHNlY3JldA==", "c2VjcmV0!IHNlY3JldA==", "RFC2136_TSIG_SECRET is not base64"),
        ("c2VjcmV0IHNlY3JldA==", "c2VjcmV0IHNlY3JldA", "RFC2136_TSIG_SECRET is not base64"),
    ],
)
def test_a_problem_is_named_without_values(old: str, new: str, problem: str) -> None:
    assert old in GOOD
    problems = "; ".join(check_credentials("rfc2136", GOOD.replace(old, new, 1)))
    assert problem in problems
    assert "c2VjcmV0" not in problems


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://127.0.0.1:8081", ""),
        ("https://dns.example.org/", ""),
        ("127.0.0.1:8081", "must begin with http:// or https://"),
        ("http://127.0.0.1:x", "is not an URL"),
        ("http://user:pass@127.0.0.1", "must not hold a user's name or password"),
        ("http://127.0.0.1/api/v1", "must not have a path"),
    ],
)
def test_the_address_of_powerdns(url: str, problem: str) -> None:
    problems = check_credentials("powerdns", f"PDNS_API_URL={url}\nPDNS_API_KEY=secret")
    assert len(problems) == bool(problem)
    assert problem in "".join(problems)


def test_every_variable_that_a_provider_needs_is_asked_for() -> None:
    for provider in PROVIDERS.values():
        assert len(check_credentials(provider.name, "")) == len(provider.variables) > 0
        assert provider.lego


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("192.0.2.53:5353", ("192.0.2.53", 5353)),
        ("ns.example.org:5353", ("ns.example.org", 5353)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[2001:db8::53]", ("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
    ],
)
def test_places_of_name_servers(text: str, place: tuple[str, int]) -> None:
    assert host_and_port(text) == place


def test_a_heavy_provider_names_its_install_command() -> None:
    assert install_command("route53") == f"sudo {ROOT}/install dns-route53"
    assert install_command("cloudflare") == f"sudo {ROOT}/install"


def test_other_modules_do_not_pay_for_dns() -> None:
    """Whoever imports the modules, or a part of DNS that asks nobody, gets no library for it."""
    base = "ansible_collections.ansible_deploy.dokku.plugins.module_utils"
    program = (
        f"import sys; from {base} import module, dns_providers, dns_answers, dns_records\n"
        f"dns_providers.is_installed('powerdns')\n"
        "print([name for name in ('dns', 'octodns', 'requests', 'boto3') if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
