"""From a commit to a deploy: the lock, GIT_REV, the work tree, the chain of triggers."""

import os
import shutil
import tempfile
from pathlib import Path

from sandbox.dokku import (
    capture,
    deploy_lock,
    plugn,
    properties,
    repository,
    say,
    settings,
    words,
)
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import builder, common, config

ERASE = "\x1b[1G\x1b[K"


def receive(host: Host, app: str, revision: str) -> int:
    """Deploy a revision under the lock; returns the status."""
    if not (host.app(app) / "refs").is_dir():
        return 0
    os.environ.setdefault("DOKKU_BUILD_ID", capture.new_id())
    deploy_lock.acquire(host, app)
    status = build(host, app, revision)
    common.finalize(host, app, status)
    deploy_lock.release(host, app)
    return status


def build(host: Host, app: str, revision: str) -> int:
    """Write GIT_REV and build; without a revision, what is stored is built again."""
    if revision:
        name = variable(host, app)
        if name:
            with words.Variable("DOKKU_QUIET_OUTPUT", "1"):
                config.put(host, app, {name: revision}, restart=False)
    else:
        revision = repository.head(host, app)
    if not revision:
        text = "as there are no commits stored at that branch."
        say.out(f"{ERASE}-----> WARNING: Cannot build from '{repository.branch(host, app)}' {text}")
        return 1
    return build_revision(host, app, revision)


def variable(host: Host, app: str) -> str:
    """Return the name of the variable that holds the revision."""
    file = properties.path(host, "git", app, "rev-env-var")
    return properties.get(host, "git", app, "rev-env-var") if file.exists() else "GIT_REV"


def build_revision(host: Host, app: str, revision: str) -> int:
    """Check a revision out into a directory of its own and run the chain of triggers there."""
    prefix = f"dokku-{os.environ['DOKKU_PID']}-git_build_app_repo."
    work = Path(tempfile.mkdtemp(prefix=prefix, dir=host.tmp))
    for name in ("GIT_DIR", "GIT_QUARANTINE_PATH", "GIT_WORK_TREE"):
        os.environ.pop(name, None)
    work.chmod(0o755)
    directory = os.getcwd()
    try:
        check_out(host, app, work, revision)
        change_directory(str(work))
        return run_chain(host, app, str(work), revision)
    finally:
        change_directory(directory)
        shutil.rmtree(work, ignore_errors=True)
        repository.run(host.app(app), "worktree", "prune")


def change_directory(path: str) -> None:
    """Go to a directory, with the variables that a shell would leave behind."""
    os.environ["OLDPWD"], os.environ["PWD"] = os.getcwd(), path
    os.chdir(path)


def check_out(host: Host, app: str, work: Path, revision: str) -> None:
    """Fill the work directory; the `.git` file stays only on request."""
    if repository.run(host.app(app), "worktree", "add", "--force", "--detach", str(work), revision):
        repository.run(
            host.app(app),
            "worktree",
            "add",
            "--force",
            "--detach",
            str(work),
            revision,
            quiet=False,
        )
        raise Fail(f"Unable to check out {revision}")
    if (work / ".gitmodules").exists():
        repository.run(work, "submodule", "update", "--init", "--recursive", quiet=False)
    if settings.computed(host, "git", app, repository.SETTINGS[3]) != "true":
        for path in work.rglob(".git"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def run_chain(host: Host, app: str, work: str, revision: str) -> int:
    """Fire what follows an extraction; two statuses count for nothing (facts, 0.1)."""
    if plugn.trigger(host, "core-post-extract", app, work, revision):
        return 1
    plugn.trigger(host, "post-extract", app, work, revision)
    kind = builder.detect(host, app, work)
    plugn.trigger(host, "pre-receive-app", app, kind, work, revision)
    return common.receive(host, app, kind, work)
