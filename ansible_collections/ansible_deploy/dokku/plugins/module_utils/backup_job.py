"""Sets up the backups of one app: its lines of the crontab, and the repository that they go to.

Makes no backup itself. A repository that is out of reach is told as not done yet, for a push must
not depend on it; one that holds backups of an earlier life of the app is left for people to decide.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import host_file
from .change import Change, Result
from .definition import APP, ModuleDefinition, names, state
from .words import InvalidValue, checked

if TYPE_CHECKING:
    from .client import Dokku


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Writes the app's crontab lines where they differ, and makes the repository where none is."""
    app = checked("app", params["app"])
    file = Path(params["file"])
    if not file.is_absolute():
        raise InvalidValue(f"{str(file)!r} is not an absolute path")
    before = file.read_text("utf-8") if file.is_file() else ""
    lines = params["lines"] if params["state"] == "present" else []
    after = "".join(f"{line}\n" for line in lines or ())
    changes = _changes(before, after, params)
    if before != after and not check:
        _write(file, after)
    pending, facts = "", dict[str, Any]()
    if params["state"] == "present" and not params["known"] and not check:
        pending, facts = _look(app, params)
    old, new = ({"crontab": text.splitlines()} for text in (before, after))
    is_told = params["state"] == "present"
    notes, warnings = (tuple((is_told and params[key]) or ()) for key in ("notes", "warnings"))
    return Result(changes, old, new, facts, warnings, pending=pending, notes=notes)


def _changes(before: str, after: str, params: dict[str, Any]) -> tuple[Change, ...]:
    has_moved = bool(params["was"]) and params["was"] != params["target"]
    if before == after and not (after and has_moved):
        return ()
    if not after:
        return (Change("-", "backups", "those that there are stay"),)
    return (Change("~" if before else "+", f"{params['phrase']} to {params['target']}"),)


def _write(file: Path, text: str) -> None:
    """Replaces the file in one step; where there is nothing to say there is none."""
    if not text:
        file.unlink(missing_ok=True)
        return
    host_file.replace(file, text)


def _look(app: str, params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Says what stands in the way of backups, or which repository they may go to."""
    from . import restic

    repository = restic.Repository(
        address=params["repository"],
        password_file=params["password_file"],
        credentials_file=params["credentials_file"],
        cache=params["cache"],
    )
    try:
        try:
            identity = restic.identity(repository)
        except restic.ResticError as error:
            if error.kind != "missing":
                raise
            return "", _facts(restic.create(repository), params)
        seals = restic.snapshots(repository, f"app:{params['origin']}", "seal")
    except restic.ResticError as error:
        return f"{params['target']}: {error}", {}
    if not seals:
        return "", _facts(identity, params)
    return f"{params['target']}: {earlier_life(app, len(seals))}", {}


def earlier_life(app: str, count: int) -> str:
    """Says that there are backups from before, and what a person has to decide."""
    there = f"{count} backup{'' if count == 1 else 's'} of {app} from before"
    restore, go_on = (f"dokku ansible-deploy:{word} {app}" for word in ("restore", "backup"))
    verb = "is" if count == 1 else "are"
    return f"{there} {verb} there; to get its data back: {restore}; to go on without it: {go_on}"


def _facts(identity: str, params: dict[str, Any]) -> dict[str, Any]:
    where = {"place": params["repository"], "target": params["target"]}
    return {"backups": {"repository": identity, **where}}


MODULE = ModuleDefinition(
    {
        "app": APP,
        "origin": {"type": "str", "required": True},
        "file": {"type": "path", "required": True},
        "lines": names(),
        "phrase": {"type": "str", "default": ""},
        "target": {"type": "str", "default": ""},
        "was": {"type": "str", "default": ""},
        "repository": {"type": "str", "default": ""},
        "password_file": {"type": "path", "no_log": False, "default": ""},
        "credentials_file": {"type": "path", "default": ""},
        "cache": {"type": "path", "default": ""},
        "known": {"type": "bool", "default": False},
        "notes": names(),
        "warnings": names(),
        "state": state("present", "absent"),
    },
    converge,
    {"required_if": [("state", "present", ["repository", "target", "lines"])]},
)
