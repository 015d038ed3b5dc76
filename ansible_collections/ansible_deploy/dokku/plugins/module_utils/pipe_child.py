"""A program that was started: what it writes besides its data, and how it ends."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .pipe_loop import Loop, Tail
from .pipe_program import Broken, Program, Side, last_words

if TYPE_CHECKING:
    import subprocess

OUTPUT_KEPT = 256 * 1024
WORDS_KEPT = 64 * 1024


class Child:
    """A program that was started, and what it wrote; its status is None while it runs."""

    def __init__(
        self, program: Program, side: Side, process: subprocess.Popen[bytes], output: int
    ) -> None:
        """Keeps what belongs to the process, and where its standard output can be read."""
        self.program = program
        self.side = side
        self.process = process
        self.output = output
        self.stdout = Tail(OUTPUT_KEPT)
        self.stderr = Tail(WORDS_KEPT)
        self.status: int | None = None
        self.is_hopeless = False

    def attend(self, loop: Loop, hearing: int, *, is_read: bool) -> int:
        """Lets the loop look at its words, its end, and unless it `is_read` at its output.

        Returns a descriptor of the process, to be closed.
        """

        def hear() -> bool:
            goes_on = self.stderr.take_from(hearing)
            self.is_hopeless = self.program.hopeless(self.stderr.text())
            return goes_on

        def finish() -> bool:
            self.status = self.process.wait()
            self.stderr.drain(hearing)
            if not is_read:
                self.stdout.drain(self.output)
            return False

        end = os.pidfd_open(self.process.pid)
        loop.attend(hearing, hear)
        loop.attend(end, finish)
        if not is_read:
            loop.attend(self.output, lambda: self.stdout.take_from(self.output))
        return end

    def broken(self, reason: str = "") -> Broken:
        """Returns what its bad end is to others."""
        words = self.stderr.text()
        reason = reason or last_words(words) or f"it ended with status {self.status}"
        return Broken(self.side, reason, status=self.status or 0, words=words)
