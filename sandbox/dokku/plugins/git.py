"""The plugin `git`: receives pushes, images, archives and clones, and starts their deploy."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sandbox.dokku import capture, deploy_lock, plugn, properties, report, say, settings, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps, builder, common, config
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

ERASE = "\x1b[1G\x1b[K"
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


def serve(call: Call) -> int:
    """Answer `git-receive-pack APP` and its sisters, for git clients over ssh."""
    app = call.word(0).strip("'\"").lstrip("/")
    if not call.host.app(app).is_dir():
        apps.verify_name(app)
    if call.command != "git-upload-archive" and not (call.host.app(app) / "refs").is_dir():
        maybe_create(call.host, app)
        ensure_repository(call.host, app)
    command = ["git-shell", "-c", f"{call.command} '{call.host.app(app)}'"]
    return subprocess.run(command, check=False).returncode


def maybe_create(host: Host, app: str) -> None:
    """Create an app that is pushed for the first time; its output must not disturb git's."""
    if host.app(app).is_dir():
        return
    if properties.get(host, "apps", "--global", "disable-autocreation") == "true":
        say.warn("App auto-creation disabled.")
        hint = f"Re-enable app auto-creation or create an app with 'dokku apps:create {app}'"
        raise Fail(hint)
    with words.StandardOutput(os.devnull):
        apps.create_app(host, app)


def hook(call: Call) -> None:
    """Answer `git-hook APP`: the refs of a push stand on standard input."""
    host, app = call.host, apps.verify(call.host, call.word(0))
    while line := read_line():
        _, new, ref = line.split()
        name = ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
        if name != branch(host, app) and has_branch(host, app):
            text = f"WARNING: deploy did not complete, you must push to {branch(host, app)}."
            say.out(f"{ERASE}-----> {text}")
            example = f"for example, try 'git push <dokku> {name}:{branch(host, app)}'"
            say.out(f"{ERASE}-----> {example}")
            continue
        if name != branch(host, app):
            say.out(f"{ERASE}-----> Set {name} as deploy-branch")
            properties.put(host, "git", app, key="deploy-branch", value=name)
        status = receive(host, app, new)
        if status:
            raise Fail("", status)
        plugn.must(host, "deploy-source-set", app, "git-push", new)


def read_line() -> str:
    """Read one line of standard input byte by byte: the rest belongs to the triggers below."""
    data = b""
    while (byte := os.read(0, 1)) not in (b"", b"\n"):
        data += byte
    return data.decode()


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
        revision = head(host, app)
    if not revision:
        text = "as there are no commits stored at that branch."
        say.out(f"{ERASE}-----> WARNING: Cannot build from '{branch(host, app)}' {text}")
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
        run(host.app(app), "worktree", "prune")


def change_directory(path: str) -> None:
    """Go to a directory, with the variables that a shell would leave behind."""
    os.environ["OLDPWD"], os.environ["PWD"] = os.getcwd(), path
    os.chdir(path)


def check_out(host: Host, app: str, work: Path, revision: str) -> None:
    """Fill the work directory; the `.git` file stays only on request."""
    if run(host.app(app), "worktree", "add", "--force", "--detach", str(work), revision):
        run(
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
        run(work, "submodule", "update", "--init", "--recursive", quiet=False)
    if settings.computed(host, "git", app, SETTINGS[3]) != "true":
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


def receive_app(call: Call) -> int:
    """Answer the trigger `receive-app APP [REVISION]`."""
    return receive(call.host, call.word(0), call.word(1))


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
    properties.put(call.host, "git", app, key="source-image", value="")
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
    ensure_repository(host, app)
    before = head(host, app)
    revision = commit(host, app, tree, before)
    if not revision:
        say.warn("No changes detected, skipping git commit")
        say.warn("Call 'ps:rebuild' on app to rebuild the app from existing source")
        return 1
    name = f"refs/heads/{branch(host, app)}"
    run(host.app(app), "update-ref", name, revision)
    status = receive(host, app, revision)
    deploy_lock.leave()
    if status:
        action = ("update-ref", name, before) if before else ("update-ref", "-d", name)
        run(host.app(app), *action)
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
    before = head(host, app)
    capture.start(host, app, "git:sync")
    ensure_repository(host, app)
    if before:
        say.verbose(f"Fetching remote code for {app} from {remote}#{ref}")
    else:
        say.info1_quiet(f"Cloning {app} from {remote}#{ref}")
        use_branch(host, app, remote, ref, skip=flags.has("skip-deploy-branch"))
    properties.put(host, "git", app, key="source-image", value="")
    fetch = ("fetch", "--quiet", "--no-tags", remote, f"+{ref or branch(host, app)}")
    if run(host.app(app), *fetch, quiet=False):
        raise Fail("", 128)
    after = ask(host.app(app), "rev-parse", "FETCH_HEAD^{commit}")
    run(host.app(app), "update-ref", f"refs/heads/{branch(host, app)}", after)
    if flags.has("build-if-changes") and before == after:
        say.verbose("Skipping build as no changes were detected")
        return 0
    if not flags.has("build") and not flags.has("build-if-changes"):
        return 0
    plugn.must(host, "receive-app", app, after)
    plugn.must(host, "deploy-source-set", app, "git-sync", f"{remote}#{ref}")
    return 0


def use_branch(host: Host, app: str, remote: str, ref: str, *, skip: bool) -> None:
    """Take over the name of a remote branch as deploy branch."""
    if ref and not skip and ask(host.app(app), "ls-remote", "--heads", remote, f"refs/heads/{ref}"):
        say.verbose(f"Detected branch, setting deploy-branch to {ref}")
        properties.put(host, "git", app, key="deploy-branch", value=ref)


def initialize(call: Call) -> None:
    """Answer `git:initialize`."""
    ensure_repository(call.host, apps.verify(call.host, call.word(0)))


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `git:report` knows."""
    values = settings.read_all(host, "git", app, SETTINGS)
    if app == properties.GLOBAL:
        return values
    file = host.app(app) / "refs/heads" / branch(host, app)
    return {
        **values,
        "last-updated-at": str(int(file.stat().st_mtime)) if file.exists() else "",
        "rev-env-var": variable(host, app),
        "sha": head(host, app) or "HEAD",
        "source-image": properties.get(host, "git", app, "source-image"),
    }


def show_report(call: Call) -> None:
    """Answer `git:report`."""
    report.run(call, report.Report("git", read))


def set_property(call: Call) -> None:
    """Answer `git:set`."""
    table = (*(Setting(s.key, s.default) for s in SETTINGS), *OTHERS)
    settings.put(call, "git", table)


def clone(call: Call) -> None:
    """Copy the repository to a clone or a new name."""
    from sandbox.dokku.plugins import lifecycle

    old, new = call.words[:2]
    lifecycle.copy(call)
    if (call.host.app(old) / "refs").is_dir():
        for name in ("HEAD", "config", "objects", "refs", "packed-refs", "hooks", "info"):
            source, target = call.host.app(old) / name, call.host.app(new) / name
            if source.is_dir():
                shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
            elif source.exists():
                shutil.copyfile(source, target)
        ensure_repository(call.host, new)


COMMANDS = {
    "git": show_report,
    "git-receive-pack": serve,
    "git-upload-pack": serve,
    "git-upload-archive": serve,
    "git-hook": hook,
    "from-image": from_image,
    "from-archive": from_archive,
    "sync": sync,
    "initialize": initialize,
    "report": show_report,
    "set": set_property,
}
