"""Output of a deploy goes to the caller and, at the same time, into the build's log file."""

import os
import random
import subprocess
import time

from sandbox.dokku import plugn
from sandbox.dokku.host import Host

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_copies: list[subprocess.Popen[bytes]] = []  # the one `tee` of this process


def new_id() -> str:
    """Return a build id: the time in base 36 and a random tail."""
    number, text = int(time.time() * 1000), ""
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text + "".join(random.choices(DIGITS, k=14 - len(text)))


def start(host: Host, app: str, source: str) -> None:
    """Begin to capture, unless an outer command does already."""
    if os.environ.get("DOKKU_REDIRECT_OUTPUT") == "true" or not app:
        return
    identifier = os.environ.get("DOKKU_BUILD_ID") or new_id()
    log = host.data("builds", app) / f"{identifier}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch()
    os.environ.update(
        DOKKU_REDIRECT_OUTPUT="true",
        DOKKU_BUILD_ID=identifier,
        DOKKU_BUILD_SOURCE=source,
        DOKKU_BUILD_LOG_FILE=str(log),
    )
    plugn.trigger(host, "builds-record-start", app, identifier, str(os.getpid()), source)
    copy = subprocess.Popen(
        ["tee", "-a", str(log)],
        stdin=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", "DOKKU_LIB_ROOT": str(host.lib)},
        start_new_session=True,
    )
    assert copy.stdin
    os.dup2(copy.stdin.fileno(), 1)
    os.dup2(1, 2)
    copy.stdin.close()
    _copies.append(copy)


def finish() -> None:
    """Close the captured output and wait until it has been copied."""
    if _copies:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        try:
            _copies[0].wait(timeout=5)
        except subprocess.TimeoutExpired:
            pass  # a child of some plugin still holds the output open
