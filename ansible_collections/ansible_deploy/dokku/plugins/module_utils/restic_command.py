"""Makes command lines and environments for restic: nothing secret stands in a command line.

The address is in the environment too, for it may hold a user and a password: restic 0.14 knows no
other way to give these to a REST server.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from .pipe_program import Program
from .restic_errors import ResticError, is_hopeless

PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy")
KEPT_VARIABLES = ("PATH", "HOME", "TMPDIR", "USER", "LOGNAME", "SSL_CERT_FILE", *PROXIES)
CONNECT_SECONDS = 10
PORTS = {"http": 80, "https": 443}
# `sftp:user@host:/path`, which knows no port, and `sftp://user@host:port//path`.
SFTP_SHORT = re.compile(r"sftp:(?!//)(?:(?P<user>[^@/]+)@)?(?P<host>\[[^]]+\]|[^:/]+):(?P<path>.*)")
SSH_OPTIONS = (
    "-oBatchMode=yes",
    f"-oConnectTimeout={CONNECT_SECONDS}",
    "-oServerAliveInterval=10",
    "-oServerAliveCountMax=3",
)
# restic ends as soon as ssh's output does, and may not have passed on by then why ssh gave up.
SSH = ("sh", "-c", 'ssh "$@" || (sleep 1 && exit 255)', "ssh")
# Ours, in the file of credentials: what ssh needs when the user's own files are not meant.
SSH_FILES = {
    "SFTP_IDENTITY_FILE": ("-oIdentitiesOnly=yes", "-oIdentityFile={}"),
    "SFTP_KNOWN_HOSTS_FILE": ("-oUserKnownHostsFile={}",),
}


@dataclass(frozen=True)
class Repository:
    """Where backups are, and how to get there; the files hold the secrets.

    `reader` is the program that may read every file of a folder, `program` when empty; `seconds` is
    how long one call may take that is given no limit of its own.
    """

    address: str
    password_file: str
    credentials_file: str = ""
    cache: str = ""
    program: str = "restic"
    reader: str = ""
    seconds: float = 3600.0


def restic(repo: Repository, *words: str, folder: Path | None = None) -> Program:
    """Returns the program that does this with the repository; raises ResticError.

    With a folder it runs there, and as the repository's reader.
    """
    credentials = read_credentials(repo.credentials_file)
    options = (*_options(repo, credentials), *words)
    environment = _environment(repo, credentials)
    if folder is None:
        return _program((repo.program, *options), environment)
    # restic asks PWD where it is, so that links in the path would stay.
    environment["PWD"] = str(folder)
    return _program((repo.reader or repo.program, *options), environment, str(folder))


def probe(repo: Repository) -> None:
    """Raises ResticError when nobody listens at the repository's address, or its disk is away.

    restic itself tries again for a quarter of an hour. Not so with SFTP: there ssh gives up, and
    its configuration may know other ways to a host than this; as a proxy does.
    """
    if repo.address.startswith("/"):
        parent = Path(repo.address).parent
        if not parent.is_dir():
            raise ResticError("unreachable", f"{parent} is not there; is a disk to be mounted?")
    if not repo.address.startswith(("s3:", "rest:")) or any(map(os.environ.get, PROXIES)):
        return
    host, port = _endpoint(repo.address)
    try:
        socket.create_connection((host, port), CONNECT_SECONDS).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ResticError("unreachable", f"{host}, port {port}: {reason}") from None


def read_credentials(path: str) -> dict[str, str]:
    """Returns the variables of a file of credentials, none for no file."""
    if not path:
        return {}
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except OSError as error:
        raise ResticError("failed", f"cannot read {path}: {error.strerror}") from None
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def _program(words: tuple[str, ...], environment: dict[str, str], folder: str = "/") -> Program:
    return Program(words, environment, folder, hopeless=is_hopeless, farewell=signal.SIGINT)


def _options(repo: Repository, credentials: dict[str, str]) -> tuple[str, ...]:
    options: tuple[str, ...] = ("--cleanup-cache",) if repo.cache else ("--no-cache",)
    if repo.address.startswith("s3:"):
        return (*options, "-o", "s3.retries=3")
    if not repo.address.startswith("sftp:"):
        return options
    files = [
        option.format(credentials[name])
        for name, given in SSH_FILES.items()
        if name in credentials
        for option in given
    ]
    command = [*SSH, *SSH_OPTIONS, *files, *_ssh_host(repo.address), "sftp"]
    option = f"sftp.command={shlex.join(command)}".replace('"', '""')
    return (*options, "-o", f'"{option}"')  # restic reads a row of CSV


def _environment(repo: Repository, credentials: dict[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    given = {name: value for name, value in credentials.items() if name not in SSH_FILES}
    user = given.pop("RESTIC_REST_USERNAME", "")
    password = given.pop("RESTIC_REST_PASSWORD", "")
    environment = {
        **kept,
        **given,
        "LC_ALL": "C.UTF-8",
        "RESTIC_REPOSITORY": _address(repo.address, user, password),
        "RESTIC_PASSWORD_FILE": repo.password_file,
    }
    return {**environment, **({"RESTIC_CACHE_DIR": repo.cache} if repo.cache else {})}


def _address(address: str, user: str, password: str) -> str:
    if not user or not address.startswith("rest:"):
        return address
    scheme, rest = address.split("://", 1)
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest}"


def _endpoint(address: str) -> tuple[str, int]:
    plain = re.sub(r"^(s3|rest):", "", address)
    parts = urlsplit(plain if "://" in plain else f"https://{plain}")
    return parts.hostname or "", parts.port or PORTS.get(parts.scheme, 443)


def _ssh_host(address: str) -> list[str]:
    """Returns ssh's words for the host of an address, as restic reads it."""
    short = SFTP_SHORT.fullmatch(address)
    if short:
        user, host, port = short["user"], short["host"].strip("[]"), None
    else:
        parts = urlsplit(address)
        user, host, port = parts.username, parts.hostname or "", parts.port
    words = ["-l", user] if user else []
    return [*words, *(["-p", str(port)] if port else []), "-s", "--", host]
