"""An SFTP server: OpenSSH, as this user, on a folder, for one key."""

from __future__ import annotations

import contextlib
import getpass
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.backups.servers.place import FolderStore, Place
from tests.dns.servers.process import accepts, free_port, program, running

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIGURATION = """\
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
AuthenticationMethods publickey
PermitRootLogin yes
StrictModes no
UsePAM no
PidFile none
Subsystem sftp internal-sftp
"""
SEPARATION = Path("/run/sshd")  # sshd wants it when root starts it


@contextlib.contextmanager
def sftp(folder: Path) -> Iterator[Place]:
    """Runs the server."""
    disk, port = folder / "disk", free_port()
    disk.mkdir()
    host, user, stranger = (_key(folder / name) for name in ("host", "user", "stranger"))
    known = folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{port} {_public(host)}\n", "utf-8")
    settings = folder / "sshd_config"
    settings.write_text(CONFIGURATION.format(port=port, folder=folder), "utf-8")
    if os.geteuid() == 0:
        SEPARATION.mkdir(exist_ok=True)
    files = {"SFTP_IDENTITY_FILE": str(user), "SFTP_KNOWN_HOSTS_FILE": str(known)}
    words = [program("sshd", "openssh-server"), "-D", "-e", "-f", str(settings)]
    with running(words, folder, lambda: accepts(port)):
        yield Place(
            "sftp",
            f"sftp://{getpass.getuser()}@127.0.0.1:{port}/{disk}",
            FolderStore(disk),
            files,
            {**files, "SFTP_IDENTITY_FILE": str(stranger)},
            f"sftp://{getpass.getuser()}@127.0.0.1:{free_port()}/{disk}",
        )


def _key(path: Path) -> Path:
    words = [program("ssh-keygen", "openssh-client"), "-q", "-t", "ed25519", "-N", "", "-f"]
    subprocess.run([*words, str(path)], check=True)
    return path


def _public(path: Path) -> str:
    return path.with_suffix(".pub").read_text("utf-8").strip()
