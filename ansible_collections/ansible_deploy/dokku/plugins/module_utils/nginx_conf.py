"""Reads and writes what an app adds to its server block: `$DOKKU_ROOT/<app>/nginx.conf.d`.

They take effect when Dokku builds or reloads nginx next. A file that nginx cannot read would stop
every app's reload, so each is tried with `nginx -t` before it is put in place.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .change import Change, Result
from .client import DokkuError
from .definition import APP, ModuleDefinition
from .words import InvalidValue, checked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .client import Dokku

PREFIX = "ansible-deploy-"
"""What our files begin with; no other file is read, changed or removed."""

# Debian keeps nginx where a login over SSH does not look (facts: no sbin in Dokku's PATH).
PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/local/nginx/sbin")

# The server block holds what Dokku's own template sets there (0.38.27, plugins/nginx-vhosts), for
# nginx refuses most directives when they stand twice.
TRIAL = """\
pid {folder}/pid; error_log stderr;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/1; proxy_temp_path {folder}/2;
  fastcgi_temp_path {folder}/3; uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
  upstream own {{ server 127.0.0.1:9; }}
  {upstreams}
  server {{
    listen unix:{folder}/socket; server_name trial.invalid; error_log stderr;
    underscores_in_headers off; client_max_body_size 1m;
    client_body_timeout 60s; client_header_timeout 60s; keepalive_timeout 75s;
    lingering_timeout 5s; send_timeout 60s;
    location / {{ proxy_pass http://own; }}
    location /400-error.html {{ internal; }}
    location /404-error.html {{ internal; }}
    location /500-error.html {{ internal; }}
    location /502-error.html {{ internal; }}
    include {folder}/conf.d/*;
  }}
}}
"""


def dokku_root() -> Path:
    """Returns the directory that holds one folder an app."""
    return Path(os.environ.get("DOKKU_ROOT", "/home/dokku"))


def folder_of(root: Path, app: str) -> Path:
    """Returns the folder whose files Dokku includes into the app's server block."""
    return root / app / "nginx.conf.d"


def read(root: Path, app: str) -> dict[str, str]:
    """Returns our files of the app: name to text."""
    folder = folder_of(root, app)
    if not folder.is_dir():
        return {}
    ours = (path for path in sorted(folder.iterdir()) if path.name.startswith(PREFIX))
    return {path.name: path.read_text("utf-8") for path in ours}


def compare(observed: Mapping[str, str], desired: Mapping[str, str]) -> tuple[Change, ...]:
    """Names every file that is added, altered or removed."""
    added = [Change("+", name) for name in desired if name not in observed]
    altered = [Change("~", n) for n in desired if n in observed and observed[n] != desired[n]]
    removed = [Change("-", name) for name in observed if name not in desired]
    return (*added, *altered, *removed)


def write(root: Path, app: str, desired: Mapping[str, str]) -> None:
    """Makes our files of the app exactly these; other files there stay as they are."""
    folder = folder_of(root, app)
    observed = read(root, app)
    for name in observed:
        if name not in desired:
            (folder / name).unlink(missing_ok=True)
    for name, text in desired.items():
        if observed.get(name) != text:
            _replace(folder, name, text)


def problem(app: str, snippets: Mapping[str, str]) -> str:
    """Returns what nginx says against these files in a server block, `` when it takes them."""
    program = find_nginx()
    own = re.compile(rf"\b{re.escape(app)}-[0-9]{{1,5}}\b")
    names = {name for text in snippets.values() for name in own.findall(text)}
    upstreams = "".join(f"upstream {name} {{ server 127.0.0.1:9; }}\n" for name in sorted(names))
    with tempfile.TemporaryDirectory(prefix="nginx-trial-") as name:
        folder = Path(name)
        (folder / "conf.d").mkdir()
        for snippet, text in snippets.items():
            (folder / "conf.d" / snippet).write_text(text, "utf-8")
        (folder / "nginx.conf").write_text(
            TRIAL.format(folder=folder, upstreams=upstreams), "utf-8"
        )
        words = [program, "-t", "-q", "-p", name, "-c", f"{name}/nginx.conf"]
        run = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30
        )
        return "" if run.returncode == 0 else _said(run.stderr, name)


def find_nginx() -> str:
    """Returns the path of nginx; raises DokkuError where there is none."""
    path = os.environ.get("PATH", "") + ":" + ":".join(PLACES)
    program = shutil.which("nginx", path=path)
    if program is None:
        raise DokkuError(("nginx", "-t"), 127, "there is no nginx on this host")
    return program


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes our nginx files of an app exactly those of the parameters."""
    app = checked("app", params["app"])
    desired = named(params["files"] or {})
    observed = read(dokku_root(), app)
    changes = compare(observed, desired)
    if changes and desired and (said := problem(app, desired)):
        raise InvalidValue(f"nginx does not take the files: {said}")
    if changes and not check:
        write(dokku_root(), app, desired)
    return Result(changes, dict(observed), dict(desired))


def named(files: Mapping[str, Any]) -> dict[str, str]:
    """Returns the files under the names that they have on the host."""
    return {_file_name(name): str(text) for name, text in files.items()}


def _file_name(name: str) -> str:
    if not name.endswith(".conf"):
        raise InvalidValue(f"{name!r} must end in .conf")
    return PREFIX + checked("property", name).removeprefix(PREFIX)


def _replace(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".new-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        os.fchmod(file.fileno(), 0o644)
    Path(temporary).replace(folder / name)


def _said(stderr: str, folder: str) -> str:
    lines = [line for line in stderr.splitlines() if "[emerg]" in line]
    text = (lines or stderr.splitlines() or ["it said nothing"])[0]
    return text.replace(f"{folder}/conf.d/", "").partition("[emerg] ")[2].partition(": ")[2] or text


MODULE = ModuleDefinition({"app": APP, "files": {"type": "dict"}}, converge)
