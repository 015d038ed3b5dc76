"""Who a server runs as. PostgreSQL refuses to run as root, and a sandbox often does.

A user namespace solves this without a change of owner: outside, the files stay root's (so a clone
that only root may enter works), inside the process is `postgres`. Where the kernel or a container
forbids namespaces, the files are given to the system's `postgres` user instead.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandbox.servers.errors import ServerError

USER = "postgres"
NAMESPACE = ("unshare", "--user", f"--map-user={USER}", f"--map-group={USER}")
SWITCH = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups")


@dataclass(frozen=True)
class Identity:
    """The words before a server's command, and who must own its files (None: who made them)."""

    words: tuple[str, ...] = ()
    owner: tuple[int, int] | None = None

    def own(self, folder: Path) -> None:
        """Give `folder` and all below it to the owner, where there is one."""
        if self.owner is not None:
            for path in (folder, *folder.rglob("*")):
                os.lchown(path, *self.owner)


def find_identity(folder: Path) -> Identity:
    """Choose how a server in `folder` avoids being root; raises ServerError when it cannot."""
    if os.geteuid() != 0:
        return Identity()
    if _succeeds(*NAMESPACE, "true"):
        return Identity(NAMESPACE)
    if _succeeds(*SWITCH, "test", "-x", str(folder)):
        user = pwd.getpwnam(USER)
        return Identity(SWITCH, (user.pw_uid, user.pw_gid))
    raise ServerError(
        f"PostgreSQL does not run as root, this system permits no user namespace, and the user "
        f"{USER} cannot enter {folder}; run the sandbox as an ordinary user, or put it below a "
        f"folder that everybody may enter (DOKKU_SANDBOX=/var/tmp/sandbox)"
    )


def _succeeds(*words: str) -> bool:
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
