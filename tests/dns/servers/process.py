"""Starts a server, waits until it answers, and ends it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SYSTEM = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin"
START_LIMIT = 15


def program(name: str, package: str) -> str:
    """Returns the server's path; without it the test is skipped and says what to install."""
    path = shutil.which(name, path=SYSTEM)
    if path is None:
        pytest.skip(f"{name} is missing: apt-get install {package}")
    return path


def free_port() -> int:
    """Returns a port that is free for TCP and UDP on the loopback."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port: int = tcp.getsockname()[1]
            with contextlib.suppress(OSError):
                udp.bind(("127.0.0.1", port))
                return port


@contextlib.contextmanager
def running(
    words: Sequence[str], folder: Path, is_ready: Callable[[], bool]
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a server until the end of the block; its output is in the file `output`."""
    output = folder / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(words, cwd=folder, stdout=file, stderr=subprocess.STDOUT)
    try:
        _wait(process, output, is_ready)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def accepts(port: int) -> bool:
    """Tells whether somebody listens on this port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def _wait(process: subprocess.Popen[bytes], output: Path, is_ready: Callable[[], bool]) -> None:
    end = time.monotonic() + START_LIMIT
    while not is_ready():
        said = output.read_text("utf-8", "replace")[-3000:]
        if process.poll() is not None and "ermission denied" in said:
            pytest.skip(f"{process.args!r} may not read its folder here (AppArmor?): {said}")
        assert process.poll() is None, said
        assert time.monotonic() < end, said
        time.sleep(0.02)
