"""The plugin `certs`: an app's certificate in tls/server.crt and tls/server.key."""

import os
import subprocess
import sys
from pathlib import Path

from sandbox.dokku import plugn, report, say, words
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
    app = apps.verify(call.host, call.word(0))
    if len(call.words) >= 3:
        found = {
            name: Path(path).read_bytes() for name, path in zip(FILES, call.words[1:3], strict=True)
        }
    else:
        found = from_tar(sys.stdin.buffer.read())
    home = folder(call.host, app)
    home.mkdir(exist_ok=True)
    for name in FILES:
        if name not in found:
            raise Fail(f"Tar archive is missing {name}" if call.words[1:] == () else "Missing file")
        descriptor = os.open(home / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(found[name])
    plugn.must(call.host, "post-certs-update", app)
    plugn.must(call.host, "post-domains-update", app)


def from_tar(data: bytes) -> dict[str, bytes]:
    """Return the two files of an archive."""
    import io
    import tarfile

    found = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive.getmembers():
                stream = archive.extractfile(member)
                if stream:
                    found[Path(member.name).name] = stream.read()
    except tarfile.TarError:
        raise Fail("Tar archive containing server.crt and server.key expected on stdin") from None
    return found


def remove(call: Call) -> None:
    """Answer `certs:remove`."""
    app = apps.verify(call.host, call.word(0))
    if not exists(call.host, app):
        raise Fail("An app-specific SSL endpoint is not defined")
    say.info1(f"Removing SSL endpoint from {app}")
    forget(call.host, app)
    plugn.must(call.host, "post-certs-remove", app)
    plugn.must(call.host, "post-domains-update", app)


def forget(host: Host, app: str) -> None:
    """Delete the certificate's files."""
    for name in FILES:
        (folder(host, app) / name).unlink(missing_ok=True)


def show(call: Call) -> None:
    """Answer `certs:show APP crt|key`."""
    app = apps.verify(call.host, call.word(0))
    if not exists(call.host, app):
        raise Fail("An app-specific SSL endpoint is not defined")
    say.write(1, (folder(call.host, app) / f"server.{call.word(1)}").read_text(encoding="utf-8"))


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `certs:report` knows."""
    facts = dict.fromkeys(
        ("expires-at", "hostnames", "issuer", "starts-at", "subject", "verified"), ""
    )
    if exists(host, app):
        facts.update(examine(folder(host, app) / "server.crt"))
    return {
        "dir": str(folder(host, app)),
        "enabled": str(exists(host, app)).lower(),
        **facts,
    }


def examine(file: Path) -> dict[str, str]:
    """Ask openssl about a certificate."""
    words_ = ["openssl", "x509", "-in", str(file), "-noout", "-dates", "-issuer", "-subject"]
    answer = subprocess.run(
        [*words_, "-ext", "subjectAltName"], capture_output=True, text=True, check=False
    ).stdout
    facts = dict(
        line.split("=", 1) for line in answer.splitlines() if "=" in line and ":" not in line[:4]
    )
    names = [word[4:] for word in answer.replace(",", " ").split() if word.startswith("DNS:")]
    issuer, subject = facts.get("issuer", ""), facts.get("subject", "")
    return {
        "starts-at": facts.get("notBefore", ""),
        "expires-at": facts.get("notAfter", ""),
        "issuer": issuer,
        "subject": subject.replace(" = ", "="),
        "hostnames": " ".join(sorted(names)) or subject.rpartition("CN = ")[2],
        "verified": "self signed" if issuer == subject else "verified by a certificate authority",
    }


def show_report(call: Call) -> None:
    """Answer `certs:report`."""
    report.run(call, report.Report("ssl", read))


def generate(call: Call) -> None:
    """Answer `certs:generate APP DOMAIN`: a self-signed certificate, without Dokku's questions."""
    app, name = apps.verify(call.host, call.word(0)), words.parse(call).words[1]
    home = folder(call.host, app)
    home.mkdir(exist_ok=True)
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "365",
            "-subj",
            f"/CN={name}",
            "-keyout",
            str(home / FILES[1]),
            "-out",
            str(home / FILES[0]),
        ],
        capture_output=True,
        check=True,
    )
    plugn.must(call.host, "post-certs-update", app)
    plugn.must(call.host, "post-domains-update", app)


def clone(call: Call) -> None:
    """Keep a certificate from its clone."""
    forget(call.host, call.word(1))
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
