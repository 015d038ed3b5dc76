"""What a restore and a rollback do to an app: data swapped below it, an earlier revision again."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox import recorder
from tests.sandbox.conftest import running
from tests.sandbox.pushes import Repository
from tests.sandbox.recordings import Answer, dokku

APP = "swap"
SERVER = """
import http.server, json, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        names = sorted(os.listdir("/data")) if os.path.isdir("/data") else []
        told = {"files": names, "revision": "REVISION", "url": os.environ.get("DATABASE_URL")}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())
    def do_POST(self):
        open("/data" + self.path, "w").close()
        self.do_GET()
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with running(tmp_path_factory.mktemp("restores") / "host") as root:
        yield root


@pytest.fixture
def app(root: Path, tmp_path: Path) -> Iterator[Repository]:
    """An app that tells its files, its revision and its database; it has a volume."""
    assert dokku(root, "apps:create", APP).exit == 0
    assert dokku(root, "storage:create", APP, "--chown", "false").exit == 0
    assert dokku(root, "storage:mount", APP, APP, "--container-dir", "/data").exit == 0
    repository = Repository(root, APP, tmp_path)
    release(repository, "first")
    yield repository
    assert dokku(root, "--force", "apps:destroy", APP).exit == 0
    assert dokku(root, "storage:destroy", APP, "--force", "--destroy-host-dir").exit == 0
    assert not volume(root).exists()


def release(repository: Repository, name: str) -> str:
    text = SERVER.replace("REVISION", name)
    repository.write(Procfile="web: python3 server.py\n", **{"server.py": text})
    answer = repository.push()
    assert answer.exit == 0, answer.stdout
    return repository.git("rev-parse", "HEAD").stdout.strip()


def volume(root: Path) -> Path:
    return root / "var/lib/dokku/data/storage" / APP


def tell(root: Path, data: bytes | None = None, path: str = "/") -> dict[str, object]:
    ports = json.loads((root / "etc/ports.json").read_text(encoding="utf-8"))
    url = f"http://127.0.0.1:{ports['80']}{path}"
    request = urllib.request.Request(url, data=data, headers={"Host": f"{APP}.dokku.sandbox"})
    with urllib.request.urlopen(request) as answer:
        told: dict[str, object] = json.load(answer)
    return told


def test_a_swapped_directory_is_seen_after_a_restart_only(app: Repository) -> None:
    root, old = app.root, volume(app.root)
    if not json.loads((root / "etc/sandbox.json").read_text())["isolated"]:
        pytest.skip("this machine forbids mount namespaces, in which volumes are mounted")
    (old / "before").touch()
    kept = old.with_name(f"{APP}-20261122-231500")
    old.rename(kept)
    old.mkdir()
    (old / "restored").touch()
    assert tell(root, b"", "/late")["files"] == ["before", "late"]
    assert (kept / "late").exists()
    assert dokku(root, "ps:restart", APP).exit == 0
    assert tell(root)["files"] == ["restored"]


def test_a_swapped_service_is_seen_after_a_restart_only(app: Repository) -> None:
    root, names = app.root, ("swap-postgres", "swap-postgres-20261122-231500")
    version = ("--image", "postgres", "--image-version", "17.2")
    assert dokku(root, "postgres:create", names[0], *version).exit == 0
    assert dokku(root, "postgres:link", names[0], APP).exit == 0
    old = tell(root)["url"]
    image, _, tag = (
        dokku(root, "postgres:info", names[0], "--version").stdout.strip().partition(":")
    )
    answer = dokku(root, "postgres:create", names[1], "--image", image, "--image-version", tag)
    assert answer.exit == 0
    assert dokku(root, "postgres:info", names[1], "--version").stdout == "postgres:17.2\n"
    assert dokku(root, "postgres:unlink", names[0], APP, "--no-restart").exit == 0
    link = ("postgres:link", names[1], APP, "--alias", "DATABASE", "--no-restart")
    assert dokku(root, *link).exit == 0
    assert tell(root)["url"] == old
    assert dokku(root, "ps:restart", APP).exit == 0
    new = tell(root)["url"]
    assert new == dokku(root, "postgres:info", names[1], "--dsn").stdout.strip() != old
    options = dokku(root, "docker-options:report", APP, "--format", "json").stdout
    assert names[0] + ":" not in options
    assert dokku(root, "postgres:links", names[0]).stdout == ""
    assert dokku(root, "postgres:app-links", APP).stdout == f"{names[1]}\n"
    assert dokku(root, "postgres:destroy", names[0], "--force").exit == 0
    assert dokku(root, "postgres:destroy", names[1], "--force").exit == 1
    assert dokku(root, "postgres:unlink", names[1], APP, "--no-restart").exit == 0
    assert dokku(root, "postgres:destroy", names[1], "--force").exit == 0


