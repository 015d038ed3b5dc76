"""Runs lego, the ACME client: where dokku-letsencrypt starts a container, the sandbox a process.

It gets what the container would get: the arguments, the environment of the image and of the options
`--env` and `--env-file`, and nothing of the caller's. Other options of `docker run` have no meaning
here and are passed over.
"""

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.dokku import say
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import letsencrypt_settings as settings

IMAGE = "etc/lego.env"  # what a Dockerfile's ENV would be: how this machine's servers are reached
DOCKER_FAILED = 125
LIMITED = re.compile(
    r"urn:ietf:params:acme:error:rateLimited|\b429\b.*[Tt]oo [Mm]any [Rr]equests"
    r"|too many certificates|too many failed authorizations"
)


class Unreadable(Exception):
    """An environment file that docker would not read; says it in docker's words."""


def run(host: Host, app: str, folder: Path, verb: str) -> int:
    """Run lego for an order in `folder`, print what it says, and return its status."""
    try:
        environment = read_environment(host, folder)
    except Unreadable as error:
        say.verbose(str(error))
        return DOCKER_FAILED
    webroot = host.data(settings.PLUGIN, app)
    webroot.mkdir(mode=0o755, exist_ok=True)
    webroot.chmod(0o755)
    with mounted(host, folder) as path:
        places = {"/certs": str(path), "/webroot": str(webroot)}
        line = (folder / "config").read_text(encoding="utf-8").split()
        words = ["/usr/bin/lego", *(places.get(word, word) for word in line), verb]
        status, said = print_output(words, environment, path)
    if status and LIMITED.search(said):
        tell_limit(app)
    return status


def print_output(words: list[str], environment: dict[str, str], path: Path) -> tuple[int, str]:
    """Run a program and print its lines as they come, with the container's path in them."""
    process = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd="/",
        env=environment,
    )
    said = []
    assert process.stdout
    for line in process.stdout:
        said.append(line.rstrip("\n").replace(str(path), "/certs"))
        say.verbose(said[-1])
    return process.wait(), "\n".join(said)


@contextmanager
def mounted(host: Host, folder: Path) -> Iterator[Path]:
    """Put an order's certificates and everybody's accounts side by side, one order at a time."""
    accounts = host.data(settings.PLUGIN, settings.GLOBAL) / "accounts"
    accounts.mkdir(parents=True, exist_ok=True)
    accounts.chmod(0o700)
    (folder / "accounts").mkdir(exist_ok=True)  # docker leaves the empty mount point behind
    (folder / "certificates").mkdir(mode=0o700, exist_ok=True)
    with open(accounts / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = host.run / "lego"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        (path / "accounts").symlink_to(accounts)
        (path / "certificates").symlink_to(folder / "certificates")
        yield path


def read_environment(host: Host, folder: Path) -> dict[str, str]:
    """Return the environment of the container; what stands further right in the options wins."""
    found = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/"}
    if (host.root / IMAGE).exists():
        found.update(read_file(host.root / IMAGE))
    options = ["--env-file", str(folder / "docker.env")]
    options += (folder / "docker_options").read_text(encoding="utf-8").split()
    single: dict[str, str] = {}
    while options:
        name, equals, value = options.pop(0).partition("=")
        if name in ("--env-file", "--env", "-e"):
            value = value if equals or not options else options.pop(0)
            if name == "--env-file":
                found.update(read_file(Path(value)))
            else:
                single.update(read_line(value))
    return {**found, **single}


def read_file(file: Path) -> dict[str, str]:
    """Read an environment file as docker does: no quotes, `#` only at the beginning of a line."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise Unreadable(f"docker: open {file}: {reason}.") from None
    found: dict[str, str] = {}
    for line in (line.lstrip() for line in lines):
        if line and not line.startswith("#"):
            found.update(read_line(line))
    return found


def read_line(line: str) -> dict[str, str]:
    """Read `NAME=value`; a name alone stands for the caller's variable of that name."""
    name, equals, value = line.partition("=")
    if equals:
        return {name: value}
    return {name: os.environ[name]} if name in os.environ else {}


def tell_limit(app: str) -> None:
    """Explain that the ACME server takes no more orders for now."""
    say.warn("Let's Encrypt rate-limited this request.")
    page = "https://letsencrypt.org/docs/rate-limits/"
    say.warn(f"See {page} for the active limits and remediation guidance.")
    command = f"dokku letsencrypt:set {app} server staging"
    say.warn(f"Use '{command}' while iterating to avoid the production limits.")
