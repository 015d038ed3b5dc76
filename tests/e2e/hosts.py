"""A Dokku host as the end-to-end tests see it: the sandbox, or the real Dokku of this machine.

`DOKKU_TEST_HOST=dokku` (set by `script/test --host dokku`) chooses the real one; it needs root, the
plugin installed, and the service plugins postgres and redis. Apps of a test are destroyed after it.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KILLS_ALL = os.environ.get("DOKKU_TEST_KILLS") == "all"
"""Whether tests kill at every call of `dokku`, and not at some."""
AUTHOR = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
OURS = re.compile(
    r"-----> (No deploy\.d|"
    r"Reading deploy\.d|deploy\.d is|Provisioning |Finishing |Not as deploy\.d)"
    r"|=====> \S+ is provisioned"
)


@dataclass(frozen=True)
class Answer:
    """How a command ended, and what it wrote."""

    exit: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """Both streams, without git's `remote:` decoration."""
        lines = (self.stdout + self.stderr).replace("\x1b[K", "").splitlines()
        return "\n".join(line.removeprefix("remote: ").rstrip() for line in lines)

    def ours(self) -> list[str]:
        """The headings that the plugin printed."""
        return [line for line in self.output.splitlines() if OURS.match(line)]


@dataclass
class Host:
    """What both kinds of host share: commands, pushes and requests."""

    dokku_root: Path
    lib_root: Path
    work: Path
    environment: dict[str, str]
    http_port: int = 80
    made: list[str] = field(default_factory=list)
    is_sandbox: bool = False

    def run(self, *words: str, stdin: str | bytes | None = None) -> Answer:
        """Run a command; never raises."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        run = subprocess.run(
            list(words),
            input=data if data is not None else b"",
            capture_output=True,
            env=self.environment,
            timeout=600,
        )
        return Answer(run.returncode, run.stdout.decode(), run.stderr.decode(errors="replace"))

    def dokku(self, *words: str, stdin: str | bytes | None = None, check: bool = True) -> Answer:
        """Run `dokku`; fails the test where it fails, unless told otherwise."""
        answer = self.run("dokku", *words, stdin=stdin)
        assert not check or answer.exit == 0, (words, answer.output)
        return answer

    def json(self, *words: str) -> dict[str, str]:
        """Run a `dokku` report in JSON."""
        value: dict[str, str] = json.loads(self.dokku(*words, "--format", "json").stdout)
        return value

    def repository(self, app: str) -> Path:
        """The repository that is pushed to an app; made when it is first asked for."""
        raise NotImplementedError

    def push(self, app: str, source: Path | None = None, *, force: bool = False) -> Answer:
        """Make the repository of the app equal to `source`, commit, and push."""
        self.made.extend([app] if app not in self.made else [])
        repository = self.repository(app)
        if source:
            mirror(source, repository)
        self.git(repository, "add", "--all", "--force")
        self.git(repository, *AUTHOR, "commit", "-q", "--allow-empty", "-m", "a change")
        return self.run(
            "git", "-C", str(repository), "push", *(["-f"] if force else []), "dokku", "main"
        )

    def git(self, repository: Path, *words: str) -> Answer:
        """Run git in a repository."""
        answer = self.run("git", "-C", str(repository), *words)
        assert answer.exit == 0, answer.output
        return answer

    def archive(self, folder: Path) -> bytes:
        """`deploy.d` of a folder as a tar archive, as `git archive` makes one."""
        words = ["tar", "-C", str(folder), "-c", "deploy.d"]
        return subprocess.run(words, capture_output=True, check=True).stdout

    def get(self, domain: str, path: str = "/", data: bytes | None = None) -> tuple[int, str]:
        """Ask the host's nginx for an address under a domain; redirects are not followed.

        nginx closes a connection that meets its reload; such a request is made again for a while.
        """
        end = time.monotonic() + 10
        while True:
            try:
                return self._get(domain, path, data)
            except (ConnectionError, http.client.RemoteDisconnected):
                if time.monotonic() > end:
                    raise

    def _get(self, domain: str, path: str, data: bytes | None) -> tuple[int, str]:
        url = f"http://127.0.0.1:{self.http_port}{path}"
        request = urllib.request.Request(url, data=data, headers={"Host": domain})
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(request, timeout=10) as response:
                return response.status, response.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(errors="replace")

    def data(self, app: str) -> Path:
        """The plugin's own folder of the app."""
        return self.lib_root / "data/ansible-deploy/apps" / app

    def nginx_conf(self, app: str) -> bytes:
        """nginx's live file of the app, empty where there is none."""
        path = self.dokku_root / app / "nginx.conf"
        return path.read_bytes() if path.is_file() else b""

    def runs(self, app: str) -> list[dict[str, object]]:
        """The records of the app's runs, oldest first; a destroyed app has none."""
        files = sorted(self.data(app).glob("runs/*/run.json"))
        return [json.loads(path.read_text()) for path in files]

    def hand_over(self, folder: Path) -> None:
        """Give a folder to the user that Dokku runs as."""

    def clear_one(self, app: str) -> None:
        """Destroy an app, and the services that are called after it."""
        self.dokku("--force", "apps:destroy", app, check=False)
        for kind in ("postgres", "redis"):
            for name in self.dokku("--quiet", f"{kind}:list", check=False).stdout.split():
                if name.startswith(f"{app}-"):
                    self.dokku("--force", f"{kind}:destroy", name, check=False)
        shutil.rmtree(self.work / app, ignore_errors=True)
        self.made.remove(app)

    def clear(self) -> None:
        """Destroy what the test made."""
        for app in list(self.made):
            self.clear_one(app)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_words: object) -> None:
        return None


