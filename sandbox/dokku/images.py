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
import tarfile
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


def inside(host: Host, name: str, source: str) -> Path:
    """Return the file that a path of an image means; relative ones start at WORKDIR."""
    if not exists(host, name):
        raise Fail(f"No such image: {name}")
    workdir = settings_of(host, name).workdir.rstrip("/") or "/"
    relative = source.removeprefix(workdir).lstrip("/") if source.startswith(workdir) else source
    return path(host, name) / relative.lstrip("/")


def common(host: Host, words: list[str]) -> int:
    """Answer `common copy-from-image|copy-dir-from-image APP IMAGE SOURCE TARGET` and some more."""
    words = [word for word in words if word != "--quiet"]
    if words[:1] == ["copy-from-image"] and len(words) == 5:
        source = inside(host, words[2], words[3])
        if not source.is_file():
            raise Fail(f"Unable to copy file {words[3]} from image")
        shutil.copyfile(source, words[4])
        return 0
    if words[:1] == ["copy-dir-from-image"] and len(words) == 5:
        inside(host, words[2], words[3])
        return 0  # Dokku 0.38.27 skips directories there: nothing arrives, and no error (docker.go)
    if words[:1] == ["is-deployed"] and len(words) == 2:
        from sandbox.dokku import deployed

        return 0 if deployed.is_deployed(host, words[1]) else 1
    raise Fail(f"Invalid common command call: {' '.join(words[:1])}")


def docker(host: Host, words: list[str]) -> int:
    """Answer the docker commands with which a plugin reads an image."""
    words = [word for word in words if word not in ("--quiet", "-q", "--force", "-f", "--")]
    for command, function in DOCKER.items():
        if words[: len(command)] == list(command):
            return function(host, words[len(command) :])
    raise Fail(f"the sandbox has no `docker {' '.join(words[:2])}`")


def _create(host: Host, words: list[str]) -> int:
    names = [word for word in words if exists(host, word)]
    if not names:
        raise Fail(f"No such image: {words[-1] if words else ''}")
    identifier = secrets.token_hex(32)
    (host.run / "created").mkdir(parents=True, exist_ok=True)
    (host.run / "created" / identifier).write_text(names[0], encoding="utf-8")
    say.out(identifier)
    return 0


def _copy(host: Host, words: list[str]) -> int:
    identifier, _, source = words[0].partition(":")
    note = host.run / "created" / identifier
    if not note.exists():
        raise Fail(f"No such container: {identifier}")
    found = inside(host, note.read_text(encoding="utf-8"), source)
    if not found.exists() and not found.is_symlink():
        raise Fail(f"Could not find the file {source} in container {identifier}")
    if words[1] != "-":
        copy = shutil.copytree if found.is_dir() else shutil.copyfile
        copy(found, words[1])
        return 0
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as archive:
        archive.add(found, arcname=found.name)
    sys.stdout.buffer.flush()
    return 0


def _remove(host: Host, words: list[str]) -> int:
    for word in words:
        (host.run / "created" / word).unlink(missing_ok=True)
    return 0


def _inspect(host: Host, words: list[str]) -> int:
    form = words[words.index("--format") + 1] if "--format" in words else ""
    name = words[-1]
    if not exists(host, name):
        raise Fail(f"No such image: {name}")
    settings = settings_of(host, name)
    values = {".Config.WorkingDir": settings.workdir, ".Id": path(host, name).resolve().name}
    if not form:
        say.out(json.dumps([{"Config": {"WorkingDir": settings.workdir}}]))
    else:
        say.out(re.sub(r"\{\{\s*(\S+)\s*\}\}", lambda m: values.get(m[1], ""), form))
    return 0


DOCKER = {
    ("container", "create"): _create,
    ("create",): _create,
    ("container", "cp"): _copy,
    ("cp",): _copy,
    ("container", "rm"): _remove,
    ("rm",): _remove,
    ("image", "inspect"): _inspect,
}
