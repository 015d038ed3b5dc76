"""Lists the providers that can keep zones: a table, and nothing that runs."""

from __future__ import annotations

from dataclasses import dataclass

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
