"""The concern *dns*: the records that lead to the app, and others that it wants.

Reads ``dns``. Which zones an app may write to is the operator's grant and not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_model import zone_of

from . import hostnames
from .app import App
from .dns_values import VALUES, zone_text
from .domains import Domains
from .fragments import Schema, Wrong, closed, switch
from .fragments import text as text_schema
from .tree import Node
from .wish import Wish, flag, get, items, number, text
from .words import quote

DEFAULT_TTL = 300
SHORTEST_TTL, LONGEST_TTL = 60, 604800
LONGEST_TEXT = 2000

TTL = {
    "description": f"How many seconds others may remember a record, {SHORTEST_TTL} to"
    f" {LONGEST_TTL}.",
    "type": "integer",
    "minimum": SHORTEST_TTL,
    "maximum": LONGEST_TTL,
    "default": DEFAULT_TTL,
}
TYPES = ("A", "AAAA", "CAA", "CNAME", "MX", "SRV", "TXT")
SCHEMA: Schema = {
    "dns": switch(
        {
            "ttl": TTL,
            "ipv6": {
                "description": "Whether the domains get AAAA records too.",
                "type": "boolean",
                "default": True,
            },
            "adopt": {
                "description": "Names whose records exist already and may be taken over. Without"
                " this a record"
                " that somebody else made is never changed.",
                "type": "array",
                "maxItems": 100,
                "items": {
                    "type": "string",
                    "format": "deploy-record-name",
                    "examples": ["shop.example.org"],
                },
            },
            "records": {
                "description": "More records, next to those of the domains.",
                "type": "array",
                "maxItems": 200,
                "items": closed(
                    {
                        "name": {
                            "description": "Full name of the record.",
                            "type": "string",
                            "format": "deploy-record-name",
                        },
                        "type": {
                            "description": "Type of the record.",
                            "type": "string",
                            "enum": list(TYPES),
                        },
                        "value": text_schema(
                            "What it says, as in a zone file.", maxLength=LONGEST_TEXT, minLength=1
                        ),
                        "ttl": TTL,
                    },
                    required=["name", "type", "value"],
                    examples=[
                        {"name": "shop.example.org", "type": "MX", "value": "10 mail.example.org"}
                    ],
                ),
            },
        },
        description="Records for the domains. `auto`: A and AAAA records with the host's"
        " addresses, in the zones"
        " that the operator granted. `off`: none. A map changes how.",
        default="auto",
        examples=["auto", {"ttl": 300, "ipv6": True, "adopt": ["shop.example.org"]}],
    )
}


@dataclass(frozen=True)
class Record:
    """One record of a zone."""

    name: str
    type: str
    value: str
    ttl: int = DEFAULT_TTL


@dataclass(frozen=True)
class Dns:
    """How the domains get their records, and which other records there are."""

    is_on: bool = True
    is_declared: bool = False
    ttl: int = DEFAULT_TTL
    has_ipv6: bool = True
    adopt: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()
    domains: tuple[str, ...] = ()

    def items(self, app: App) -> tuple[str, ...]:
        """Return ``type name`` of each set of records that is made in the host's zones."""
        return tuple(f"{row['type']} {row['name']}" for row in self.record_sets(app))

    def variables(self, app: App) -> dict[str, object]:
        """Return what the role *dns* needs: what is made in the zones, what is left to people."""
        return {
            "dns_records": self.record_sets(app),
            "dns_by_hand": self.by_hand(app),
            "dns_adopt": list(self.adopt),
        }

    def record_sets(self, app: App) -> list[dict[str, Any]]:
        """Return the sets of records that are made in the host's zones."""
        return self._rows(app, is_in_zone=True)

    def by_hand(self, app: App) -> list[dict[str, Any]]:
        """Return the sets that people are told to make, for they lie in none of the zones.

        On a host where nobody set up DNS, an app that does not ask for it is left in peace.
        """
        is_told = self.is_declared or bool(app.zones or app.ipv4 or app.ipv6)
        return self._rows(app, is_in_zone=False) if is_told else []

    def addresses(self, app: App) -> dict[str, str]:
        """Return what the domains lead to, by type of record."""
        found = {"A": app.ipv4, "AAAA": app.ipv6 if self.has_ipv6 else ""}
        return {kind: address for kind, address in found.items() if address}

    def outside(self, app: App) -> tuple[str, ...]:
        """Return the names that are spelled out under ``dns`` and lie in none of the zones."""
        named = [*(record.name for record in self.records), *self.adopt]
        return tuple(n for n in dict.fromkeys(named) if self.is_on and not zone_of(n, app.zones))

    def _rows(self, app: App, *, is_in_zone: bool) -> list[dict[str, Any]]:
        """Return the sets of records, each with all its values as in a zone file."""
        if not self.is_on:
            return []
        rows = [
            Record(name, kind, address, self.ttl)
            for name in self.domains
            for kind, address in self.addresses(app).items()
        ]
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for record in (*rows, *self.records):
            if bool(zone_of(record.name, app.zones)) == is_in_zone:
                row = {"name": record.name, "type": record.type, "ttl": record.ttl, "values": []}
                found.setdefault((record.type, record.name), row)["values"].append(
                    zone_text(record.type, record.value)
                )
        return list(found.values())


