"""Lists the providers that can keep zones, and checks what an operator gives us for them.

The credentials are lines `NAME=value`, by the names that the ACME client lego uses too, so that one
file serves both. No value ever stands in a message.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ALGORITHMS = ("hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512")
SHORTEST_SECRET = 4
"""Shorter values are words of any sentence, and nobody's key."""

LEGO_WAITS = ("TTL", "PROPAGATION_TIMEOUT", "POLLING_INTERVAL", "HTTP_TIMEOUT")
"""Ends of the names of variables that only lego reads."""


@dataclass(frozen=True)
class Provider:
    """A provider: the variables it needs and may have, and what else must be installed for it."""

    name: str
    title: str
    variables: tuple[str, ...]
    optional: tuple[str, ...] = ()
    requirements: str = ""
    lego: str = ""
    package: str = ""
    shortest_ttl: int = 1
    is_atomic: bool = False

    @property
    def known(self) -> tuple[str, ...]:
        """Returns every variable that may stand in the credentials."""
        return (*self.variables, *self.optional)


def _lego_only(prefix: str) -> tuple[str, ...]:
    return tuple(f"{prefix}_{end}" for end in LEGO_WAITS)


_LIST = (
    Provider(
        "rfc2136",
        "RFC 2136 (BIND, Knot DNS and other name servers of one's own)",
        ("RFC2136_NAMESERVER", "RFC2136_TSIG_KEY", "RFC2136_TSIG_SECRET"),
        (
            "RFC2136_TSIG_ALGORITHM",
            "RFC2136_DNS_TIMEOUT",
            "RFC2136_SEQUENCE_INTERVAL",
            *_lego_only("RFC2136"),
        ),
        lego="rfc2136",
        package="dns",
        is_atomic=True,
    ),
    Provider(
        "powerdns",
        "PowerDNS",
        ("PDNS_API_URL", "PDNS_API_KEY"),
        ("PDNS_SERVER_NAME", "PDNS_API_VERSION", *_lego_only("PDNS")),
        lego="pdns",
        package="octodns_powerdns",
        is_atomic=True,
    ),
    Provider(
        "cloudflare",
        "Cloudflare",
        ("CLOUDFLARE_DNS_API_TOKEN",),
        ("CLOUDFLARE_ZONE_API_TOKEN", *_lego_only("CLOUDFLARE")),
        lego="cloudflare",
        package="octodns_cloudflare",
        shortest_ttl=60,
    ),
    Provider(
        "gandi",
        "Gandi LiveDNS",
        ("GANDIV5_PERSONAL_ACCESS_TOKEN",),
        _lego_only("GANDIV5"),
        lego="gandiv5",
        package="octodns_gandi",
        shortest_ttl=300,
    ),
    Provider(
        "hetzner",
        "Hetzner DNS, in the Hetzner Cloud",
        ("HETZNER_API_TOKEN",),
        _lego_only("HETZNER"),
        lego="hetzner",
        package="octodns_hetzner",
        shortest_ttl=60,
    ),
    Provider(
        "digitalocean",
        "DigitalOcean",
        ("DO_AUTH_TOKEN",),
        _lego_only("DO"),
        lego="digitalocean",
        package="octodns_digitalocean",
        shortest_ttl=30,
    ),
    Provider(
        "desec",
        "deSEC",
        ("DESEC_TOKEN",),
        _lego_only("DESEC"),
        lego="desec",
        package="octodns_desec",
        shortest_ttl=3600,
        is_atomic=True,
    ),
    Provider(
        "ovh",
        "OVHcloud",
        (
            "OVH_ENDPOINT",
            "OVH_APPLICATION_KEY",
            "OVH_APPLICATION_SECRET",
            "OVH_CONSUMER_KEY",
        ),
        _lego_only("OVH"),
        requirements="requirements-ovh.txt",
        lego="ovh",
        package="octodns_ovh",
        shortest_ttl=60,
    ),
    Provider(
        "route53",
        "Amazon Route 53",
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        (
            "AWS_SESSION_TOKEN",
            "AWS_REGION",
            "AWS_HOSTED_ZONE_ID",
            "AWS_MAX_RETRIES",
            "AWS_TTL",
            "AWS_PROPAGATION_TIMEOUT",
            "AWS_POLLING_INTERVAL",
        ),
        requirements="requirements-route53.txt",
        lego="route53",
        package="octodns_route53",
        is_atomic=True,
    ),
)

