"""For which names the app gets a certificate, and what the role *tls* is told for that.

Who issues it is found out by the role itself, for it depends on the app's proxy and scheduler.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import domains
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.change import read_or_empty
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_providers import PROVIDERS

from .context import Context
from .desired import Desired
from .dns import credentials_file
from .events import Event
from .orders import Orders

WAIT_SECONDS = 30
"""How long the name servers may take to answer with what this push has told them."""

ORDER_SECONDS, DNS_ORDER_SECONDS = 180, 300
"""How long an order may take; by DNS-01 the ACME client waits for the name servers, too."""

ASK_SECONDS = 3
"""How long for records that people make: waiting would not bring them."""


def variables(context: Context, desired: Desired, *, check: bool) -> dict[str, object]:
    """Return the variables of the role *tls*; asks Dokku for the app's domains."""
    wish, settings = desired.manifest.tls, context.settings
    names = _names(context, desired, check=check)
    is_dns = wish.challenge == "dns-01" or any(name.startswith("*") for name in names)
    orders = Orders.from_json(desired.state.orders)
    return {
        "tls_state": "present" if "tls" in desired.items else "absent",
        "tls_own": wish.certificate is not None,
        "tls_domains": list(names),
        "tls_email": settings["acme-email"],
        "tls_server": settings["acme-server"],
        "tls_is_dns": is_dns,
        "tls_dns_provider": _lego_name(settings["dns-provider"]),
        "tls_env_file": str(credentials_file(context) or ""),
        "tls_addresses": list(desired.manifest.dns.addresses(desired.app).values()),
        "tls_resolver": settings["dns-resolver"],
        "tls_wait": WAIT_SECONDS if _are_records_made(desired) else ASK_SECONDS,
        "tls_timeout": DNS_ORDER_SECONDS if is_dns else ORDER_SECONDS,
        "tls_not_before": orders.not_before(names),
        "tls_backoff": orders.words(),
        "tls_ports": [str(mapping) for mapping in desired.manifest.ports.https()],
    }


def _are_records_made(desired: Desired) -> bool:
    """Whether the records of the app's domains are ours and were made."""
    return "dns" in desired.items and "dns" not in desired.state.pending


def _lego_name(provider: str) -> str:
    """What the ACME client calls a DNS provider."""
    return PROVIDERS[provider].lego if provider else ""


def _names(context: Context, desired: Desired, *, check: bool) -> tuple[str, ...]:
    def read() -> domains.Domains:
        return domains.read(context.dokku, context.app)

    observed = read_or_empty(read, domains.Domains(), check=check)
    return wanted_names(context.app, desired, observed)


def wanted_names(app: str, desired: Desired, observed: domains.Domains) -> tuple[str, ...]:
    """Return the app's domains as they are once the run is done, in their order.

    Not only those of the manifest: a domain that somebody added by hand is served as well, and the
    ACME client of Dokku asks for all of them.
    """
    absent = tuple(desired.absent.get("domains", ()))
    wish = domains.DesiredDomains("present", desired.manifest.domains.names, absent)
    names = domains.wanted_names(app, observed, wish)
    if not names and absent:  # then the run gives the app its default names back
        names = domains.default_domains(app, observed.global_names)
    return tuple(name for name in names if name != "_")


def recorded(state_orders: dict[str, Any], events: Sequence[Event]) -> tuple[dict[str, Any], str]:
    """Return the orders to remember after a run, and when the certificate is due for renewal."""
    orders, renew_after = Orders.from_json(state_orders), ""
    for event in events:
        if answer := event.recorded.get("letsencrypt"):
            renew_after = answer["renew_after"]
            orders = Orders() if answer["succeeded"] else orders
            if answer["ordered"]:
                names = tuple(answer["names"])
                is_good, now = answer["succeeded"], datetime.now(UTC)
                orders = orders.after(names, is_good=is_good, now=now)
                orders = orders.limited(answer["retry_after"]) if answer["is_limit"] else orders
    return orders.as_json(), renew_after


def is_in_cluster(events: Sequence[Event]) -> bool:
    """Whether the certificate is the cluster's, and so in no file of this host."""
    return any(event.recorded.get("issuer") == "k3s" for event in events)
