"""Replays the recorded service commands; to be one with replay.py."""

import base64
import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
RECORDINGS = REPOSITORY / "tests/recordings"

# What differs between any two hosts, and the mark that stands for it on both sides.
NORMALISED: tuple[tuple[str, str], ...] = (
    (r"\b[0-9a-f]{64}\b", "<64 hex digits>"),  # container ids, passwords of Redis
    (r"\b[0-9a-f]{32}\b", "<32 hex digits>"),  # passwords of PostgreSQL
    (r"@(dokku-(postgres|redis)-[a-z0-9-]+|127\.0\.0\.1):\d+", "@<address>"),
    (r"\b(172\.17\.0\.\d+|127\.0\.0\.1)\b *", "<ip>"),
    (r"dokku-(mysql)-[a-z0-9-]+:\d+", "<address>"),
    (r"\.dk\.local", ".<global domain>"),
    (r"\.dokku\.sandbox", ".<global domain>"),
    # nginx is controlled by invoke-rc.d on the recorded host, directly in the sandbox
    (r"(?m)^( !     Checking nginx status is .*|invoke-rc\.d: .*)\n", ""),
)


@dataclass(frozen=True)
class Answer:
    """What a command answered; `output` is None where it is a dump."""

    exit: int
    output: str | None
    errors: str
    dump: bytes = b""


@dataclass(frozen=True)
class Step:
    """One recorded command with its answer."""

    words: tuple[str, ...]
    stdin: str | None
    answer: Answer

    def __str__(self) -> str:
        return " ".join(self.words) + (f" <<< {self.stdin!r}" if self.stdin else "")


def read_steps(name: str) -> Iterator[Step]:
    """Read a transcript."""
    file = next(RECORDINGS.rglob(f"{name}.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines():
        entry: dict[str, Any] = json.loads(line)
        dump = base64.b64decode(entry.get("stdout_base64", ""))
        answer = Answer(entry["exit"], entry["stdout"], entry["stderr"], dump)
        yield Step(tuple(entry["argv"]), entry["stdin"], answer)


def run(root: Path, *words: str, stdin: bytes = b"") -> Answer:
    """Run a command of the sandbox's dokku."""
    done = subprocess.run([root / "bin/dokku", *words], input=stdin, capture_output=True)
    errors = done.stderr.decode(errors="replace")
    try:
        return Answer(done.returncode, done.stdout.decode(), errors)
    except UnicodeDecodeError:
        return Answer(done.returncode, None, errors, done.stdout)


def normalise(answer: Answer, root: Path) -> Answer:
    """Replace what differs between hosts, and a dump by its first word."""
    output = None if answer.output is None else _normalise(answer.output, root)
    return Answer(answer.exit, output, _normalise(answer.errors, root), answer.dump[:5])


def _normalise(text: str, root: Path) -> str:
    text = text.replace(os.fspath(root), "")
    for pattern, mark in NORMALISED:
        text = re.sub(pattern, mark, text)
    return text
