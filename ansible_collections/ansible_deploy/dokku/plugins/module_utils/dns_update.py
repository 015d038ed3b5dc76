"""Words updates for a name server: what must be so, and what shall be (RFC 2136)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rcode
import dns.update

from .dns_model import marker_key
from .dns_plan import ANY
from .dns_reading import full_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .dns_model import Key
    from .dns_plan import Write

NOBODYS = '"no record says this"'

CONDITIONS = {
    dns.rcode.YXDOMAIN,
    dns.rcode.YXRRSET,
    dns.rcode.NXRRSET,
    dns.rcode.NXDOMAIN,
}
"""How a server answers when a condition of an update does not hold (RFC 2136, 2.2)."""


def update_message(zone: str, writes: Sequence[Write]) -> dns.update.UpdateMessage:
    """Returns one update with all writes, on condition that everything is as it was seen."""
    update = dns.update.UpdateMessage(full_name(zone))
    for write in writes:
        _require(update, write)
    for write in writes:
        if not write.is_guard:
            _change(update, write)
    return update


def existence(zone: str, key: Key) -> dns.update.UpdateMessage:
    """Returns an update that changes nothing and fails where this does not really stand.

    It removes a text that nobody has from where a marker would be, for Knot takes an update without
    any change for a breach of each rule that denies something.
    """
    update = dns.update.UpdateMessage(full_name(zone))
    update.present(full_name(key.name), key.type)
    place = key if key.is_marker else marker_key(key, zone)
    update.delete(full_name(place.name), "TXT", NOBODYS)
    return update


def least_rule(key_name: str, writes: Sequence[Write]) -> str:
    """Returns what a key must at least be allowed for these writes, in BIND's words."""
    changed = [write.key for write in writes if not write.is_guard]
    names = sorted({_owned_name(key) for key in changed})
    types = " ".join(sorted({key.type for key in changed}))
    rules = " ".join(f"grant {key_name} subdomain {name}. {types};" for name in names)
    return f"the key needs leave to change them: in BIND update-policy {{ {rules} }}"


def _require(update: dns.update.UpdateMessage, write: Write) -> None:
    name = full_name(write.key.name)
    if write.before:
        update.present(name, write.key.type, *write.before.values)
    elif write.key.type == ANY:
        update.absent(name)
    else:
        update.absent(name, write.key.type)


def _change(update: dns.update.UpdateMessage, write: Write) -> None:
    name = full_name(write.key.name)
    if write.before:
        update.delete(name, write.key.type)
    if write.after:
        for value in write.after.values:
            update.add(name, write.after.ttl, write.key.type, value)


def _owned_name(key: Key) -> str:
    """Returns the name below which a key needs leave for a record and its marker."""
    name = key.name
    if name.startswith("_owner."):
        name = name.split(".", 2)[2].removeprefix("_wildcard.")
    return name.removeprefix("*.")
