"""How this host makes DNS records: what the operator set, as variables of the role *dns*."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .context import Context
from .settings import setting_file

if TYPE_CHECKING:
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_model import Conflict

    from .desired import Desired

SECONDS = 20
"""How long the provider may take in one run; a deploy waits for it."""

SECONDS_BEFORE_BUILD = 8
"""How long it may take to say what is there; where it takes longer the run finds out."""


def host_variables(context: Context, origin: str) -> dict[str, object]:
    """Return how and as whom records are made; the secret stays in its file.

    Records are marked with the name under which the app was first provisioned.
    """
    settings = context.settings
    return {
        "dns_provider": settings["dns-provider"],
        "dns_credentials": str(credentials_file(context) or ""),
        "dns_zones": list(settings.words("dns-zones")),
        "dns_owner": settings["dns-owner"],
        "dns_origin": origin,
        "dns_resolver": settings["dns-resolver"],
        "dns_timeout": SECONDS,
    }


def conflicts(context: Context, desired: Desired) -> list[Conflict]:
    """Return what stands in the way of the app's records, after one look at the provider.

    Raises DnsError where it cannot be asked, InvalidValue for a record that none can have.
    """
    rows = desired.manifest.dns.record_sets(desired.app)
    credentials = credentials_file(context)
    if not rows or not credentials:
        return []
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils import dns_records

    settings = context.settings
    access = dns_records.Access(
        provider=settings["dns-provider"],
        credentials_file=str(credentials),
        zones=settings.words("dns-zones"),
        owner=settings["dns-owner"],
        app=desired.app.name,
        timeout=SECONDS_BEFORE_BUILD,
    )
    records = [dns_records.RecordSet(**{**row, "values": tuple(row["values"])}) for row in rows]
    return dns_records.conflicts(access, records, frozenset(desired.manifest.dns.adopt))


def secrets(context: Context) -> list[str]:
    """The values of the provider's variables that nobody may see."""
    text = context.settings["dns-credentials"]
    if not text:
        return []
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils import dns_providers

    return dns_providers.secrets_of(dns_providers.read_credentials(text))


def credentials_file(context: Context) -> Path | None:
    """The file with the provider's variables; the ACME client reads the same."""
    return setting_file(context.layout, context.app, "dns-credentials")