class SandboxHost(Host):
    """The sandbox below one root."""

    root: Path

    def apart(self) -> SandboxHost:
        """The same sandbox, with apps that the end of a test does not take away."""
        other = replace(self, made=[])
        other.root = self.root
        return other

    def repository(self, app: str) -> Path:
        """A repository whose remote is the sandbox."""
        path = self.work / app
        if not path.is_dir():
            path.mkdir(parents=True)
            self.git(path, "init", "-q", "-b", "main")
            self.git(path, "config", "core.sshCommand", str(self.root / "bin/ssh"))
            self.git(path, "remote", "add", "dokku", f"dokku@dokku.sandbox:{app}")
        return path

    def calls(self) -> list[dict[str, object]]:
        """Every call of `dokku` so far."""
        lines = (self.root / "log/calls.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def down(self) -> None:
        """Stop it and remove its files."""
        self.run(str(ROOT / "script/sandbox"), "down", "--remove")


class DokkuHost(Host):
    """The real Dokku of this machine, reached as root and pushed to over SSH."""

    def hand_over(self, folder: Path) -> None:
        """Give a folder to the user that Dokku runs as."""
        self.run("chown", "-R", "dokku:dokku", str(folder))

    def repository(self, app: str) -> Path:
        """A repository whose remote is the user dokku of this machine."""
        path = self.work / app
        if not path.is_dir():
            path.mkdir(parents=True)
            self.git(path, "init", "-q", "-b", "main")
            remote = os.environ.get("DOKKU_TEST_REMOTE", "dokku@127.0.0.1")
            self.git(path, "remote", "add", "dokku", f"{remote}:{app}")
        return path


def start_sandbox(root: Path, work: Path, *words: str) -> SandboxHost:
    """Bring a sandbox up below `root`."""
    environment = {
        **os.environ,
        "DOKKU_SANDBOX": str(root),
        "PATH": f"{root / 'bin'}:{os.environ['PATH']}",
    }
    host = SandboxHost(
        root / "home/dokku", root / "var/lib/dokku", work, environment, is_sandbox=True
    )
    host.root = root
    answer = host.run(str(ROOT / "script/sandbox"), "up", *words)
    assert answer.exit == 0, answer.output
    host.http_port = int(re.search(r"host port 80 is 127\.0\.0\.1:(\d+)", answer.output)[1])  # type: ignore[index]
    return host


def connect_dokku(work: Path) -> DokkuHost:
    """Use the real Dokku of this machine, with a key of its own for pushing."""
    work.mkdir(parents=True, exist_ok=True)
    key = work / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    ssh = f"ssh -i {key} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o LogLevel=ERROR"
    ssh += f" -o UserKnownHostsFile={work / 'known_hosts'}"
    port = os.environ.get("DOKKU_TEST_SSH_PORT")
    environment = {**os.environ, "GIT_SSH_COMMAND": f"{ssh} -p {port}" if port else ssh}
    roots = Path("/home/dokku"), Path("/var/lib/dokku")
    host = DokkuHost(*roots, work, environment)
    host.dokku("ssh-keys:remove", "e2e-tests", check=False)
    host.dokku("ssh-keys:add", "e2e-tests", f"{key}.pub")
    return host


def mirror(source: Path, repository: Path) -> None:
    """Make the work tree of the repository equal to `source`."""
    for path in repository.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    shutil.copytree(source, repository, symlinks=True, dirs_exist_ok=True)


def write_tree(folder: Path, files: dict[str, str]) -> Path:
    """Write files below a folder, which is made; return it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def web_app(folder: Path, files: dict[str, str], text: str = "hello") -> Path:
    """A small web app with these files beside it, which runs in the sandbox and as a container."""
    server = (
        "import http.server, os\n"
        "class Handler(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        f"        body = {text!r}.encode()\n"
        "        self.send_response(200)\n"
        "        self.send_header('Content-Length', str(len(body)))\n"
        "        self.end_headers()\n"
        "        self.wfile.write(body)\n"
        "http.server.HTTPServer(('', int(os.environ['PORT'])), Handler).serve_forever()\n"
    )
    dockerfile = (
        "FROM python:3-slim\nWORKDIR /app\nCOPY . /app\nENV PORT=5000\nEXPOSE 5000\n"
        'CMD ["python3", "-u", "server.py"]\n'
    )
    standard = {
        "server.py": server,
        "Procfile": "web: python3 -u server.py\n",
        "Dockerfile": dockerfile,
    }
    return write_tree(folder, {**standard, **files})


def words_of(command: str) -> Sequence[str]:
    """The words of a printed `dokku …` command, without its first one."""
    return command.split()[1:]
