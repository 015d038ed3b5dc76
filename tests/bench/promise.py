"""What is promised, and what was measured of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.hooks import Bench
from tests.bench.measure import NOTHING, Cost


@dataclass(frozen=True)
class Figure:
    """One measured figure beside its budget; costs in seconds, a count in `value`."""

    value: float
    costs: tuple[Cost, ...] = ()
    reference: Cost = NOTHING
    note: str = ""


@dataclass(frozen=True)
class Promise:
    """What is measured, how, what it may be, and what it is set beside."""

    what: str
    budget: float
    unit: str
    measure: Callable[[Bench, int], Figure]
    beside: str = ""
