"""Makes records in DNS zones and takes them away: only what differs, and only what is ours.

Every record set that we make has a marker beside it, a TXT record that names this host and the app.
What is there without our marker belongs to somebody else and is not touched. This is the door: what
is behind it (`dns_converge`) is imported when it is used, with the libraries that it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .definition import APP, ModuleDefinition, names
from .dns_model import Access, Conflict, DnsError, RecordSet, zone_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .change import Result
    from .client import Dokku

__all__ = ["MODULE", "Access", "Conflict", "DnsError", "RecordSet", "conflicts", "zone_of"]


def conflicts(
    access: Access, records: Sequence[RecordSet], adopt: frozenset[str]
) -> list[Conflict]:
    """Looks once at the zones and returns what stands in the way of these records.

    Raises DnsError when the provider cannot be asked, InvalidValue for a record that none can have.
    """
    from .dns_converge import find_conflicts

    return find_conflicts(access, records, adopt)


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes the records as the parameters say; what is not possible now is told as pending."""
    from .dns_converge import converge_records

    return converge_records(params, check=check)


MODULE = ModuleDefinition(
    {
        "provider": {"type": "str", "required": True},
        "credentials_file": {"type": "path", "required": True},
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
