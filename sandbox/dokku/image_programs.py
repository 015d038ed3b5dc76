"""The programs `common/common` and `docker`: what a plugin needs of them to read an image."""

import json
import re
import secrets
import shutil
import sys
import tarfile
from pathlib import Path

from sandbox.dokku import images, say
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host


def inside(host: Host, name: str, source: str) -> Path:
    """Return the file that a path of an image means; relative ones start at WORKDIR."""
    if not images.exists(host, name):
        raise Fail(f"No such image: {name}")
    workdir = images.settings_of(host, name).workdir.rstrip("/") or "/"
    relative = source.removeprefix(workdir).lstrip("/") if source.startswith(workdir) else source
    return images.path(host, name) / relative.lstrip("/")


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
    names = [word for word in words if images.exists(host, word)]
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
    if not images.exists(host, name):
        raise Fail(f"No such image: {name}")
    settings = images.settings_of(host, name)
    values = {".Config.WorkingDir": settings.workdir, ".Id": images.path(host, name).resolve().name}
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
