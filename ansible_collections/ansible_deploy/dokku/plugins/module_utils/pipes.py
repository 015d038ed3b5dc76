"""Connects programs by pipes that it looks into: nothing is taken for whole that is not.

What a source writes passes through here in large pieces, is counted and hashed, and goes on to a
sink. The sink's input ends only when the source has ended well and the caller accepted what came.
In every other case the sink is stopped while its input is still open, so that it cannot take half
for the whole. How programs are started and ended, and that none outlives us, is in `process_group`.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .pipe_child import Child
from .pipe_loop import TimeUp
from .pipe_program import Broken, Program, last_words
from .process_group import Group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Answer", "Broken", "Flow", "Program", "carry", "feed", "run", "running", "scan", "take"]

PIECE = 256 * 1024
ENDS = 64


@dataclass(frozen=True)
class Flow:
    """What went through a pipe: how much, its checksum, its first and its last bytes."""

    size: int
    sha256: str
    head: bytes
    tail: bytes


@dataclass(frozen=True)
class Answer:
    """How a program ended, and what it wrote (of much: the last part)."""

    exit: int
    stdout: str
    stderr: str


def no_complaint(flow: Flow) -> str:
    """Accepts everything."""
    return ""


def carry(
    source: Program,
    sink: Program,
    *,
    accept: Callable[[Flow], str] = no_complaint,
    seconds: float | None = None,
) -> tuple[Flow, str]:
    """Carries what the source writes into the sink; returns what it was and the sink's output.

    Raises Broken, and leaves neither of them running: `source` or `sink` ended badly or the sink
    before it had everything, `form` is what `accept` complained of, `time` is up.
    """
    with Group(seconds, has_input=True) as group:
        giver = group.start(source, "source", is_read=True)
        taker = group.start(sink, "sink")
        meter = _Meter()
        _pump(group, giver, taker, meter)
        group.wait(giver)
        flow = meter.flow()
        complaint = accept(flow)
        if complaint:
            raise Broken("form", complaint)
        group.end_input()
        group.wait(taker)
        return flow, taker.stdout.text()


def feed(data: bytes, sink: Program, *, seconds: float | None = None) -> str:
    """Gives these bytes to the sink; returns what it wrote. Raises Broken."""
    with Group(seconds, has_input=True) as group:
        taker = group.start(sink, "sink")
        _write(group, taker, memoryview(data))
        group.end_input()
        group.wait(taker)
        return taker.stdout.text()


def take(
    source: Program,
    *,
    limit: int,
    seconds: float | None = None,
    accept: Callable[[str], bool] = lambda _words: True,
) -> bytes:
    """Returns what the source writes; raises Broken, also when that is more than the limit.

    `accept` looks at what it wrote to standard error although it ended well.
    """
    found = bytearray()

    def keep(piece: memoryview) -> None:
        if len(found) + len(piece) > limit:
            raise Broken("form", f"more than {limit} bytes")
        found.extend(piece)

    words = scan(source, keep, seconds=seconds)
    if not accept(words):
        raise Broken("source", last_words(words), words=words)
    return bytes(found)


def scan(
    source: Program, look: Callable[[memoryview], None], *, seconds: float | None = None
) -> str:
    """Shows all that the source writes to `look`, piece by piece; raises Broken.

    Returns what it wrote to standard error.
    """
    with Group(seconds) as group:
        giver = group.start(source, "source", is_read=True)
        for piece in _pieces(group, giver):
            look(piece)
        group.wait(giver)
        return giver.stderr.text()


def run(program: Program, *, seconds: float | None = None) -> Answer:
    """Runs a program without input to its end, whichever it is; raises Broken when time is up."""
    with running(program, seconds=seconds) as end:
        return end()


@contextmanager
def running(program: Program, *, seconds: float | None = None) -> Iterator[Callable[[], Answer]]:
    """Runs a program beside what its caller does; what this gives waits for its end.

    That raises Broken when time is up. What is raised within ends the program.
    """
    with Group(seconds) as group:
        child = group.start(program, "sink")

        def end() -> Answer:
            try:
                status = group.ended(child)
            except TimeUp:
                words = child.stderr.text()
                raise Broken("time", "it took too long", words=words) from None
            return Answer(status, child.stdout.text(), child.stderr.text())

        yield end


class _Meter:
    """Counts and hashes what passes."""

    def __init__(self) -> None:
        self._size = 0
        self._hash = hashlib.sha256()
        self._head = b""
        self._tail = b""

    def add(self, piece: memoryview) -> None:
        self._size += len(piece)
        self._hash.update(piece)
        if len(self._head) < ENDS:
            self._head = (self._head + bytes(piece[:ENDS]))[:ENDS]
        self._tail = (self._tail + bytes(piece[-ENDS:]))[-ENDS:]

    def flow(self) -> Flow:
        return Flow(self._size, self._hash.hexdigest(), self._head, self._tail)


def _pump(group: Group, giver: Child, taker: Child, meter: _Meter) -> None:
    for piece in _pieces(group, giver):
        meter.add(piece)
        _write(group, taker, piece)


def _pieces(group: Group, giver: Child) -> Iterator[memoryview]:
    """Yields what a source writes; each piece is valid until the next one is asked for."""
    buffer = memoryview(bytearray(PIECE))
    while True:
        try:
            count = os.readv(giver.output, [buffer])
        except BlockingIOError:
            group.readable(giver.output)
            continue
        if not count:
            return
        yield buffer[:count]


def _write(group: Group, taker: Child, piece: memoryview) -> None:
    while piece:
        try:
            piece = piece[os.write(group.input, piece) :]
        except (BlockingIOError, BrokenPipeError) as error:
            if taker.status is not None:
                raise taker.broken("it ended before it had read everything") from None
            if isinstance(error, BrokenPipeError):
                group.wait(taker)
            else:
                group.writable(group.input)
