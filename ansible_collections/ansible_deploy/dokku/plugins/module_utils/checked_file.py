"""Writes one file of the host whole, after a program has found nothing wrong with it.

A file that a daemon could not read would stop the daemon, so the good one stays until the new one
is accepted. What other people wrote is not overwritten unless the parameters allow it.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .change import Change, Result, differences
from .definition import ModuleDefinition, names
from .host_file import File, read, write
from .words import InvalidValue

if TYPE_CHECKING:
    from .client import Dokku

SCRATCH = "%s"
"""Stands for the scratch file in the words of a program."""

LONGEST_REASON = 1000
TIMEOUT = 60


def compare(path: Path, found: File | None, wanted: File) -> tuple[Change, ...]:
    """Names the file when it is added or altered, and says what about it."""
    if found is None:
        return (Change("+", str(path)),)
    details = [] if found.content == wanted.content else ["content"]
    other = differences(found.attributes(wanted), wanted.attributes(wanted))
    details += [f"{change.subject} {change.detail}" for change in other]
    return (Change("~", str(path), ", ".join(details)),) if details else ()


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes the file what the parameters say, unless it is another's or would not be accepted."""
    path, words = Path(params["path"]), tuple(params["validate"] or ())
    wanted = File(params["content"], params["owner"], params["group"], params["mode"])
    found = read(path)
    if found and params["replace"] == "never":
        wanted, words = replace(wanted, content=found.content), ()
    if found and params["replace"] == "own":
        refuse_foreign(path, found, params)
    changes = compare(path, found, wanted)
    warnings = _try(path, found, wanted, words, check=check) if changes else ()
    return Result(changes, _shown(path, found, wanted), _shown(path, wanted, wanted), {}, warnings)


def refuse_foreign(path: Path, found: File, params: dict[str, Any]) -> None:
    """Raises InvalidValue unless the file has our marker or is as its package brought it."""
    package = params["package"]
    if params["marker"] in found.content or (package and _is_of(package, path, found)):
        return
    whose = f"neither ours nor as the package {package} brought it" if package else "not ours"
    raise InvalidValue(f"{path} is {whose}, and was left alone; {params['remedy']}")


def complaint(words: tuple[str, ...]) -> str:
    """Runs a program; returns what it said where it failed, else nothing."""
    try:
        run = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        return f"{words[0]} did not answer within {TIMEOUT} s"
    return (run.stdout.strip() or "it said nothing")[-LONGEST_REASON:] if run.returncode else ""


def _try(
    path: Path, found: File | None, wanted: File, words: tuple[str, ...], *, check: bool
) -> tuple[str, ...]:
    """Has the file judged, and writes it where this is no plan; returns warnings."""
    missing = words[0] if words and shutil.which(words[0]) is None else ""
    if missing and not check:
        raise InvalidValue(f"{path} cannot be checked, for there is no {missing} on this host")
    is_first = any(SCRATCH in word for word in words)
    if is_first and not missing:
        _refuse(path, _complaint_of_scratch(path, wanted, words))
    if not check:
        write(path, wanted)
        if words and not is_first and (said := complaint(words)):
            _put_back(path, found)
            _refuse(path, said)
    return (f"{path} was not checked: {missing} is not installed yet",) if missing else ()


def _complaint_of_scratch(path: Path, wanted: File, words: tuple[str, ...]) -> str:
    with tempfile.TemporaryDirectory(prefix="checked-file-") as folder:
        scratch = Path(folder) / path.name
        scratch.write_text(wanted.content, "utf-8")
        said = complaint(tuple(word.replace(SCRATCH, str(scratch)) for word in words))
        return said.replace(str(scratch), str(path))


def _refuse(path: Path, said: str) -> None:
    if said:
        raise InvalidValue(f"{path} would not be accepted, and was left as it is: {said}")


def _put_back(path: Path, found: File | None) -> None:
    if found is None:
        path.unlink()
    else:
        write(path, found)


def _is_of(package: str, path: Path, found: File) -> bool:
    """Says whether dpkg knows the file as one of the package's, unaltered."""
    if shutil.which("dpkg-query") is None:
        return False
    words = ["dpkg-query", "--show", "--showformat", "${Conffiles}\n", package]
    run = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT
    )
    digest = hashlib.md5(found.content.encode(), usedforsecurity=False).hexdigest()
    return [str(path), digest] in [line.split()[:2] for line in run.stdout.splitlines()]


def _shown(path: Path, file: File | None, wanted: File) -> dict[str, Any]:
    if file is None:
        return {}
    return {str(path): file.content.splitlines(), **file.attributes(wanted)}


MODULE = ModuleDefinition(
    {
        "path": {"type": "path", "required": True},
        "content": {"type": "str", "required": True},
        "owner": {"type": "str", "default": ""},
        "group": {"type": "str", "default": ""},
        "mode": {"type": "str", "default": "0644"},
        "validate": names(),
        "replace": {"type": "str", "choices": ["always", "own", "never"], "default": "always"},
        "marker": {"type": "str", "default": ""},
        "package": {"type": "str", "default": ""},
        "remedy": {"type": "str", "default": "move it away"},
    },
    converge,
    {"required_if": [("replace", "own", ("marker",))]},
)
