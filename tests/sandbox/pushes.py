"""Real git pushes to a sandbox, and what a pusher sees of them."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.sandbox.recordings import RECORDINGS, Answer


@dataclass(frozen=True)
class Repository:
    """A developer's clone whose remote `dokku` is an app of a sandbox."""

    root: Path
    app: str
    tree: Path
    branch: str = "main"

    def __post_init__(self) -> None:
        self.git("init", "-q", "-b", self.branch)
        self.git("config", "user.name", "test")
        self.git("config", "user.email", "test@example.org")
        self.git("config", "core.sshCommand", str(self.root / "bin/ssh"))
        self.git("remote", "add", "dokku", f"dokku@dokku.sandbox:{self.app}")

    def git(self, *words: str) -> Answer:
        """Run git in the clone; the two streams come as one, in their order."""
        run = subprocess.run(
            ["git", "-C", str(self.tree), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={"PATH": os.environ["PATH"], "HOME": str(self.tree)},
            check=False,
        )
        return Answer(run.returncode, run.stdout, "")

    def write(self, **files: str) -> None:
        """Write files and commit them."""
        for name, text in files.items():
            (self.tree / name).write_text(text, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", "State")

    def push(self, *words: str) -> Answer:
        """Push to the app."""
        return self.git("push", *(words or ("dokku", self.branch)))

    def head(self) -> str:
        """Return the commit that the app has stored."""
        ref = f"refs/heads/{self.branch}"
        return self.git("ls-remote", "dokku", ref).stdout.partition("\t")[0]


def recorded(name: str) -> Answer:
    """Return a recorded push."""
    text = (RECORDINGS / f"pushes/{name}.txt").read_text(encoding="utf-8", errors="replace")
    head, _, rest = text.partition("\n")
    return Answer(int(head.removeprefix("# exit ")), rest, "")


# What a pusher sees beside Dokku's own lines, and why it is left out.
LEFT_OUT = (
    # Docker's: the sandbox has none; its own lines stand instead
    r"DEPRECATED: The legacy builder.*|            Install the buildx.*|            https://docs\.docker.*",
    r"Sending build context.*|Step \d+/\d+.*| ---> .*|Removing intermediate.*|Successfully .*",
    r"about to fail|The command .* returned a non-zero code.*|       Copied \d+ files",
    r"No Procfile, no CMD .*| !     No Procfile, no CMD .*",
    # the recorded host's health checker is a stand-in, and it has no init system
    r".*\(stand-in health check\).*| !     container is not running|invoke-rc\.d: .*",
    r" !     Checking nginx status is not possible.*",
    # what the app itself wrote
    r"       Serving HTTP on .*|       cannot start|127\.0\.0\.1 - - .*",
    r"[0-9a-f]{64}",
    # git's own notes about the temporary clone in which Dokku commits an image's Dockerfile
    r"fatal: bad revision 'HEAD'|From TMPDIR.*|.*\[new ref\].*",
    r" \* \[new branch\]      master         -> master",
    r"",
)
MARKS = (
    (r"\x1b\[1G|\x1b\[K", ""),
    (r"\([0-9a-f]{12} ", "(ID "),
    (r"\([0-9a-f]{12}\)", "(ID)"),
    (r"upcoming-\d+", "upcoming-N"),
    (r"(web\.\d)\.\d{10}", r"\1.TIME"),
    (r"[0-9a-f]{7}(\.{2,3})[0-9a-f]{7}", r"A\1B"),
    (r"old image [0-9a-f]{12}", "old image ID"),
    (r"dokku\.example\.com|dokku\.sandbox", "HOST"),
    (r"dokku@HOST", "HOST"),
    (r"\S*(/var/lib/dokku/plugins/available/)", r"\1"),
)


def structure(text: str) -> list[str]:
    """Return the lines of Dokku and git, without what differs from push to push."""
    lines = []
    for line in re.split(r"[\r\n]|remote: remote:", text):
        line = re.sub(r"^remote: ?", "", line).rstrip()
        for pattern, mark in MARKS:
            line = re.sub(pattern, mark, line)
        if not any(re.fullmatch(rule, line) for rule in LEFT_OUT):
            lines.append(line)
    return lines