def read(wish: Wish, domains: Domains) -> Dns:
    """Read the settings and check the records against each other and against the domains."""
    node = wish.get("dns")
    ttl = number(get(node, "ttl"), DEFAULT_TTL)
    nodes = items(get(node, "records"))
    records = [_record(item, ttl) for item in nodes]
    for item, record in zip(nodes, records, strict=True):
        _check_value(wish, item, record)
        _check_company(wish, item, record, records)
        if record.name in domains.names and record.type in ("A", "AAAA", "CNAME"):
            what = f"{record.type} {record.name} is made from domains already"
            wish.problems.at(item, what, "remove it here, or the name from domains")
    return Dns(
        is_on=text(node) != "off",
        is_declared=node is not None,
        ttl=ttl,
        has_ipv6=flag(get(node, "ipv6"), default=True),
        adopt=_adopted(wish, node, domains, records),
        records=tuple(records),
        domains=domains.names,
    )


def _record(node: Node, ttl: int) -> Record:
    words = {key: text(get(node, key)) for key in ("name", "type", "value")}
    return Record(**words, ttl=number(get(node, "ttl"), ttl))


def _check_value(wish: Wish, node: Node, record: Record) -> None:
    try:
        VALUES[record.type](record.value)
    except Wrong as wrong:
        wish.problems.at(get(node, "value") or node, wrong.what, wrong.remedy)


def _check_company(wish: Wish, node: Node, record: Record, records: list[Record]) -> None:
    company = [other for other in records if other.name == record.name]
    if records.count(record) > 1 and records.index(record) != _index(records, record):
        wish.problems.at(node, f"{record.type} {record.name} is given twice", "keep one of them")
    elif record.type == "CNAME" and len(company) > 1:
        what = f"{quote(record.name)} has a CNAME and other records"
        wish.problems.at(node, what, "a name with a CNAME can have no other record; remove one")
    elif (
        len({other.ttl for other in company if other.type == record.type}) > 1
        and record != company[0]
    ):
        what = f"the {record.type} records of {quote(record.name)} have different ttl"
        wish.problems.at(node, what, "give them the same")


def _index(records: list[Record], record: Record) -> int:
    return next(index for index, other in enumerate(records) if other is record)


def _adopted(
    wish: Wish, node: Node | None, domains: Domains, records: list[Record]
) -> tuple[str, ...]:
    names = {*domains.names, *(record.name for record in records)}
    adopted = items(get(node, "adopt"))
    for item in adopted:
        if text(item) not in names and wish.is_sound("domains"):
            what = f"{quote(text(item))} is neither one of the domains nor one of the records"
            wish.problems.at(item, what, "add it there or remove it here")
    return tuple(text(item) for item in adopted)


FORMATS = hostnames.FORMATS
