"""Images without Docker: a directory with the content of WORKDIR, and a JSON file of settings.

`images/<name>` (with `_` for `/` and `:`) is a directory or, for a built one, a symlink into
`images/.builds`; `images/<name>.json` holds the settings.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from sandbox.dokku import dockerfile, sandbox_settings, say
from sandbox.dokku.dockerfile import ImageSettings
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host

STATIC = ["/bin/sh", "-c", 'exec python3 -u -m http.server "$PORT"']


def path(host: Host, name: str) -> Path:
    """Return the directory of an image."""
    return host.root / "images" / re.sub(r"[/:]", "_", name)


def exists(host: Host, name: str) -> bool:
    """Say whether there is such an image."""
    return path(host, name).is_dir()


def settings_of(host: Host, name: str) -> ImageSettings:
    """Return the settings of an image or of a build."""
    place = path(host, name) if exists(host, name) else builds(host) / name
    file = place.with_name(place.name + ".json")
    if not file.exists():
        return ImageSettings()
    return ImageSettings(**json.loads(file.read_text(encoding="utf-8")))


def register(host: Host, name: str, source: Path) -> None:
    """Make an image of a directory; a Dockerfile in it gives command, ports and environment."""
    place = path(host, name)
    if place.exists():
        shutil.rmtree(place)
    shutil.copytree(source, place, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    file = source / "Dockerfile"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    settings = dockerfile.parse(text, ImageSettings()).settings
    settings.tools = virtual_environment(host, place)
    write_settings(place, settings)


def write_settings(place: Path, settings: ImageSettings) -> None:
    """Write the settings beside an image."""
    text = json.dumps(asdict(settings), indent=2)
    place.with_name(place.name + ".json").write_text(text, encoding="utf-8")


def builds(host: Host) -> Path:
    """Return the directory of all builds."""
    return host.root / "images/.builds"


def current(host: Host, app: str) -> str:
    """Return the build that is tagged dokku/APP:latest, or nothing."""
    link = path(host, f"dokku/{app}:latest")
    return link.resolve().name if link.is_symlink() and link.is_dir() else ""


def tag(host: Host, app: str, build_id: str) -> None:
    """Tag a build as dokku/APP:latest."""
    link = path(host, f"dokku/{app}:latest")
    scratch = link.with_name(f".{link.name}.{os.getpid()}")
    scratch.unlink(missing_ok=True)
    scratch.symlink_to(builds(host) / build_id)
    scratch.rename(link)
    shutil.copyfile(builds(host) / f"{build_id}.json", link.with_name(link.name + ".json"))


def untag(host: Host, app: str) -> None:
    """Remove the image of an app."""
    link = path(host, f"dokku/{app}:latest")
    link.unlink(missing_ok=True)
    link.with_name(link.name + ".json").unlink(missing_ok=True)


def build(host: Host, app: str, tree: Path, file_name: str) -> None:
    """Build the image of an app from its tree; fails where there is no way to run it."""
    place = builds(host) / secrets.token_hex(6)
    file = tree / file_name
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    base = dockerfile.base_name(text)
    known = bool(base) and exists(host, base)
    parsed = dockerfile.parse(text, settings_of(host, base) if known else ImageSettings())
    place.mkdir(parents=True)
    if known:
        shutil.copytree(path(host, base), place, symlinks=True, dirs_exist_ok=True)
    if not known or parsed.copies:
        shutil.copytree(tree, place, symlinks=True, dirs_exist_ok=True)
    say.verbose(f"Copied {sum(len(names) for _, _, names in os.walk(place))} files")
    settings = parsed.settings
    settings.tools = virtual_environment(host, place) or settings.tools
    if not (place / "Procfile").exists() and not (settings.command or settings.entrypoint):
        settings.command = fallback(place)
    write_settings(place, settings)
    tag(host, app, place.name)


def fallback(place: Path) -> list[str]:
    """Return the command for a tree that names none: static files are served."""
    if (place / "index.html").exists():
        return STATIC
    raise Fail("No Procfile, no CMD in a Dockerfile, no index.html: no way to run this app")


def virtual_environment(host: Host, place: Path) -> str:
    """Install requirements.txt, once for each content; returns the directory of its programs."""
    file = place / "requirements.txt"
    if not file.exists():
        return ""
    content = file.read_bytes() + sys.version.encode()
    home = host.root / "cache/venvs" / hashlib.sha256(content).hexdigest()[:16]
    if (home / "complete").exists():
        say.verbose("Python packages of requirements.txt: cached")
        return str(home / "bin")
    say.verbose("Installing the Python packages of requirements.txt")
    shutil.rmtree(home, ignore_errors=True)
    python = os.path.realpath(sys.executable)
    run_tool([python, "-m", "venv", str(home)], {})
    pip = [str(home / "bin/python"), "-m", "pip", "install", "--quiet", "-r", str(file)]
    run_tool(pip, sandbox_settings.read(host).pip)
    (home / "complete").touch()
    return str(home / "bin")


def run_tool(words: list[str], variables: dict[str, str]) -> None:
    """Run a build tool with the machine's own package settings; fails with it."""
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", **variables}
    if subprocess.run(words, check=False, stdin=subprocess.DEVNULL, env=env).returncode:
        raise Fail(f"{Path(words[0]).name} {' '.join(words[1:4])} failed")


def collect(host: Host, used: set[str]) -> None:
    """Delete the builds that nobody uses."""
    links = {link.resolve().name for link in (host.root / "images").iterdir() if link.is_symlink()}
    for place in builds(host).iterdir() if builds(host).is_dir() else []:
        if place.is_dir() and place.name not in links | used:
            shutil.rmtree(place, ignore_errors=True)
            place.with_name(place.name + ".json").unlink(missing_ok=True)
