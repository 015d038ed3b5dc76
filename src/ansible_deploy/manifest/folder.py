"""What may lie in ``deploy.d``: names the files that are known, and reads the snippets for nginx.

Opens nothing that it does not know; the safe copy of the folder was made before.
"""

from __future__ import annotations

import re
from pathlib import Path

from .document import read_text
from .problems import Problems
from .proxy import SNIPPET_NAME, TAKEN
from .tree import Where
from .words import closest, shown

NAME = "deploy.d"
MAIN = "deploy.yml"
VAULT = "vault.yml"
PLAYS = ("pre-deploy.yml", "post-deploy.yml", "post-delete.yml")
REQUIREMENTS = "requirements.yml"
SNIPPETS = "nginx.conf.d"
FILES = (MAIN, VAULT, *PLAYS, REQUIREMENTS)
DESCRIPTIONS = {
    MAIN: "What the app asks for: the keys below.",
    "deploy.<app>.yml": "Laid over `deploy.yml` when the app of this name is pushed to. Maps"
    " merge, everything"
    " else replaces, and an empty value removes the key.",
    VAULT: "Secrets, encrypted as a whole with `ansible-vault encrypt`: `NAME: value` lines,"
    " each of which becomes a"
    " variable of the app unless `tls` names it. The server has the password from"
    " `dokku ansible-deploy:vault-password <app>`.",
    f"{SNIPPETS}/*.conf": "Files for the app's server block in nginx. They can reach the whole"
    " host, so they need"
    " a grant by the operator.",
    "pre-deploy.yml": "Ansible plays of your own, run before the release, after everything else"
    " of that stage."
    " Plays need a grant by the operator.",
    "post-deploy.yml": "The same, run after the deploy.",
    "post-delete.yml": "The same, run after the app was destroyed.",
    REQUIREMENTS: "Collections and roles that the plays need, as for `ansible-galaxy`.",
    "roles/, library/, group_vars/, host_vars/, templates/, files/"
    " ...": "What the plays use, as in any Ansible project.",
    "README*, LICENSE*, CHANGELOG*, .*": "Not read.",
}
PLAY_FOLDERS = (
    "collections",
    "files",
    "filter_plugins",
    "group_vars",
    "host_vars",
    "library",
    "lookup_plugins",
    "module_utils",
    "roles",
    "tasks",
    "templates",
    "vars",
)
FOLDERS = (SNIPPETS, *PLAY_FOLDERS)
FREE = re.compile(r"(README|LICENSE|CHANGELOG)(\..*)?|\..*")
OVERLAY = re.compile(r"deploy\.([a-z0-9][a-z0-9._-]*)\.yml")
PASSWORD = re.compile(r"\.?vault[-_.]?pass(word)?([-_.].*)?(\.txt)?")
LARGEST_SNIPPET = 64 * 1024


def file_name(name: str) -> str:
    """Return the name of a file of the folder as messages write it."""
    return f"{NAME}/{shown(name)}"


def overlays(folder: Path) -> dict[str, str]:
    """Return the names of the overlay files by app."""
    found = {
        path.name: OVERLAY.fullmatch(path.name)
        for path in sorted(folder.iterdir())
        if path.is_file()
    }
    return {match[1]: name for name, match in found.items() if match}


def check_names(folder: Path, app: str, problems: Problems) -> None:
    """Add a problem for every name at the top of the folder that nobody knows."""
    names = sorted(path.name for path in folder.iterdir())
    for name in names:
        _check_name(folder / name, app, problems)
    if not any(_has_meaning(folder / name) for name in names) and not problems.found:
        problems.add(Where(NAME), f"there is no {MAIN} in it", f"add {MAIN}, or remove the folder")


def _has_meaning(path: Path) -> bool:
    return path.name in (*FILES, SNIPPETS) or bool(OVERLAY.fullmatch(path.name))


def _check_name(path: Path, app: str, problems: Problems) -> None:
    name, where = path.name, Where(file_name(path.name))
    if PASSWORD.fullmatch(name):
        command = f"dokku ansible-deploy:vault-password {app} --rotate"
        remedy = f"remove it, choose another one, and give it to the server: {command}"
        problems.add(where, "a vault password does not belong in a repository", remedy)
    elif name in FOLDERS and not path.is_dir():
        problems.add(where, "is a file and should be a folder", "move it")
    elif (name in FILES or OVERLAY.fullmatch(name)) and not path.is_file():
        problems.add(where, "is a folder and should be a file", "move it")
    elif (
        name not in (*FILES, *FOLDERS) and not FREE.fullmatch(name) and not OVERLAY.fullmatch(name)
    ):
        problems.add(where, "nothing reads it", _meant(name, is_folder=path.is_dir()))


def _meant(name: str, *, is_folder: bool) -> str:
    stem = re.sub(r"\.ya?ml$", "", name.lower()).replace("_", "-")
    twin = f"{stem}.yml"
    found = (
        twin
        if twin in FILES or OVERLAY.fullmatch(twin)
        else closest(name, FOLDERS if is_folder else FILES)
    )
    other = "move it out of deploy.d, or into files/ or templates/ when a play needs it"
    return f'did you mean "{found}"?' if found else other


def read_snippets(folder: Path, problems: Problems) -> dict[str, str]:
    """Return the files for nginx by name; adds a problem for each that cannot be one."""
    found: dict[str, str] = {}
    place = folder / SNIPPETS
    if not place.is_dir():
        return found
    for path in sorted(place.iterdir()):
        text = _snippet(path, problems)
        if text is not None:
            found[path.name] = text
    return found


def _snippet(path: Path, problems: Problems) -> str | None:
    file = file_name(f"{SNIPPETS}/{path.name}")
    where = Where(file)
    if FREE.fullmatch(path.name):
        return None
    if not path.is_file():
        problems.add(where, "is a folder, which nginx does not read", "move its files up")
    elif path.name in TAKEN:
        problems.add(where, "has a name that belongs to Dokku or one of its plugins", "rename it")
    elif not SNIPPET_NAME.fullmatch(path.name):
        problems.add(
            where,
            "nginx does not read a file of this name",
            'use small letters, digits, - and _, and end it in ".conf"',
        )
    elif path.stat().st_size > LARGEST_SNIPPET:
        problems.add(where, f"is larger than {LARGEST_SNIPPET // 1024} KiB", "shorten it")
    else:
        return read_text(path.read_bytes(), file, problems)
    return None
