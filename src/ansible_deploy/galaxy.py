"""Install what an app's ``requirements.yml`` names, once for each content."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import clean_environment

from . import files
from .context import Context
from .errors import HostError
from .mask import Mask

SECONDS = 300
KINDS = (("collection", "."), ("role", "roles"))


def installed(context: Context, requirements: Path, place: Path, mask: Mask) -> Path | None:
    """Return the folder with the app's collections and roles; None without ``requirements.yml``.

    Raises HostError when they cannot be installed; what an earlier content brought is removed.
    """
    if not requirements.is_file():
        return None
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    folder = place / digest
    if not folder.is_dir():
        files.remove(place)
        unfinished = files.make_folder(place / "new")
        for kind, below in KINDS:
            _install(context, kind, requirements, unfinished / below, mask)
        unfinished.rename(folder)
    return folder


def _install(context: Context, kind: str, requirements: Path, place: Path, mask: Mask) -> None:
    program = Path(sys.executable).with_name("ansible-galaxy")
    words = [
        sys.executable,
        str(program),
        kind,
        "install",
        "-r",
        str(requirements),
        "-p",
        str(place),
    ]
    environment = clean_environment(os.environ) | {
        "ANSIBLE_HOME": str(context.layout.data / "ansible"),
        "ANSIBLE_CONFIG": str(context.layout.plugin / "ansible.cfg"),
    }
    try:
        run = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env=environment,
            cwd=requirements.parent,
        )
    except subprocess.TimeoutExpired:
        raise HostError(f"deploy.d/requirements.yml: not installed within {SECONDS} s") from None
    if run.returncode:
        said = mask(run.stderr.strip() or run.stdout.strip())
        raise HostError(f"deploy.d/requirements.yml: cannot be installed: {said[-2000:]}")