def test_an_app_does_not_start_beside_a_service_that_does_not_run(app: Repository) -> None:
    root = app.root
    assert dokku(root, "redis:create", "asleep").exit == 0
    assert dokku(root, "redis:link", "asleep", APP, "--no-restart").exit == 0
    for command, words in (
        ("redis:pause", "Cannot link to a non running container: /dokku.redis.asleep"),
        ("redis:stop", "No such container"),
    ):
        assert dokku(root, command, "asleep").exit == 0
        answer = dokku(root, "ps:restart", APP)
        assert answer.exit == 1
        assert words in answer.stdout + answer.stderr
        assert tell(root)["revision"] == "first"
    assert dokku(root, "redis:start", "asleep").exit == 0
    assert dokku(root, "ps:restart", APP).exit == 0
    assert dokku(root, "redis:unlink", "asleep", APP, "--no-restart").exit == 0
    assert dokku(root, "redis:destroy", "asleep", "--force").exit == 0


def test_unlinking_removes_every_variable_that_holds_the_address(app: Repository) -> None:
    root = app.root
    assert dokku(root, "postgres:create", "many").exit == 0
    assert dokku(root, "postgres:link", "many", APP, "--no-restart").exit == 0
    url = dokku(root, "config:get", APP, "DATABASE_URL").stdout.strip()
    assert dokku(root, "config:set", "--no-restart", APP, f"MINE={url}?x=1", "OTHER=1").exit == 0
    assert dokku(root, "postgres:unlink", "many", APP, "--no-restart").exit == 0
    assert "OTHER" in dokku(root, "config:keys", APP).stdout.split()
    assert {"MINE", "DATABASE_URL"}.isdisjoint(dokku(root, "config:keys", APP).stdout.split())
    assert dokku(root, "postgres:unlink", "many", APP, "--no-restart").exit == 1
    assert dokku(root, "postgres:destroy", "many", "--force").exit == 0


def test_an_earlier_revision_is_deployed_from_the_apps_own_repository(app: Repository) -> None:
    root, home = app.root, app.root / "home/dokku" / APP
    first, second = app.head(), release(app, "second")
    answer = dokku(root, "git:sync", "--build", APP, str(home), first)
    assert answer.exit == 0, answer.stdout
    assert answer.stdout.startswith(f"       Fetching remote code for {APP} from {home}#{first}\n")
    assert tell(root)["revision"] == "first"
    assert app.head() == first
    assert dokku(root, "config:get", APP, "GIT_REV").stdout.strip() == first
    assert json.loads(dokku(root, "git:report", APP, "--format", "json").stdout)["sha"] == first
    report = json.loads(dokku(root, "apps:report", APP, "--format", "json").stdout)
    assert report["deploy-source"] == "git-sync"
    assert report["deploy-source-metadata"] == f"{home}#{first}"
    # the later revision is in no branch any more, and yet there
    assert dokku(root, "git:sync", "--build", APP, str(home), second[:12]).exit == 0
    assert tell(root)["revision"] == "second"
    release(app, "third")
    assert tell(root)["revision"] == "third"


def test_an_unknown_revision_changes_nothing(app: Repository) -> None:
    root, home = app.root, app.root / "home/dokku" / APP
    before = app.head()
    answer = dokku(root, "git:sync", "--build", APP, str(home), "0" * 40)
    assert answer.exit == 128
    assert app.head() == before
    assert tell(root)["revision"] == "first"


def test_a_failed_build_of_an_earlier_revision_moves_the_branch_all_the_same(
    app: Repository, hooked: Path
) -> None:
    first, second = app.head(), release(app, "second")
    program(hooked, "pre-build", "exit 1")
    home = str(app.root / "home/dokku" / APP)
    assert dokku(app.root, "git:sync", "--build", APP, home, first).exit == 1
    assert app.head() == first
    assert tell(app.root)["revision"] == "second"
    (hooked / "pre-build").unlink()
    assert dokku(app.root, "git:sync", "--build", APP, home, second).exit == 0


