"""The advisory lock of a deploy: flock on data/apps/APP/.deploy.lock, held on descriptor 200."""

import fcntl
import os
from pathlib import Path

from sandbox.dokku import say
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host

DESCRIPTOR = 200


def file(host: Host, app: str) -> Path:
    """Return the lock file of an app; `apps:lock` creates it, too, and blocks nobody by that."""
    return host.data("apps", app) / ".deploy.lock"


def acquire(host: Host, app: str) -> None:
    """Take the lock or fail at once."""
    path = file(host, app)
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    os.dup2(opened, DESCRIPTOR, inheritable=True)
    os.close(opened)
    try:
        fcntl.flock(DESCRIPTOR, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(DESCRIPTOR)
        say.warn(f"{app} currently has a deploy lock in place. Exiting...")
        raise Fail("Run 'apps:unlock' to release the existing deploy lock") from None


def release(host: Host, app: str) -> None:
    """Free the lock for everybody who inherited it, and remove its file."""
    if held():
        fcntl.flock(DESCRIPTOR, fcntl.LOCK_UN)
        file(host, app).unlink(missing_ok=True)
        # the descriptor stays open until the process ends, as in Dokku


def leave() -> None:
    """Close the descriptor, as the end of the process that took the lock does."""
    if held():
        os.close(DESCRIPTOR)


def held() -> tuple[int, ...]:
    """Return the descriptor when it is open, for children to inherit."""
    try:
        os.fstat(DESCRIPTOR)
    except OSError:
        return ()
    return (DESCRIPTOR,)
