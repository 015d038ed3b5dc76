"""`certs:report`, and the names of a certificate; openssl is asked just as Dokku asks it."""

import re
import subprocess
from pathlib import Path

from sandbox.dokku import report
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import certs
from sandbox.dokku.words import Call

FACTS = ("expires-at", "hostnames", "issuer", "starts-at", "subject", "verified")
LINES = {
    "starts-at": re.compile(r"Not Before: (.*)"),
    "expires-at": re.compile(r"Not After : (.*)"),
    "issuer": re.compile(r"Issuer: (.*)"),
}


def show(call: Call) -> None:
    """Print the report."""
    report.run(call, report.Report("ssl", read))


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `certs:report` knows."""
    found = dict.fromkeys(FACTS, "")
    if certs.exists(host, app):
        found.update(examine(certs.folder(host, app)))
    return {
        "dir": str(certs.folder(host, app)),
        "enabled": str(certs.exists(host, app)).lower(),
        **found,
    }


def examine(folder: Path) -> dict[str, str]:
    """Return what a certificate says of itself."""
    text, subject = text_of(folder), subject_of(folder)
    matches = {key: pattern.search(text) for key, pattern in LINES.items()}
    return {
        **{key: match[1].strip() if match else "" for key, match in matches.items()},
        "subject": subject,
        "hostnames": " ".join(hostnames(folder)),
        "verified": verify(folder),
    }


def hostnames(folder: Path) -> list[str]:
    """Return the names that a certificate is for, sorted."""
    common = re.search(r"\bCN=([^;/,]+)", subject_of(folder))
    lines = iter(text_of(folder).splitlines())
    found = {common[1].strip()} if common else set()
    for line in lines:
        if "509v3 Subject Alternative Name:" in line:
            found.update(word.strip().removeprefix("DNS:") for word in next(lines, "").split(","))
    return sorted(found - {""})


def verify(folder: Path) -> str:
    """Return openssl's judgement, which trusts the file itself (and so knows no chain)."""
    served = folder / "server.crt"
    issued = folder / "server.letsencrypt.crt"
    files = ["-CAfile", str(served), str(issued)] if issued.exists() else [str(served)]
    lines = ask("verify", "-verbose", "-purpose", "sslserver", *files).rstrip("\n").split("\n")
    good = lines[-1].partition(":")[2].strip() == "OK"
    return "verified by a certificate authority" if good else "self signed"


def text_of(folder: Path) -> str:
    """Return a certificate in words."""
    return ask("x509", "-in", str(folder / "server.crt"), "-noout", "-text")


def subject_of(folder: Path) -> str:
    """Return the subject as Dokku writes it: `CN=name`, parts separated by semicolons."""
    words = ("-noout", "-subject", "-nameopt", "compat")
    line = ask("x509", "-in", str(folder / "server.crt"), *words).strip()
    return line.removeprefix("subject=").strip().removeprefix("/").replace("/", "; ")


def ask(*words: str) -> str:
    """Return what openssl prints, whatever its status."""
    return subprocess.run(
        ["openssl", *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    ).stdout
