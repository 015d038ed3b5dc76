"""What a target asks for: lines ``NAME=value`` in restic's own names, of which few are taken.

They become variables of restic's process, where any other could make it do something else. No
value ever stands in a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from .address import LOCAL, REST, S3, SFTP

FILES = ("SFTP_IDENTITY_FILE", "SFTP_KNOWN_HOSTS_FILE")
"""Ours: where ssh finds the key and the known hosts when those of the user dokku are not meant."""

KNOWN = {
    LOCAL: (),
    SFTP: FILES,
    S3: (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_DEFAULT_REGION",
    ),
    REST: ("RESTIC_REST_USERNAME", "RESTIC_REST_PASSWORD"),
}
REQUIRED = {S3: KNOWN[S3][:2], REST: KNOWN[REST]}
ALL = tuple(name for names in KNOWN.values() for name in names)
NAME = r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+"


def problems(kind: str, text: str) -> list[str]:
    """Return what is wrong with the lines for a kind of target; any kind where it is empty."""
    known = KNOWN[kind] if kind else ALL
    if not known:
        return ["a path of this machine takes none"]
    lines = list(_lines(text))
    found = [what for number, line in lines if (what := _problem(number, line, known))]
    names = [line.partition("=")[0] for _, line in lines]
    twice = sorted({name for name in names if names.count(name) > 1 and name in known})
    found += [f"{name} is given twice" for name in twice]
    return found + [f"{name} is missing" for name in REQUIRED.get(kind, ()) if name not in names]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()


def _problem(number: int, line: str, known: tuple[str, ...]) -> str:
    name, sign, value = line.partition("=")
    if not sign or not re.fullmatch(NAME, name):
        return f"line {number} is not NAME=value"  # not repeated, for it may be a secret
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"possible are {', '.join(known)}"
        return f"{name} is not a variable of this target; {hint}"
    if not value:
        return f"{name} is empty"
    if value[0] in "'\"":
        return f"{name} begins with a quote; write the value without quotes"
    if name in FILES and not value.startswith("/"):
        return f"{name} is not an absolute path"
    if value != value.strip() or not value.isprintable():
        return f"{name} has a blank beside its value, or a character that cannot be seen in it"
    return ""
