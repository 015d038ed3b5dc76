"""Metrics in the text form of Prometheus, as node exporter's textfile collector reads them."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PREFIX = "ansible_deploy_"
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


@dataclass(frozen=True)
class Gauge:
    """A metric without our prefix, what it means, and its values by their labels."""

    name: str
    meaning: str
    values: Sequence[tuple[Mapping[str, str], float]]


def labels(app: str) -> dict[str, str]:
    """Returns the labels that every metric of an app on this host has."""
    return {"app": app, "host": platform.node()}


def exposition(*gauges: Gauge) -> str:
    """Returns the text of these metrics; one without values is left out."""
    lines = []
    for gauge in gauges:
        name = f"{PREFIX}{gauge.name}"
        if gauge.values:
            lines += [f"# HELP {name} {gauge.meaning}.", f"# TYPE {name} gauge"]
        lines += [f"{name}{{{_braced(about)}}} {value}" for about, value in gauge.values]
    return "".join(f"{line}\n" for line in lines)


def _braced(names: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{value.translate(ESCAPES)}"' for name, value in names.items())
