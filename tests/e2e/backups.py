"""An app with data of every kind, as the tests of backups fill, look at, save and restore it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.backups.servers.local import local
from tests.backups.servers.place import Place
from tests.e2e.hosts import Answer, Host, SandboxHost, web_app

PASSWORD = "the-password-of-all-repositories"
ROWS = 400
SQL = """\
drop schema public cascade; create schema public;
create table orders (id serial primary key, mark text not null, note text, at timestamptz,
  price numeric(9,2), picture bytea);
insert into orders (mark, note, at, price, picture)
  select '{mark}', case i % 3 when 0 then null else E'Größe ' || i || E'\\t"\\\\' end,
  timestamptz '2026-01-01 12:00+00' + i * interval '1 hour', i / 7.0,
  decode(md5('{mark}' || i), 'hex') from generate_series(1, {rows}) i;
create table "Kunden & mehr" (name text unique, "order" int references orders (id));
insert into "Kunden & mehr" values ('Zoë', 1), ('', 2);
create table nothing (id int);
create view dear as select * from orders where price > 50;
"""
TABLES = "select table_name from information_schema.tables where table_schema = 'public'"
KEYS = """\
flushall
set mark {mark}
set "a key with blanks" "Größe"
rpush list {mark} 2 3
hset hash field {mark}
zadd scores 1.5 one
set lasting 1 ex 86400
"""


@dataclass(frozen=True)
class Shop:
    """One app on one host; ``tree`` is where its repository's content is made."""

    host: SandboxHost
    app: str
    tree: Path
    wish: str = "services: [postgres, redis]\nvolumes: [uploads:/app/uploads]\n"

    def push(self, more: str = "", *, text: str = "hello") -> Answer:
        """Push the app; each call is another revision."""
        files = {"deploy.d/deploy.yml": f"port: 5000\n{self.wish}{more}"}
        answer = self.host.push(self.app, web_app(self.tree, files, text), force=True)
        assert answer.exit == 0, answer.output
        return answer

    def ours(self, command: str, *words: str, check: bool = True) -> Answer:
        """Run one of the plugin's commands about the app."""
        return self.host.dokku(f"ansible-deploy:{command}", self.app, *words, check=check)

    def target(self, place: Place, name: str = "main") -> Target:
        """A target of this app alone; makes the app where there is none."""
        if self.app not in self.host.made:
            self.host.made.append(self.app)
            self.host.dokku("apps:create", self.app)
        return Target(self.host, place, name, scope=self.app)

    def backup(self) -> str:
        """Make a backup; return its id."""
        found = re.search(r"=====> Backup ([0-9a-f]{8}) of ", self.ours("backup").output)
        assert found
        return found[1]

    def restore(self, *words: str) -> Answer:
        """Restore, and destroy at once what it leaves; return what that said."""
        self.ours("restore", *words)
        return self.ours("restore", "--confirm")

    def backups(self) -> list[dict[str, Any]]:
        """The app's backups, newest first."""
        found: list[dict[str, Any]] = json.loads(self.ours("backups", "--format", "json").stdout)
        return found

    def report(self, key: str) -> str:
        """One value of the plugin's report."""
        return self.ours("report", f"--ansible-deploy-{key}").stdout.strip()

    @property
    def record(self) -> dict[str, Any]:
        """What the plugin remembers of the app's backups."""
        found: dict[str, Any] = json.loads((self.host.data(self.app) / "backups.json").read_text())
        return found

    def service(self, kind: str) -> str:
        """The service of this kind that the app is linked to."""
        names = self.host.dokku("--quiet", f"{kind}:app-links", self.app).stdout.split()
        assert len(names) == 1, names
        return names[0]

    def sql(self, text: str) -> str:
        """What the app's database answers."""
        options = "\\set QUIET on\n\\pset format unaligned\n\\pset tuples_only on\n"
        words = ("postgres:connect", self.service("postgres"))
        return self.host.dokku(*words, stdin=f"{options}{text}\n").stdout.rstrip("\n")

    def keys(self, *lines: str) -> list[str]:
        """What the app's Redis answers to these commands."""
        words = ("redis:connect", self.service("redis"))
        return self.host.dokku(*words, stdin="\n".join(lines) + "\n").stdout.splitlines()

    @property
    def volume(self) -> Path:
        """The directory of the volume."""
        mounts = json.loads(self.host.dokku("storage:list", self.app, "--format", "json").stdout)
        return Path(mounts[0]["host_path"])

    def fill(self, mark: str) -> None:
        """Put one set of data everywhere; ``mark`` tells it from others."""
        if "postgres" in self.wish:
            self.sql(SQL.format(mark=mark, rows=ROWS))
        if "redis" in self.wish:
            self.keys(KEYS.format(mark=mark))
        if "volumes" in self.wish:
            _fill_folder(self.volume, mark)

    def marks(self) -> dict[str, str]:
        """Which set of data is where, and what is not whole."""
        found = {}
        if "postgres" in self.wish:
            found["postgres"] = self.sql("select mark || count(*) from orders group by mark;")
            found["postgres"] = found["postgres"].removesuffix(str(ROWS))
        if "redis" in self.wish:
            found["redis"] = self.keys("get mark")[0]
        if "volumes" in self.wish:
            marks = {p.read_text() for p in self.volume.glob("marks/*")}
            count = len([*self.volume.glob("marks/*")])
            found["volume"] = ",".join(sorted(marks)) + ("" if count == 30 else f", {count} files")
        return found

    def data(self) -> dict[str, Any]:
        """All data of the app, to compare."""
        tables = sorted(self.sql(f"{TABLES};").splitlines())
        rows = {
            name: self.sql(f'copy (select * from "{name}" order by 1) to stdout;')
            for name in tables
        }
        rows["next id"] = self.sql("select last_value from orders_id_seq;")
        names = ("lrange list 0 -1", "hgetall hash", "zrange scores 0 -1 withscores")
        asked = ("dbsize", "get mark", 'get "a key with blanks"', *names)
        alive = int(self.keys("ttl lasting")[0])
        return {
            "tables": rows,
            "keys": [*self.keys(*asked), 80000 < alive <= 86400],
            "files": listing(self.volume),
        }


