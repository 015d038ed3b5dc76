"""The plugin `certs`: an app's certificate in tls/server.crt and tls/server.key."""

import os
import sys
from pathlib import Path

from sandbox.dokku import plugn, say
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps
from sandbox.dokku.words import Call

FILES = ("server.crt", "server.key")


def folder(host: Host, app: str) -> Path:
    """Return the directory of an app's certificate."""
    return host.app(app) / "tls"


def exists(host: Host, app: str) -> bool:
    """Say whether an app has a certificate."""
    return all((folder(host, app) / name).exists() for name in FILES)


def add(call: Call) -> None:
    """Answer `certs:add APP [CRT KEY]`; without files, a tar of both on standard input."""
    app, pair = apps.verify(call.host, call.word(0)), call.words[1:3]
    if len(pair) == 2:
        found = [read_given(*item) for item in zip(("CRT", "KEY"), pair, strict=True)]
    elif os.isatty(0):
        raise Fail("Tar archive containing server.crt and server.key expected on stdin")
    else:
        archive = read_archive(sys.stdin.buffer.read())
        found = [only(archive, suffix) for suffix in (".crt", ".key")]
    install(call.host, app, found)


def read_given(what: str, path: str) -> bytes:
    """Return the content of a file that the caller names."""
    try:
        return Path(path).read_bytes()
    except OSError:
        raise Fail(f"{what} file specified not found, please check file paths") from None


def read_archive(data: bytes) -> dict[str, bytes]:
    """Return the files of an archive, hidden ones left out."""
    import io
    import tarfile

    found = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive.getmembers():
                stream = archive.extractfile(member) if member.isfile() else None
                if stream and not any(part.startswith(".") for part in Path(member.name).parts):
                    found[member.name] = stream.read()
    except tarfile.TarError:
        raise Fail("Tar archive containing server.crt and server.key expected on stdin") from None
    return found


def only(archive: dict[str, bytes], suffix: str) -> bytes:
    """Return the one file of its kind."""
    found = [data for name, data in archive.items() if name.endswith(suffix)]
    if not found:
        raise Fail(f"Tar archive is missing {suffix} file")
    if len(found) > 1:
        raise Fail(f"Tar archive contains more than one {suffix} file")
    return found[0]


def install(host: Host, app: str, content: list[bytes]) -> None:
    """Put certificate and key in place, and let everybody know."""
    home = folder(host, app)
    home.mkdir(exist_ok=True)
    for name, data in zip(FILES, content, strict=True):
        (home / name).unlink(missing_ok=True)
        descriptor = os.open(home / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(data)
        (home / name).chmod(0o640)
    home.chmod(0o750)
    plugn.must(host, "post-certs-update", app)
    plugn.must(host, "post-domains-update", app)


def remove(call: Call) -> None:
    """Answer `certs:remove`."""
    import shutil

    app = apps.verify(call.host, call.word(0))
    if not folder(call.host, app).is_dir():
        raise Fail("An app-specific SSL endpoint is not defined")
    say.info1(f"Removing SSL endpoint from {app}")
    shutil.rmtree(folder(call.host, app))
    plugn.must(call.host, "post-certs-remove", app)
    plugn.must(call.host, "post-domains-update", app)


def show(call: Call) -> None:
    """Answer `certs:show APP crt|key`."""
    app, kind = apps.verify(call.host, call.word(0)), call.word(1)
    if kind not in ("crt", "key"):
        raise Fail("specify either 'key' or 'crt'")
    if not exists(call.host, app):
        raise Fail(f"{app} doesn't have an SSL endpoint defined")
    say.write(1, (folder(call.host, app) / f"server.{kind}").read_text(encoding="utf-8"))


def show_report(call: Call) -> None:
    """Answer `certs:report`."""
    from sandbox.dokku.plugins import certs_report

    certs_report.show(call)


def generate(call: Call) -> None:
    """Answer `certs:generate APP DOMAIN`: a self-signed certificate, without Dokku's questions."""
    import subprocess
    import tempfile

    app, name = apps.verify(call.host, call.word(0)), call.word(1)
    with tempfile.TemporaryDirectory(dir=call.host.tmp) as place:
        pair = [str(Path(place) / file) for file in FILES]
        words = f"openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN={name}".split()
        words += ["-out", pair[0], "-keyout", pair[1]]
        subprocess.run(words, capture_output=True, check=True)
        install(call.host, app, [Path(path).read_bytes() for path in pair])


def clone(call: Call) -> None:
    """Take the certificate from a clone; git copies it again afterwards (as in 0.38.27)."""
    import shutil

    shutil.rmtree(folder(call.host, call.word(1)), ignore_errors=True)
    plugn.must(call.host, "post-certs-remove", call.word(1))


def print_exists(call: Call) -> None:
    """Answer the trigger `certs-exists`."""
    say.out(str(exists(call.host, call.word(0))).lower())


COMMANDS = {
    "certs": show_report,
    "add": add,
    "update": add,
    "remove": remove,
    "show": show,
    "generate": generate,
    "report": show_report,
}
