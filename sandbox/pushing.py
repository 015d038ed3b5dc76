"""What a developer does with a sandbox: a git remote, a push of a directory, an image, dokku."""

import os
import shutil
import subprocess
from pathlib import Path

from sandbox.dokku.host import Host
from sandbox.lifecycle import Problem

AUTHOR = ["-c", "user.name=sandbox", "-c", "user.email=sandbox@dokku.sandbox"]


def dokku(host: Host, words: list[str]) -> int:
    """Run a dokku command in the place of this process."""
    program = program_of(host)
    os.execv(program, [program, *words])


def program_of(host: Host) -> str:
    """Return the sandbox's dokku, or say that the sandbox is not there."""
    program = host.root / "bin/dokku"
    if not program.exists():
        raise Problem("the sandbox is not up; run script/sandbox up")
    return str(program)


def git(directory: Path, *words: str, check: bool = True) -> int:
    """Run git in a directory."""
    return subprocess.run(["git", "-C", str(directory), *words], check=check).returncode


def remote(host: Host, words: list[str]) -> int:
    """Add the remote `dokku` to the repository in the current directory."""
    if len(words) != 1:
        raise Problem("usage: script/sandbox remote APP")
    connect(host, Path.cwd(), words[0])
    print(f"git push dokku main  # now deploys {words[0]}")
    return 0


def connect(host: Host, directory: Path, app: str) -> None:
    """Point a repository's remote `dokku` at an app; ssh is the sandbox's own."""
    git(directory, "config", "core.sshCommand", str(Path(program_of(host)).with_name("ssh")))
    git(directory, "config", "remote.dokku.url", f"dokku@dokku.sandbox:{app}")
    git(directory, "config", "remote.dokku.fetch", "+refs/heads/*:refs/remotes/dokku/*")


def push(host: Host, words: list[str]) -> int:
    """Copy a directory into a repository of its own, commit, and push it to an app."""
    if not 1 <= len(words) <= 2 or not Path(words[0]).is_dir():
        raise Problem("usage: script/sandbox push DIR [APP]")
    source = Path(words[0]).resolve()
    app = words[1] if len(words) == 2 else source.name
    program_of(host)
    work = host.root / "work" / app
    if not (work / ".git").is_dir():
        work.mkdir(parents=True, exist_ok=True)
        git(work, "init", "-q", "-b", "main")
    connect(host, work, app)
    mirror(source, work)
    git(work, "add", "--all", "--force")
    git(work, *AUTHOR, "commit", "-q", "--allow-empty", "-m", f"State of {source.name}")
    return git(work, "push", "dokku", "main", check=False)


def mirror(source: Path, work: Path) -> None:
    """Make the work tree equal to the source, which may itself be a clone."""
    for path in work.iterdir():
        if path.name == ".git":
            continue
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    ignore = shutil.ignore_patterns(".git", "__pycache__", ".sandbox")
    shutil.copytree(source, work, symlinks=True, ignore=ignore, dirs_exist_ok=True)


def image(host: Host, words: list[str]) -> int:
    """Register a directory as an image: it becomes the content of the image's WORKDIR."""
    if len(words) != 2 or not Path(words[1]).is_dir():
        raise Problem("usage: script/sandbox image NAME DIR")
    from sandbox.dokku import images

    images.register(host, words[0], Path(words[1]).resolve())
    print(f"image {words[0]}: dokku git:from-image APP {words[0]}")
    return 0
