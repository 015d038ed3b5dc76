"""Takes the time of programs: wall time, and processor time of a program and all that it started.

Processor time tells more than wall time on a machine that does other work meanwhile.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What programs took, in seconds."""

    wall: float = 0.0
    cpu: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall + other.wall, self.cpu + other.cpu)

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.wall - other.wall, self.cpu - other.cpu)

    def __truediv__(self, number: int) -> Cost:
        return Cost(self.wall / number, self.cpu / number)


NOTHING = Cost()


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each part."""
    return Cost(
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.cpu for cost in costs),
    )


@dataclass(frozen=True)
class Starter:
    """How programs are started: by whom, with which environment, and where."""

    environment: dict[str, str]
    user: str | None = None
    directory: Path | None = None

    def run(self, *words: str) -> tuple[Cost, str]:
        """Run a program; return its cost and its output. A failure ends the bench."""
        groups = {"group": self.user, "extra_groups": _groups(self.user)} if self.user else {}
        with tempfile.TemporaryFile() as output:
            began = time.perf_counter()
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self.environment,
                cwd=self.directory,
                user=self.user,
                **groups,  # type: ignore[call-overload]
            )
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            text = output.read().decode(errors="replace")
        if process.returncode:
            raise SystemExit(f"bench: {' '.join(words)} ended with {process.returncode}:\n{text}")
        return Cost(wall, usage.ru_utime + usage.ru_stime), text


def _groups(user: str) -> list[int]:
    import grp
    import pwd

    entry = pwd.getpwnam(user)
    return [grp.getgrgid(number).gr_gid for number in os.getgrouplist(user, entry.pw_gid)]
