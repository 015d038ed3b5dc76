"""Where code comes from when nobody pushes: images, archives, other repositories."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sandbox.dokku import (
    capture,
    deploy_lock,
    plugn,
    properties,
    receiving,
    repository,
    say,
    words,
)
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps
from sandbox.dokku.words import Call


def from_image(call: Call) -> int:
    """Answer `git:from-image [--build-dir DIR] APP IMAGE`."""
    from sandbox.dokku import images

    flags = words.parse(call, "force", "build-dir")
    app = apps.verify(call.host, ([*flags.words, ""])[0])
    if len(flags.words) < 2:
        raise Fail("Please specify a docker image")
    image = flags.words[1]
    capture.start(call.host, app, "git:from-image")
    say.info1("Generating build context")
    if not images.exists(call.host, image):
        say.info1(f"Pulling image {image}")
        raise Fail(
            f"Unable to pull image {image}: not registered (script/sandbox image {image} DIR)"
        )
    say.info1("Image exists on host, skipping pull")
    properties.put(call.host, "git", app, key="source-image", value=image)
    with tempfile.TemporaryDirectory(prefix="dokku-from-image.", dir=call.host.tmp) as scratch:
        label = f'LABEL com.dokku.docker-image-labeler/alternate-tags=[\\"{image}\\"]'
        (Path(scratch) / "Dockerfile").write_text(f"FROM {image}\n{label}\n", encoding="utf-8")
        if flags.get("build-dir"):
            shutil.copytree(flags.get("build-dir"), scratch, dirs_exist_ok=True)
        status = from_directory(call.host, app, scratch)
    if status:
        return status
    plugn.must(call.host, "deploy-source-set", app, "docker-image", image)
    return 0


def from_archive(call: Call) -> int:
    """Answer `git:from-archive [--archive-type tar|tar.gz|zip] APP URL|--`."""
    rest = [word for word in call.words if word != "--"]
    flags = words.parse(Call(call.host, call.command, tuple(rest)), "", "archive-type")
    kind = flags.get("archive-type", "tar")
    app = apps.verify(call.host, ([*flags.words, ""])[0])
    source = flags.words[1] if len(flags.words) > 1 else "--" if "--" in call.words else ""
    if not source:
        raise Fail("Please specify an archive url or -- to fetch the archive from stdin")
    capture.start(call.host, app, "git:from-archive")
    with tempfile.TemporaryDirectory(prefix="dokku-from-archive.", dir=call.host.tmp) as scratch:
        tree = unpack(Path(scratch), kind, source)
        status = from_directory(call.host, app, str(tree))
    if status:
        return status
    plugn.must(call.host, "deploy-source-set", app, kind, source)
    return 0


def unpack(scratch: Path, kind: str, source: str) -> Path:
    """Unpack an archive from standard input or a URL; a single top directory is stripped."""
    file, tree = scratch / f"src.{kind}", scratch / "tree"
    if source == "--":
        say.info1(f"Fetching {kind} file from stdin")
        file.write_bytes(sys.stdin.buffer.read())
        say.out(str(file.stat().st_size))
    else:
        say.info1(f"Downloading {kind} file from {source}")
        subprocess.run(["curl", "-sSL", "-o", str(file), source], check=True)
    say.info1("Generating build context")
    formats = {"tar": "tar", "tar.gz": "gztar", "zip": "zip"}
    try:
        shutil.unpack_archive(file, tree, formats[kind])
    except (shutil.ReadError, OSError, ValueError) as error:
        raise Fail(f"Unable to read archive: {error}") from None
    entries = list(tree.iterdir())
    return entries[0] if len(entries) == 1 and entries[0].is_dir() else tree


def from_directory(host: Host, app: str, tree: str) -> int:
    """Commit a directory to the app's repository and deploy it; a failed deploy is rolled back."""
    say.info1("Updating git repository with specified build context")
    repository.ensure_repository(host, app)
    before = repository.head(host, app)
    revision = commit(host, app, tree, before)
    if not revision:
        say.warn("No changes detected, skipping git commit")
        say.warn("Call 'ps:rebuild' on app to rebuild the app from existing source")
        return 1
    branch = repository.branch(host, app)
    if not before:
        say.verbose(f"Detected branch, setting deploy-branch to {branch}")
        properties.put(host, "git", app, key="deploy-branch", value=branch)
    name = f"refs/heads/{branch}"
    repository.run(host.app(app), "update-ref", name, revision)
    status = receiving.receive(host, app, revision)
    deploy_lock.leave()
    if status:
        action = ("update-ref", name, before) if before else ("update-ref", "-d", name)
        repository.run(host.app(app), *action)
    return status


