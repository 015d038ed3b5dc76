"""The recorded answers of a real Dokku, and what has to be made equal before they are compared."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
RECORDINGS = REPOSITORY / "tests/recordings"


@dataclass(frozen=True)
class Answer:
    """How a command ended and what it wrote; what is no text (a database's dump) is in `dump`."""

    exit: int
    stdout: str
    stderr: str
    dump: bytes = b""


@dataclass(frozen=True)
class Step:
    """One recorded command."""

    argv: list[str]
    stdin: str
    answer: Answer


def read(name: str) -> list[Step]:
    """Return the steps of a transcript."""
    steps = []
    for line in (RECORDINGS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        dump = base64.b64decode(row.get("stdout_base64", ""))
        answer = Answer(row["exit"], row["stdout"] or "", row["stderr"], dump)
        steps.append(Step(row["argv"], row["stdin"] or "", answer))
    return steps


def dokku(root: Path, *words: str, stdin: str | bytes = "") -> Answer:
    """Run a command on a sandbox."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(root / "home/dokku")}
    run = subprocess.run(
        [root / "bin/dokku", *words],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env=environment,
        timeout=120,
        check=False,
    )
    errors = run.stderr.decode(errors="replace")
    try:
        return Answer(run.returncode, run.stdout.decode(), errors)
    except UnicodeDecodeError:
        return Answer(run.returncode, "", errors, run.stdout)


def normalise(answer: Answer, root: Path, argv: list[str]) -> Answer:
    """Make the answer of a sandbox and the recorded one comparable."""
    texts = [answer.stdout.replace(str(root), ""), answer.stderr.replace(str(root), "")]
    for pattern, replacement in EVERYWHERE:
        texts = [re.sub(pattern, replacement, text, flags=re.MULTILINE) for text in texts]
    word = next((word for word in argv if not word.startswith("-")), "")
    if word in BY_COMMAND:
        texts[0] = BY_COMMAND[word](texts[0])
    return Answer(answer.exit, texts[0], texts[1], answer.dump[:SIGNATURE])


SIGNATURE = 5  # of a dump only its kind is compared: PGDMP, REDIS

# What differs by nature, each with the reason.
EVERYWHERE = (
    # the recorded host has no init system, and says so at each reload of nginx
    (r"^invoke-rc\.d: could not determine current runlevel\n", ""),
    (r"^ !     Checking nginx status is not possible for init\.d managed services\n", ""),
    # times
    (r'("(?:app-)?created-at":)"\d+"', r'\1"TIME"'),
    (r"(App created at: +)\d+", r"\1TIME"),
    # a free port is chosen anew on each host
    (r"(Random port )\d+", r"\1PORT"),
    # made of the path, and the sandbox's paths begin elsewhere
    (r"legacy-[0-9a-f]{10}", "legacy-HASH"),
    # containers' ids, and passwords of Redis; then passwords of PostgreSQL
    (r"\b[0-9a-f]{64}\b", "HEX64"),
    (r"\b[0-9a-f]{32}\b", "HEX32"),
    # a service's server is a container's name there, a loopback port here
    (r"@(dokku-(postgres|redis)-[a-z0-9-]+|127\.0\.0\.1):\d+", "@ADDRESS"),
    (r"^( *Internal ip: +)?(172\.17\.0\.\d+|127\.0\.0\.1) *$", r"\1IP"),
)


def sorted_lines(text: str) -> str:
    """Sort the lines: the order is that of a Go map, another one each time."""
    return "\n".join(sorted(text.splitlines()))


def own_entries(text: str) -> str:
    """Leave out the storage entries of other apps, of which the recorded host had many."""
    wanted = ("/data/storage/rec-a", "/nonexistent-dir", "relative")
    if text.startswith("["):
        rows = [row for row in json.loads(text) if row["host_path"].endswith(wanted)]
        return json.dumps(sorted(rows, key=lambda row: str(row["host_path"])))
    head, *rest = text.splitlines()
    return "\n".join([head, *sorted(line for line in rest if line.endswith(wanted))])


def own_plugins(text: str) -> str:
    """Leave out the plugin that the sandbox does not have."""
    return "\n".join(line for line in text.splitlines() if line.split()[0] != "mysql")


BY_COMMAND: dict[str, Callable[[str], str]] = {
    "config:import": sorted_lines,
    "config:clear": sorted_lines,
    "storage:list-entries": own_entries,
    "plugin:list": own_plugins,
}
