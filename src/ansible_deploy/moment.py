"""Which release a run belongs to, and how far the run goes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Moment:
    """What is particular to this run: revision and image of the release, and how far to go.

    Without ``converge`` only the app's own play runs, without ``own_plays`` only ours; with
    ``check`` nothing is changed.
    """

    revision: str = ""
    image: str = ""
    converge: bool = True
    check: bool = False
    own_plays: bool = True