def _fill_folder(folder: Path, mark: str) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    files = {
        "a name with blanks.txt": f"{mark}\n",
        "Übung/größe [1] *.bin": mark * 5000,
        ".hidden": "",
        "bin/run": "#!/bin/sh\n",
        **{f"marks/{number}": mark for number in range(30)},
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "bin/run").chmod(0o755)
    (folder / "Übung").chmod(0o2750)
    (folder / ".hidden").chmod(0o600)
    (folder / "empty").mkdir()
    (folder / "link to nowhere").symlink_to("../elsewhere")
    (folder / "link").symlink_to("bin/run")
    os.utime(folder / "bin/run", (1_600_000_000, 1_600_000_000))


def listing(folder: Path) -> dict[str, tuple[str, ...]]:
    """What is below a folder and the folder itself: kind, mode, owner, time and content."""
    return {str(p.relative_to(folder)): _entry(p) for p in (folder, *sorted(folder.rglob("*")))}


def _entry(path: Path) -> tuple[str, ...]:
    status = path.lstat()
    row = (stat.filemode(status.st_mode), str(status.st_uid))
    if path.is_symlink():
        return (*row, str(path.readlink()))
    if path.is_dir():
        return row
    return (*row, str(status.st_mtime_ns), hashlib.sha256(path.read_bytes()).hexdigest())


@dataclass(frozen=True)
class Target:
    """A target as the operator sets it: its name, where it is, and its password."""

    host: SandboxHost
    place: Place
    name: str = "main"
    password: str = PASSWORD
    scope: str = "--global"

    def set_up(self, url: str = "") -> None:
        """Let apps use it."""
        words = ("ansible-deploy:set", self.scope)
        self.host.dokku(*words, "backup-password", self.name, stdin=self.password)
        self.host.dokku(*words, "backup-target", self.name, url or self.place.address)
        lines = "".join(f"{name}={value}\n" for name, value in self.place.credentials.items())
        if lines:
            self.host.dokku(*words, "backup-credentials", self.name, stdin=lines)

    def clear(self) -> None:
        """Take it back."""
        for key in ("backup-target", "backup-credentials", "backup-password"):
            words = ("ansible-deploy:set", self.scope, key, self.name, "--unset")
            self.host.dokku(*words, check=False)

    def restic(self, repository: str, *words: str, data: bytes = b"") -> bytes:
        """Run restic by hand, as an attacker or an operator would."""
        environment = {
            **os.environ,
            **self.place.credentials,
            "RESTIC_PASSWORD": self.password,
            "RESTIC_REPOSITORY": f"{self.place.address}/{repository}",
        }
        run = subprocess.run(
            ["restic", "--no-cache", "--quiet", *words],
            input=data,
            capture_output=True,
            env=environment,
            timeout=120,
        )
        assert run.returncode == 0, run.stderr.decode()
        return run.stdout

    def snapshots(self, repository: str) -> list[dict[str, Any]]:
        """What restic itself says is in a repository."""
        found: list[dict[str, Any]] = json.loads(self.restic(repository, "snapshots", "--json"))
        return found


@dataclass
class Remains:
    """What a job must not leave: services, directories, files and processes of its own."""

    host: SandboxHost
    app: str
    before: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Remembers what is there."""
        self.before = self.found()

    def found(self) -> set[str]:
        """Everything that jobs make."""
        services = {
            f"{kind} {name}"
            for kind in ("postgres", "redis")
            for name in self.host.dokku("--quiet", f"{kind}:list", check=False).stdout.split()
        }
        folders = {str(path) for path in (self.host.lib_root / "data/storage").iterdir()}
        names = ("scratch.json", "restore.json", "proof-*", "restored-*")
        ours = {str(path) for name in names for path in self.host.data(self.app).glob(name)}
        return services | folders | ours

    def left(self) -> set[str]:
        """What is there now and was not before, or the other way round."""
        return self.found() ^ self.before


def running(mark: str) -> Mapping[int, str]:
    """The processes with this text in a variable or a word of theirs, by their id."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "cmdline").read_bytes() + b"\0" + (folder / "environ").read_bytes()
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if mark.encode() in text and words:
            found[int(folder.name)] = words
    return found


@pytest.fixture(scope="session")
def home(shared_host: Host) -> SandboxHost:
    """The sandbox, for apps that outlive one test."""
    if not isinstance(shared_host, SandboxHost):
        pytest.skip("looks into the sandbox")
    return shared_host.apart()


@pytest.fixture(scope="session")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A folder for repositories."""
    with local(tmp_path_factory.mktemp("backups")) as place:
        yield place


@pytest.fixture(scope="session")
def shop(
    home: SandboxHost, disk: Place, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    """An app with data and backups of its own; its tests leave it whole, with any data."""
    shop = Shop(home, "e2e-shop", tmp_path_factory.mktemp("shop") / "tree")
    shop.target(disk).set_up()
    shop.push()
    shop.fill("one")
    yield shop
    home.clear()
