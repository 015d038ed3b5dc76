"""Runs `dokku`: the only place of this library that starts a process.

Commands are lists of words, never strings. Output is captured and never mixed into results; what
must stay secret goes in by standard input and is never part of an error.
"""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

APP_MISSING_EXIT = 20
TIMEOUT_EXIT = 124
LONGEST_REASON = 2000

# What a trigger or an outer `dokku` leaves in the environment and what must not reach a nested
# call: DOKKU_APP_NAME shifts its arguments, DOKKU_APPS_FORCE_DELETE takes consent for granted
# (dokku 0.38.27: `dokku`, lines 91-122 and 184-187, plugins/common/functions, parse_args).
UNWANTED_VARIABLES = (
    "DOKKU_APP_NAME",
    "DOKKU_APPS_FORCE_DELETE",
    "DOKKU_QUIET_OUTPUT",
    "DOKKU_TRACE",
    "DOKKU_GLOBAL_FLAGS",
)


@dataclass(frozen=True)
class Answer:
    """What one call of `dokku` answered."""

    exit: int
    stdout: str
    stderr: str


class DokkuError(Exception):
    """Says that a `dokku` command failed: which one, and what Dokku said about it."""

    def __init__(self, words: tuple[str, ...], exit_status: int, stderr: str) -> None:
        """Keeps the command, its exit status and what Dokku wrote to standard error."""
        super().__init__(words, exit_status, stderr)
        self.words = words
        self.exit = exit_status
        self.stderr = stderr

    def __str__(self) -> str:
        """Tells command, exit status and Dokku's own words without its decoration."""
        command = " ".join(("dokku", *self.words))
        reason = plain(self.stderr)[-LONGEST_REASON:] or "it said nothing"
        return f"`{command}` failed (exit {self.exit}): {reason}"


class AppMissing(DokkuError):
    """Says that the app of a command does not exist."""


class Dokku:
    """Calls one `dokku` program in a clean environment."""

    def __init__(
        self,
        program: str = "dokku",
        timeout: float = 600.0,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Takes the program, the seconds that a call may take, and variables to add."""
        self._program = program
        self._timeout = timeout
        self._environment = clean_environment({**os.environ, **(environment or {})})

    @property
    def program(self) -> str:
        """Returns the program, for those who connect its output to another one's input."""
        return self._program

    @property
    def environment(self) -> Mapping[str, str]:
        """Returns the environment that calls run in."""
        return self._environment

    def within(self, seconds: float) -> Dokku:
        """Returns the same `dokku` with another limit to what a call may take."""
        other = copy.copy(self)
        other._timeout = seconds
        return other

    def run(self, *words: str, stdin: str | None = None, check: bool = True) -> Answer:
        """Runs `dokku` with these words and returns its answer.

        Raises AppMissing or DokkuError when it fails and `check` is true, and DokkuError in any
        case when it cannot be started or takes too long.
        """
        answer = self._call(words, stdin)
        if check and answer.exit:
            kind = AppMissing if answer.exit == APP_MISSING_EXIT else DokkuError
            raise kind(words, answer.exit, answer.stderr or _last_line(answer.stdout))
        return answer

    def show(self, *words: str) -> int:
        """Runs `dokku` with its output going where ours goes; returns its exit status."""
        process = subprocess.Popen(
            [self._program, *words], stdin=subprocess.DEVNULL, env=dict(self._environment)
        )
        with process:
            return process.wait()

    def json(self, *words: str) -> Any:
        """Runs `dokku` with these words and returns its standard output read as JSON."""
        answer = self.run(*words)
        try:
            return json.loads(answer.stdout)
        except ValueError:
            raise DokkuError(words, answer.exit, "its answer is not JSON") from None

    def report(self, *words: str) -> dict[str, str]:
        """Runs a report with these words and returns its one flat JSON object."""
        content = self.json(*words, "--format", "json")
        if not isinstance(content, dict):
            raise DokkuError(words, 0, "its answer is not a JSON object")
        return content

    def lines(self, *words: str) -> list[str]:
        """Runs `dokku` with these words and returns the lines that are not empty."""
        return [line.strip() for line in self.run(*words).stdout.splitlines() if line.strip()]

    def _call(self, words: tuple[str, ...], stdin: str | None) -> Answer:
        try:
            process = subprocess.Popen(
                [self._program, *words],
                stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(self._environment),
                start_new_session=True,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            reason = f"cannot start {self._program}: {error.strerror}"
            raise DokkuError(words, 127, reason) from None
        with process:
            return self._finish(process, words, stdin)

    def _finish(
        self, process: subprocess.Popen[str], words: tuple[str, ...], stdin: str | None
    ) -> Answer:
        try:
            stdout, stderr = process.communicate(stdin, timeout=self._timeout)
        except subprocess.TimeoutExpired:
            _kill_group(process)
            reason = f"no answer within {self._timeout:g} seconds"
            raise DokkuError(words, TIMEOUT_EXIT, reason) from None
        except BaseException:
            _kill_group(process)
            raise
        return Answer(process.returncode, stdout, stderr)


def clean_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Returns these variables without what would change the meaning of a nested call."""
    kept = {
        name: value
        for name, value in variables.items()
        if not name.startswith("GIT_") and name not in UNWANTED_VARIABLES
    }
    return {**kept, "LC_ALL": "C.UTF-8"}


def plain(text: str) -> str:
    """Returns the lines of Dokku's messages without decoration, joined to one."""
    lines = (line.strip().removeprefix("!").strip() for line in text.splitlines())
    return "; ".join(line for line in lines if line)


def _last_line(text: str) -> str:
    """Returns the last line that holds no address, which could hold a password."""
    lines = [line for line in text.splitlines() if line.strip() and "://" not in line]
    return lines[-1] if lines else ""


def _kill_group(process: subprocess.Popen[str]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()
