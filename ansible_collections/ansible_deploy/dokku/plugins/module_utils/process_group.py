"""Starts programs that end together, whatever happens; a guard ends them when we are killed.

All programs of a group share one process group, whose leader is the guard: a shell that waits for
a word from us and kills the group when there will be none. It also holds the writing end of the
sink's input, so that this input does not end when we die: the sink is dead before it could take
what it has for the whole.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

from .pipe_child import Child
from .pipe_loop import Loop, TimeUp
from .pipe_program import Broken, Program, Side

if TYPE_CHECKING:
    from types import TracebackType

# Our first word lets go of the sink's input. Without a word, the whole group dies.
GUARD = "read -r _ || kill -KILL 0; exec >/dev/null; read -r _; kill -KILL 0"
PIPE_SIZE = 1024 * 1024
RATE = 1024**3  # bytes in a second that a pipe lets through at most
GRACE = 5.0  # seconds in which a program may tidy up


class Group:
    """Programs that end together; use it in a `with` statement."""

    def __init__(self, seconds: float | None, *, has_input: bool = False) -> None:
        """Takes how long all may last; `has_input` makes the pipe that a sink reads from."""
        self.loop = Loop(seconds)
        self.input = -1
        self._sink_end = -1
        self._children: list[Child] = []
        self._ours: list[int] = []
        if has_input:
            self._sink_end, self.input = _pipe()
            os.set_blocking(self.input, False)

    def __enter__(self) -> Group:
        """Starts the guard."""
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD],
            stdin=subprocess.PIPE,
            stdout=self.input if self.input >= 0 else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            process_group=0,
            bufsize=0,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends the guard; after a failure everything else before it."""
        if kind is not None:
            self._take_leave()
            os.killpg(self._guard.pid, signal.SIGKILL)
        self._guard.kill()
        with self._guard:
            pass
        for child in self._children:
            child.process.wait()
        for descriptor in (self.input, self._sink_end, *self._ours):
            if descriptor >= 0:
                os.close(descriptor)
        if isinstance(error, TimeUp):
            words = "\n".join(child.stderr.text() for child in self._children)
            raise Broken("time", "it took too long", words=words) from None

    def start(self, program: Program, side: Side, *, is_read: bool = False) -> Child:
        """Starts a program; a sink gets the group's input when there is one.

        Its standard output is kept, or when `is_read` left to the caller.
        """
        (reading, writing), (hearing, speaking) = _pipe(), _pipe()
        for descriptor in (reading, hearing):
            os.set_blocking(descriptor, False)
            self._ours.append(descriptor)
        try:
            process = self._popen(program, side, writing, speaking)
        except OSError as error:
            reason = f"cannot start {program.words[0]}: {error.strerror}"
            raise Broken(side, reason, status=127, words=reason) from None
        finally:
            os.close(writing)
            os.close(speaking)
        child = Child(program, side, process, reading)
        self._children.append(child)
        self._ours.append(child.attend(self.loop, hearing, is_read=is_read))
        return child

    def end_input(self) -> None:
        """Lets the sink see the end of its input."""
        assert self._guard.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._guard.stdin.write(b"\n")
        os.close(self.input)
        self.input = -1

    def wait(self, child: Child) -> None:
        """Returns when the child has ended well; raises Broken when any of them ends badly."""
        while child.status is None:
            self.loop.turn()
            self.check()

    def ended(self, child: Child) -> int:
        """Returns the child's status when it has ended, well or badly."""
        while child.status is None:
            self.loop.turn()
            if child.is_hopeless:
                raise child.broken()
        return child.status

    def readable(self, descriptor: int) -> None:
        """Returns a moment after there may be something to read; raises Broken."""
        self.loop.readable(descriptor)
        self.check()
        _let_gather(descriptor)

    def writable(self, descriptor: int) -> None:
        """Returns a moment after something may be written; raises Broken."""
        self.loop.writable(descriptor)
        self.check()
        _let_gather(descriptor)

    def check(self) -> None:
        """Raises Broken when a child ended badly, or has no hope to end well."""
        for child in self._children:
            if child.status or child.is_hopeless:
                raise child.broken()

    def _popen(
        self, program: Program, side: Side, writing: int, speaking: int
    ) -> subprocess.Popen[bytes]:
        stdin = subprocess.DEVNULL
        if side == "sink" and self._sink_end >= 0:
            stdin, self._sink_end = self._sink_end, -1
        try:
            return subprocess.Popen(
                program.words,
                stdin=stdin,
                stdout=writing,
                stderr=speaking,
                env=program.environment,
                cwd=program.folder,
                process_group=self._guard.pid,
            )
        finally:
            if stdin >= 0:
                os.close(stdin)  # so that only the sink has it

    def _take_leave(self) -> None:
        """Gives those who tidy up behind themselves the time for it."""
        for child in self._children:
            farewell = child.program.farewell
            if farewell and child.process.poll() is None:
                child.process.send_signal(farewell)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(GRACE)


def _pipe() -> tuple[int, int]:
    """Makes a pipe as large as we may have it; its ends are not inherited."""
    reading, writing = os.pipe()
    with contextlib.suppress(OSError):  # many large pipes are in use already
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    return reading, writing


def _let_gather(descriptor: int) -> None:
    """Waits while a pipe fills or empties, a millisecond for the largest.

    Programs read and write pages; to look at each of them costs a core when there is much data.
    """
    time.sleep(fcntl.fcntl(descriptor, fcntl.F_GETPIPE_SZ) / RATE)
