"""Who issues the app's certificate, for which names, and what the role *tls* is told for that.

The app's proxy and scheduler decide who: `module_utils/tls_ways` has the table.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import domains, tls_ways
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.change import read_or_empty

from . import tls
from .context import Context
from .desired import Desired
from .dns import credentials_file
from .events import Event
from .orders import Orders

WAIT_SECONDS = 30
"""How long the name servers may take to answer with the host's address, before an order."""


def variables(context: Context, desired: Desired, *, check: bool) -> dict[str, object]:
    """Return the variables of the role *tls*; asks Dokku for domains, proxy and scheduler."""
    wish, settings = desired.manifest.tls, context.settings
    with ThreadPoolExecutor(max_workers=2) as pool:
        observed = pool.submit(_observe_domains, context, check=check)
        way = pool.submit(tls_ways.read, context.dokku, context.app)
        names = wanted_names(context, desired, observed.result())
    is_dns = wish.challenge == "dns-01" or any(name.startswith("*") for name in names)
    orders = Orders.from_json(desired.state.orders)
    return {
        "tls_way": "certs" if wish.certificate else way.result(),
        "tls_state": "present" if "tls" in desired.items else "absent",
        "tls_domains": list(names),
        "tls_email": tls.acme_email(context),
        "tls_server": settings["acme-server"],
        "tls_dns_provider": settings["dns-provider"] if is_dns else "",
        "tls_env_file": str(credentials_file(context) or "") if is_dns else "",
        "tls_needs_dns": is_dns,
        "tls_addresses": list(desired.manifest.dns.addresses(desired.app).values()),
        "tls_resolver": settings["dns-resolver"],
        "tls_wait": WAIT_SECONDS,
        "tls_not_before": orders.not_before(names),
        "tls_backoff": orders.words(),
        "tls_ports": [str(mapping) for mapping in desired.manifest.ports.https()],
    }


def _observe_domains(context: Context, *, check: bool) -> domains.Domains:
    def read() -> domains.Domains:
        return domains.read(context.dokku, context.app)

    return read_or_empty(read, domains.Domains(), check=check)


def wanted_names(context: Context, desired: Desired, observed: domains.Domains) -> tuple[str, ...]:
    """Return the app's domains as they are once the run is done, in their order.

    Not only those of the manifest: a domain that somebody added by hand is served as well, and the
    ACME client of Dokku asks for all of them.
    """
    absent = tuple(desired.absent.get("domains", ()))
    wish = domains.DesiredDomains("present", desired.manifest.domains.names, absent)
    names = domains.wanted_names(context.app, observed, wish)
    names = names or domains.default_domains(context.app, observed.global_names)
    return tuple(name for name in names if name != "_")


def recorded(state_orders: dict[str, Any], events: list[Event]) -> tuple[dict[str, Any], str]:
    """Return the orders to remember after a run, and when the certificate is due for renewal."""
    orders, renew_after = Orders.from_json(state_orders), ""
    for event in events:
        if answer := event.recorded.get("letsencrypt"):
            renew_after = answer["renew_after"]
            if answer["ordered"]:
                names = tuple(answer["names"])
                is_good, now = answer["succeeded"], datetime.now(UTC)
                orders = orders.after(names, is_good=is_good, now=now)
    return orders.as_json(), renew_after
