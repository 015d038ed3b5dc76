"""The bare repository of an app: its branch, its commits, its hook."""

import subprocess
from pathlib import Path

from sandbox.dokku import properties, settings
from sandbox.dokku.host import Host
from sandbox.dokku.settings import Setting

SETTINGS = (
    Setting("archive-max-files", "10000", "gc"),
    Setting("archive-max-size", "1073741824", "gc"),
    Setting("deploy-branch", "master"),
    Setting("keep-git-dir", "false"),
)


OTHERS = (Setting("rev-env-var", "GIT_REV", "o"), Setting("source-image", "", "o"))


BRANCH = SETTINGS[2]


def run(directory: Path, *arguments: str, quiet: bool = True) -> int:
    """Run git in a directory; quiet or with its output to the caller."""
    output = subprocess.DEVNULL if quiet else None
    command = ["git", "-C", str(directory), *arguments]
    return subprocess.run(
        command, check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=output
    ).returncode


def ask(directory: Path, *arguments: str) -> str:
    """Return what git answers, or nothing when it fails."""
    command = ["git", "-C", str(directory), *arguments]
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    return answer.stdout.strip() if answer.returncode == 0 else ""


def branch(host: Host, app: str) -> str:
    """Return the branch that is deployed."""
    return settings.computed(host, "git", app, BRANCH)


def has_branch(host: Host, app: str) -> bool:
    """Say whether somebody chose the deploy branch."""
    stored = [properties.get(host, "git", who, "deploy-branch") for who in (app, "--global")]
    return any(stored)


def head(host: Host, app: str) -> str:
    """Return the commit of the deploy branch, or nothing."""
    name = f"refs/heads/{branch(host, app)}"
    if not (host.app(app) / "refs").is_dir():
        return ""
    return ask(host.app(app), "rev-parse", "--verify", "--quiet", name)


def ensure_repository(host: Host, app: str) -> None:
    """Make the bare repository of an app and its hook."""
    home = host.app(app)
    if not (home / "refs").is_dir():
        run(home, "init", "-q", "--bare", ".")
    hook = home / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    program = host.root / "bin/dokku"
    text = f'#!/bin/sh\ncat | DOKKU_ROOT="{host.home}" {program} git-hook "{app}"\n'
    hook.write_text(text, encoding="utf-8")
    hook.chmod(0o755)
