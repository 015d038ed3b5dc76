"""Asks the library for records as the module does, and a name server for what is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import dns_records
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_model import (
    Access,
    Conflict,
    RecordSet,
)
from tests.dns.servers.zones import OTHER_ZONE, ZONE

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.change import Result


class Server(Protocol):
    """A name server that runs."""

    @property
    def port(self) -> int:
        """Returns where it answers."""

    def writes(self) -> int:
        """Returns how many messages it got that change something, or could have."""


@dataclass(frozen=True)
class Keeper:
    """Someone who keeps records on a server, in the name of an app of the host `this`."""

    provider: str
    credentials_file: Path
    server: Server
    zones: tuple[str, ...] = (ZONE, OTHER_ZONE)

    def converge(self, *lines: str, check: bool = False, **options: Any) -> Result:
        """Makes records like `A shop.example.org 192.0.2.1`; returns what the module would."""
        given = {
            "provider": self.provider,
            "credentials_file": str(self.credentials_file),
            "zones": list(self.zones),
            "owner": "this",
            "app": "shop",
            "records": record_list(lines, options.pop("ttl", 300)),
            "timeout": 10.0,
            **options,
        }
        checked = ArgumentSpecValidator(dns_records.MODULE.arguments).validate(given)
        assert checked.error_messages == []
        return dns_records.converge(Dokku(), checked.validated_parameters, check=check)

    def conflicts(self, *lines: str, adopt: frozenset[str] = frozenset()) -> list[Conflict]:
        """Looks for what is in the way of records, as the judge of a push does."""
        sets = [
            RecordSet(entry["name"], entry["type"], entry["ttl"], tuple(entry["values"]))
            for entry in record_list(lines, 300)
        ]
        access = Access(
            self.provider, str(self.credentials_file), self.zones, "this", "shop", timeout=10.0
        )
        return dns_records.conflicts(access, sets, adopt)

    def ask(self, name: str, kind: str) -> set[str]:
        """Returns what the server answers with."""
        return ask(self.server.port, name, kind)


def record_list(lines: tuple[str, ...], ttl: int) -> list[dict[str, Any]]:
    """Returns the module's option; lines of the same type and name are one set."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for line in lines:
        kind, name, value = line.split(" ", 2)
        entry = {"name": name, "type": kind, "ttl": ttl, "values": []}
        found.setdefault((kind, name), entry)["values"].append(value)
    return list(found.values())


def ask(port: int, name: str, kind: str) -> set[str]:
    """Returns the records that a server gives for exactly this name and type."""
    question = dns.message.make_query(name, kind)
    answer, _ = dns.query.udp_with_fallback(question, "127.0.0.1", port=port, timeout=5)
    assert answer.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)
    kinds = [found for found in answer.answer if found.rdtype == dns.rdatatype.from_text(kind)]
    return {f"{found.ttl} {rdata.to_text()}" for found in kinds for rdata in found}


def told(result: Result) -> list[str]:
    """Returns the changes, one line each."""
    return [
        " ".join(filter(None, (change.sign, change.subject, change.detail)))
        for change in result.changes
    ]