PROVIDERS: dict[str, Provider] = {provider.name: provider for provider in _LIST}


def read_credentials(text: str) -> dict[str, str]:
    """Returns the variables of a credentials file; lines that are none are left out."""
    lines = (line.strip() for line in text.splitlines())
    parts = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name: value for name, _, value in parts}


def secrets_of(credentials: dict[str, str]) -> list[str]:
    """Returns the values that nobody may see."""
    return [
        value
        for name, value in credentials.items()
        if len(value) >= SHORTEST_SECRET
        and re.search("TOKEN|SECRET|KEY|PASSWORD", name)
        and name != "RFC2136_TSIG_KEY"
    ]


def check_credentials(provider: str, text: str) -> list[str]:
    """Returns what is wrong with the credentials, in words and without their values."""
    known = PROVIDERS[provider].known
    problems = [problem for line in _lines(text) if (problem := _line_problem(line, known))]
    values = read_credentials(text)
    problems += [
        f"{name} is missing" for name in PROVIDERS[provider].variables if not values.get(name)
    ]
    problems += [
        f"{name} {problem}"
        for name, check in CHECKS.items()
        if values.get(name) and (problem := check(values[name]))
    ]
    return problems


def is_installed(provider: str) -> bool:
    """Tells whether the library for this provider is there."""
    return find_spec(PROVIDERS[provider].package) is not None


def install_command(provider: str) -> str:
    """Returns the command that installs what this provider needs."""
    extra = PROVIDERS[provider].requirements.removeprefix("requirements-").removesuffix(".txt")
    words = ["sudo", str(Path(__file__).parents[5] / "install"), f"dns-{extra}" if extra else ""]
    return " ".join(filter(None, words))


def host_and_port(text: str, port: int = 53) -> tuple[str, int]:
    """Splits `host`, `host:port`, `address` or `[address]:port`; raises ValueError."""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        rest = rest.removeprefix(":")
    elif text.count(":") == 1:
        host, _, rest = text.partition(":")
    else:
        host, rest = text, ""
    number = int(rest) if rest else port
    if not host or not 0 < number < 65536:
        raise ValueError(text)
    return host, number


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line


def _line_problem(numbered: tuple[int, str], known: tuple[str, ...]) -> str:
    number, line = numbered
    name, sign, value = line.strip().partition("=")
    if not sign or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        return f"line {number} is not NAME=value"
    if name not in known:
        close = get_close_matches(name.upper(), known, n=1)
        hint = f"; did you mean {close[0]}?" if close else f"; possible are {', '.join(known)}"
        return f"{name} is not a variable of this provider{hint}"
    if value[:1] in ("'", '"'):
        return f"{name} begins with a quote; write the value without quotes"
    if value != value.strip():
        return f"{name} has a blank beside its value"
    return ""


def _check_nameserver(value: str) -> str:
    try:
        host_and_port(value)
    except ValueError:
        return "is not an address or a name, with or without :port"
    return "" if re.fullmatch(r"[A-Za-z0-9.:\[\]_-]+", value) else "is not an address or a name"


def _check_algorithm(value: str) -> str:
    if value.rstrip(".").lower() in ALGORITHMS:
        return ""
    return f"is not an algorithm that can be used; possible are {', '.join(ALGORITHMS)}"


def _check_secret(value: str) -> str:
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error:
        return "is not base64"
    return ""


def _check_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return "is not an URL"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return "must begin with http:// or https:// and a name or address"
    if parts.username or parts.password:
        return "must not hold a user's name or password"
    return "must not have a path" if parts.path.strip("/") or parts.query else ""


CHECKS: dict[str, Callable[[str], str]] = {
    "RFC2136_NAMESERVER": _check_nameserver,
    "RFC2136_TSIG_ALGORITHM": _check_algorithm,
    "RFC2136_TSIG_SECRET": _check_secret,
    "PDNS_API_URL": _check_url,
}
