"""Makes records in DNS zones and takes them away: only what differs, and only what is ours.

Every record set that we make has a marker beside it, a TXT record that names this host and the app.
What is there without our marker belongs to somebody else and is not touched. Which provider keeps
the zone is the concern of `dns_rfc2136` and `dns_octodns`; what to do about a difference is decided
in `dns_plan`, without a network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .change import Result
from .definition import APP, ModuleDefinition, names
from .dns_model import Access, Conflict, DnsError, RecordSet, zone_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .client import Dokku

__all__ = ["MODULE", "Access", "Conflict", "DnsError", "RecordSet", "conflicts", "zone_of"]


def conflicts(
    access: Access, records: Sequence[RecordSet], adopt: frozenset[str]
) -> list[Conflict]:
    """Looks once at the zones and returns what stands in the way of these records.

    Raises DnsError when the provider cannot be asked.
    """
    raise NotImplementedError


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes the records as the parameters say; what is not possible now is told as pending."""
    raise NotImplementedError


MODULE = ModuleDefinition(
    {
        "provider": {"type": "str", "required": True},
        "credentials_file": {"type": "str", "required": True},
        "zones": {"type": "list", "elements": "str", "required": True},
        "owner": {"type": "str", "required": True},
        "app": APP,
        "records": {
            "type": "list",
            "elements": "dict",
            "options": {
                "name": {"type": "str", "required": True},
                "type": {"type": "str", "required": True},
                "ttl": {"type": "int", "default": 300},
                "values": {"type": "list", "elements": "str", "required": True},
            },
        },
        "absent": names(),
        "adopt": names(),
        "timeout": {"type": "float", "default": 20.0},
    },
    converge,
)
