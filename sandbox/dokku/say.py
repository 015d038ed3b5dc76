"""Dokku's line styles, written straight to the file descriptors.

Hooks run in this process and in children side by side, so nothing is buffered here.
"""

import os


def is_quiet() -> bool:
    """Say whether headers and progress lines are muted (`--quiet`)."""
    return bool(os.environ.get("DOKKU_QUIET_OUTPUT"))


def out(text: str) -> None:
    """Write a line to standard output."""
    write(1, text + "\n")


def info1(text: str) -> None:
    """Write a step: `-----> text`."""
    out(f"-----> {text}")


def info2(text: str) -> None:
    """Write a heading: `=====> text`."""
    out(f"=====> {text}")


def verbose(text: str) -> None:
    """Write a detail, indented by seven spaces; every line of a longer text."""
    for line in text.split("\n"):
        out(f"       {line}")


def info1_quiet(text: str) -> None:
    """Write a step unless quiet."""
    if not is_quiet():
        info1(text)


def info2_quiet(text: str) -> None:
    """Write a heading unless quiet."""
    if not is_quiet():
        info2(text)


def verbose_quiet(text: str) -> None:
    """Write a detail unless quiet."""
    if not is_quiet():
        verbose(text)


def warn(text: str) -> None:
    """Write ` !     text` to standard error."""
    write(2, f" !     {text}\n")


def write(descriptor: int, text: str) -> None:
    """Write all of the text to a descriptor."""
    data = text.encode("utf-8", "surrogateescape")
    while data:
        data = data[os.write(descriptor, data) :]
