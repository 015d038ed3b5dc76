"""Remembers certificates that could not be had, so that repeated pushes meet no rate limit.

Let's Encrypt refuses a name for an hour after five failed attempts in one
(https://letsencrypt.org/docs/rate-limits/). Three attempts are free, so that a mistake can be
mended and pushed again at once; then the pause doubles from one hour to a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

FREE = 3
LONGEST_PAUSE = timedelta(days=1)


@dataclass(frozen=True)
class Orders:
    """Orders that failed since the last one that succeeded: how many, for which names, when.

    ``until`` is when the authority itself said to come back, as ISO time; it is for all names.
    """

    failed: int = 0
    names: tuple[str, ...] = ()
    last: str = ""
    until: str = ""

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Orders:
        """Read what ``as_json`` returned."""
        return cls(**{**value, "names": tuple(value.get("names", ()))})

    def as_json(self) -> dict[str, Any]:
        """Plain data for the record; empty when nothing failed."""
        return {**self.__dict__, "names": list(self.names)} if self.failed else {}

    def after(self, names: tuple[str, ...], *, is_good: bool, now: datetime) -> Orders:
        """What is remembered once another order has ended; quite other names start anew."""
        if is_good:
            return Orders()
        before = self.failed if set(self.names) & set(names) else 0
        return Orders(before + 1, names, now.isoformat(timespec="seconds"), self.until)

    def limited(self, until: str) -> Orders:
        """The same where the authority met us with a rate limit: nothing is free any more."""
        return replace(self, failed=max(self.failed, FREE), until=until)

    def not_before(self, names: tuple[str, ...]) -> str:
        """When these names may be ordered next, as ISO time in UTC; empty for at once.

        Where only some of the names are left, the one at fault may be gone: these are tried.
        """
        is_fewer = set(names) < set(self.names)
        if self.failed < FREE or is_fewer or not set(names) & set(self.names):
            return self.until
        pause = min(timedelta(hours=1 << min(self.failed - FREE, 10)), LONGEST_PAUSE)
        end = datetime.fromisoformat(self.last) + pause
        asked = datetime.fromisoformat(self.until) if self.until else end
        return max(end, asked).isoformat(timespec="seconds")

    def words(self) -> str:
        """``3 orders failed, the last at 2026-11-22 10:00 UTC``."""
        last = datetime.fromisoformat(self.last).astimezone(UTC) if self.last else None
        return f"{self.failed} orders failed, the last at {last:%Y-%m-%d %H:%M} UTC" if last else ""