@pytest.fixture
def hooked(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The directory of an installed plugin whose hooks a test writes."""
    url = recorder.make(tmp_path_factory.mktemp("plugin") / "plugin")
    assert dokku(root, "plugin:install", url, "--name", "ansible-deploy").exit == 0
    home = root / "var/lib/dokku/plugins/available/ansible-deploy"
    for name in recorder.TRIGGERS:
        (home / name).unlink()
    yield home
    dokku(root, "plugin:uninstall", "ansible-deploy")


def program(home: Path, name: str, text: str) -> None:
    (home / name).write_text(f"#!/bin/bash\n{text}\n", encoding="utf-8")
    (home / name).chmod(0o755)


def test_pre_delete_comes_before_links_go_and_can_stop_a_destroy(root: Path, hooked: Path) -> None:
    for words in (
        ("apps:create", "doomed"),
        ("redis:create", "doomed-redis"),
        ("redis:link", "doomed-redis", "doomed", "--no-restart"),
    ):
        assert dokku(root, *words).exit == 0, words
    heard = root / "heard"
    note = f'echo "$1 $DOKKU_APPS_FORCE_DELETE $(dokku redis:links doomed-redis)" >>{heard}'
    program(hooked, "pre-delete", f"{note}; cat; exit 3")
    assert dokku(root, "--force", "apps:destroy", "doomed").exit == 1
    assert dokku(root, "apps:exists", "doomed").exit == 0
    assert dokku(root, "redis:links", "doomed-redis").stdout == "doomed\n"
    program(hooked, "pre-delete", note)
    assert dokku(root, "apps:destroy", "doomed", stdin="doomed\n").exit == 0
    assert dokku(root, "redis:links", "doomed-redis") == Answer(0, "", "")
    assert heard.read_text() == "doomed 1 doomed\ndoomed  doomed\n"
    assert dokku(root, "redis:destroy", "doomed-redis", "--force").exit == 0


def test_a_rename_destroys_the_old_app_by_force(root: Path, hooked: Path) -> None:
    heard = root / "renamed"
    for name in ("pre-delete", "post-delete"):
        program(hooked, name, f'echo "{name} $1 $DOKKU_APPS_FORCE_DELETE" >>{heard}')
    assert dokku(root, "apps:create", "old").exit == 0
    assert dokku(root, "apps:rename", "old", "new").exit == 0
    assert heard.read_text() == "pre-delete old 1\npost-delete old 1\n"
    assert dokku(root, "--force", "apps:destroy", "new").exit == 0


def test_a_stopped_app_starts_again_with_its_volume(app: Repository) -> None:
    (volume(app.root) / "kept").touch()
    assert dokku(app.root, "ps:stop", APP).exit == 0
    assert dokku(app.root, "ps:start", APP).exit == 0
    assert tell(app.root)["revision"] == "first"
    assert (volume(app.root) / "kept").exists()


def test_only_a_default_directory_dies_with_its_entry(root: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    assert dokku(root, "storage:create", "own", str(own)).exit == 0
    (own / "file").touch()
    answer = dokku(root, "storage:destroy", "own", "--force", "--destroy-host-dir")
    assert answer.exit == 1
    assert "only supported when the storage entry uses the default host path" in answer.stderr
    assert dokku(root, "storage:destroy", "own", "--force").exit == 0
    assert (own / "file").exists()
    assert dokku(root, "storage:create", "deep", "--chown", "1000").exit == 0
    deep = root / "var/lib/dokku/data/storage/deep"
    (deep / "a/b").mkdir(parents=True)
    (deep / "a/b/file").touch()
    (deep / "a/link").symlink_to(tmp_path)
    (deep / "a/b").chmod(0o500)
    (deep / "a").chmod(0)
    assert dokku(root, "storage:destroy", "deep", "--force", "--destroy-host-dir").exit == 0
    assert not deep.exists()
    assert (own / "file").exists()
    assert dokku(root, "storage:exists", "deep").exit == 1


def test_two_services_of_a_kind_stand_side_by_side(root: Path) -> None:
    names = ["guestbook-of-a-village-postgres", "guestbook-of-a-village-postgres-20261122-2315"]
    for name in names:
        assert dokku(root, "postgres:create", name).exit == 0
        text = f"create table t as select '{name}' as name;"
        assert dokku(root, "postgres:connect", name, stdin=text).exit == 0
    for name in names:
        assert name in dokku(root, "postgres:connect", name, stdin="select name from t;").stdout
        assert dokku(root, "postgres:exists", name).exit == 0
    assert dokku(root, "--quiet", "postgres:list").stdout.split() == names
    for name in names:
        assert dokku(root, "postgres:destroy", name, "--force").exit == 0
    assert dokku(root, "postgres:exists", names[0]).exit == 1


def test_a_name_that_is_too_long_for_a_host_does_not_start(root: Path) -> None:
    longest = "n" * (64 - len("dokku.redis."))
    assert dokku(root, "redis:create", longest).exit == 0
    answer = dokku(root, "redis:create", f"{longest}n")
    assert answer.exit == 1
    assert "sethostname" in answer.stdout
    assert dokku(root, "redis:info", f"{longest}n", "--status").stdout == "created\n"
    for name in (longest, f"{longest}n"):
        assert dokku(root, "redis:destroy", name, "--force").exit == 0
