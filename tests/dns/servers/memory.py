"""A provider of octoDNS's that keeps a zone in memory, one record at a time, and may break down."""

from __future__ import annotations

import logging
from typing import Any

from octodns.provider.base import BaseProvider
from octodns.record import Record


class MemoryProvider(BaseProvider):  # type: ignore[misc]
    """Behaves like a cloud without transactions; `breaks_at` is the change that fails."""

    SUPPORTS_GEO = False
    SUPPORTS_ROOT_NS = True
    SUPPORTS = frozenset({"A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "TXT"})

    def __init__(self, zone: str, records: dict[tuple[str, str], dict[str, Any]]) -> None:
        self.log = logging.getLogger("MemoryProvider")
        super().__init__("memory")
        self.zone = zone
        self.data = {key: {**value, "type": key[1]} for key, value in records.items()}
        self.breaks_at = -1
        self.applied: list[str] = []

    def populate(self, zone: Any, **_: Any) -> bool:
        """Fills the zone with what is there."""
        self.log.warning("a warning that nobody may see")
        if zone.name != f"{self.zone}.":
            return False
        for (name, _kind), data in self.data.items():
            zone.add_record(Record.new(zone, name, data, lenient=True), lenient=True)
        return True

    def _apply(self, plan: Any) -> None:
        for change in plan.changes:
            if len(self.applied) == self.breaks_at:
                raise RuntimeError("broke down with the token 0123456789abcdef")
            self.applied.append(f"{type(change).__name__} {change.record._type}")
            key = (change.record.name, change.record._type)
            if change.new:
                self.data[key] = {**change.new.data, "type": change.new._type}
            else:
                del self.data[key]