def commit(host: Host, app: str, tree: str, parent: str) -> str:
    """Write a directory as a commit; nothing when it equals its parent."""
    git = ["git", f"--git-dir={host.app(app)}", f"--work-tree={tree}"]
    with tempfile.TemporaryDirectory(prefix="dokku-index.", dir=host.tmp) as scratch:
        who = {"NAME": "Dokku", "EMAIL": "automated@dokku.sh"}
        env = {**os.environ, "GIT_INDEX_FILE": f"{scratch}/index"}
        env.update(
            {f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in who.items()}
        )
        subprocess.run([*git, "add", "--all", "--force", "."], check=True, env=env, cwd=tree)
        written = _output([*git, "write-tree"], env)
        if parent and written == _output([*git, "rev-parse", f"{parent}^{{tree}}"], env):
            return ""
        parents = ["-p", parent] if parent else []
        message = "Automated commit" if parent else "Initial commit"
        return _output([*git, "commit-tree", written, *parents, "-m", message], env)


def _output(command: list[str], env: dict[str, str]) -> str:
    answer = subprocess.run(command, check=True, env=env, stdout=subprocess.PIPE, text=True)
    return answer.stdout.strip()


def sync(call: Call) -> int:
    """Answer `git:sync [--build|--build-if-changes] APP REMOTE [REF]`."""
    flags = words.parse(call, "build build-if-changes skip-deploy-branch")
    app, remote, ref = ([*flags.words, "", "", ""])[:3]
    host = call.host
    apps.verify(host, app)
    if not remote:
        raise Fail("Missing GIT_REMOTE parameter")
    before = repository.head(host, app)
    capture.start(host, app, "git:sync")
    repository.ensure_repository(host, app)
    if before:
        say.verbose(f"Fetching remote code for {app} from {remote}#{ref}")
        fetch_all(host, app, remote, ref)
    else:
        say.info1_quiet(f"Cloning {app} from {remote}#{ref}")
        use_branch(host, app, remote, ref, skip=flags.has("skip-deploy-branch"))
        fetch_first(host, app, remote, ref)
    after = repository.head(host, app)
    if flags.has("build-if-changes") and before == after:
        say.verbose("Skipping build as no changes were detected")
        return 0
    if not flags.has("build") and not flags.has("build-if-changes"):
        return 0
    revision = repository.ask(host.app(app), "rev-parse", ref) if ref and before else after
    plugn.must(host, "receive-app", app, revision)
    plugn.must(host, "deploy-source-set", app, "git-sync", f"{remote}#{revision}")
    return 0


def fetch_first(host: Host, app: str, remote: str, ref: str) -> None:
    """Fill an empty repository; no source is an image any more."""
    git_dir, branch = host.app(app), repository.branch(host, app)
    words_ = ("fetch", "--quiet", "--no-tags", remote, f"+{ref or branch}")
    if repository.run(git_dir, *words_, quiet=False):
        raise Fail("", 128)
    after = repository.ask(git_dir, "rev-parse", "FETCH_HEAD^{commit}")
    repository.run(git_dir, "update-ref", f"refs/heads/{branch}", after)


def fetch_all(host: Host, app: str, remote: str, ref: str) -> None:
    """Mirror the remote's references, then let the deploy branch be what was named.

    So any revision that the repository holds can be named, one of its own past, too: with the
    app's own directory as the remote nothing else changes.
    """
    git_dir, branch = host.app(app), repository.branch(host, app)
    repository.run(git_dir, "remote", "rm", "remote")
    repository.run(git_dir, "remote", "add", "--mirror=fetch", "--no-tags", "remote", remote)
    which = () if ref else (branch,)
    if repository.run(git_dir, "fetch", "--update-head-ok", "remote", *which, quiet=False):
        raise Fail("", 128)
    words_ = ("update-ref", f"refs/heads/{branch}", f"{ref}^{{commit}}")
    if ref and repository.run(git_dir, *words_, quiet=False):
        raise Fail("", 128)


def use_branch(host: Host, app: str, remote: str, ref: str, *, skip: bool) -> None:
    """Take over the name of a remote branch as deploy branch."""
    if (
        ref
        and not skip
        and repository.ask(host.app(app), "ls-remote", "--heads", remote, f"refs/heads/{ref}")
    ):
        say.verbose(f"Detected branch, setting deploy-branch to {ref}")
        properties.put(host, "git", app, key="deploy-branch", value=ref)
