"""The keys by which the DNS server knows who may change its zones, in the forms that tools read.

A secret is made once in a sandbox, and every file that holds one can be read by its owner only.
"""

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

ALGORITHM = "hmac-sha256"


@dataclass(frozen=True)
class Key:
    """A TSIG key: its name and its secret in base64."""

    name: str
    secret: str


def load_key(name: str, file: Path) -> Key:
    """Read a key's secret from its file of variables; a new key where there is no such file."""
    if not file.exists():
        return Key(name, base64.b64encode(secrets.token_bytes(32)).decode())
    lines = (line.split("=", 1) for line in file.read_text().splitlines())
    return Key(name, {line[0]: line[-1] for line in lines}["RFC2136_TSIG_SECRET"])


def write_variables(key: Key, server: str, file: Path) -> None:
    """Write what a client needs to change zones, as `NAME=value` lines of lego."""
    write_secret(
        file,
        f"RFC2136_NAMESERVER={server}\n"
        f"RFC2136_TSIG_KEY={key.name}\n"
        f"RFC2136_TSIG_SECRET={key.secret}\n"
        f"RFC2136_TSIG_ALGORITHM={ALGORITHM}.\n",
    )


def write_key_file(key: Key, file: Path) -> None:
    """Write a key as kdig and knsupdate read it (`-k`)."""
    write_secret(file, f"{ALGORITHM}:{key.name}:{key.secret}\n")


def write_secret(file: Path, text: str) -> None:
    """Write a file that only its owner reads, from its first moment on."""
    scratch = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    scratch.rename(file)
