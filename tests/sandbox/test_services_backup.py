"""The datastore commands that a backup and a restore use, with all that they do wrong."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.conftest import running
from tests.sandbox.recordings import Answer, dokku

# header, end, and a check sum that is not looked at
EMPTY_DUMP = b"REDIS0006\xff" + bytes(8)
NOTE = "-----> Filesystem changes may not persist after container restarts\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with running(tmp_path_factory.mktemp("backup") / "host") as root:
        yield root


@pytest.fixture
def redis(root: Path) -> Iterator[str]:
    yield from made(root, "redis", "t-store")


@pytest.fixture
def fresh(root: Path) -> Iterator[str]:
    yield from made(root, "redis", "t-store-20261122-231500")


@pytest.fixture
def postgres(root: Path) -> Iterator[str]:
    yield from made(root, "postgres", "t-db")


def made(root: Path, kind: str, name: str) -> Iterator[str]:
    assert dokku(root, f"{kind}:create", name).exit == 0
    yield name
    answer = dokku(root, "--force", f"{kind}:destroy", name)
    assert answer.exit == 0, answer.stderr


def ask(root: Path, name: str, text: str) -> str:
    return dokku(root, "redis:connect", name, stdin=text).stdout


def folder(root: Path, kind: str, name: str) -> Path:
    return root / "var/lib/dokku/services" / kind / name


def status(root: Path, kind: str, name: str) -> str:
    return dokku(root, f"{kind}:info", name, "--status").stdout.strip()


def test_a_command_runs_where_the_service_has_its_files(root: Path, redis: str) -> None:
    assert dokku(root, "redis:enter", redis, "pwd") == Answer(0, f"{NOTE}/data\n", "")
    assert dokku(root, "redis:enter", redis, "touch", "/data/here").exit == 0
    assert (folder(root, "redis", redis) / "data/here").exists()
    assert dokku(root, "redis:enter", redis, "cat", "/usr/local/etc/redis/redis.conf").exit == 0
    assert dokku(root, "redis:enter", redis, "sh", "-c", "exit 7") == Answer(7, NOTE, "")
    assert dokku(root, "--quiet", "redis:enter", redis, "id", "-u").stdout == "0\n"


def test_a_command_without_a_terminal_gets_no_input(root: Path, redis: str) -> None:
    assert dokku(root, "redis:enter", redis, "cat", stdin="lost") == Answer(0, NOTE, "")
    assert dokku(root, "redis:enter", redis, stdin="exit 3") == Answer(0, NOTE, "")


def test_nothing_is_entered_that_does_not_run(root: Path, redis: str) -> None:
    assert dokku(root, "redis:enter", "nope", "true").stderr == (
        " !     Redis service nope does not exist\n"
    )
    assert dokku(root, "redis:enter").stderr == " !     SERVICE must not be empty\n"
    dokku(root, "redis:pause", redis)
    answer = dokku(root, "redis:enter", redis, "true")
    assert answer == Answer(1, NOTE, " !     Service container is not running\n")
    dokku(root, "redis:stop", redis)
    answer = dokku(root, "redis:enter", redis, "true")
    assert answer == Answer(1, NOTE, " !     Service container does not exist\n")


def test_redis_imports_into_a_directory_that_is_open_to_all(
    root: Path, redis: str, fresh: str
) -> None:
    ask(root, redis, "set colour blue\nset other 1\n")
    dump = dokku(root, "redis:export", redis).dump
    assert dump.startswith(b"REDIS")
    ask(root, fresh, "set colour red\nset third 1\n")
    before = dokku(root, "redis:info", fresh, "--id").stdout
    assert dokku(root, "redis:enter", fresh, "chmod", "0777", "/data").exit == 0
    assert dokku(root, "redis:import", fresh, stdin=dump) == Answer(0, "", "")
    assert dokku(root, "redis:enter", fresh, "chmod", "0755", "/data").exit == 0
    assert ask(root, fresh, "get colour\nexists third\ndbsize\n") == "blue\n0\n2\n"
    assert dokku(root, "redis:info", fresh, "--id").stdout != before
    assert (folder(root, "redis", fresh) / "data").stat().st_mode & 0o777 == 0o755


def test_a_refused_import_has_lost_data_and_container(root: Path, redis: str) -> None:
    ask(root, redis, "set colour blue\nsave\n")
    answer = dokku(root, "redis:import", redis, stdin="anything")
    assert answer.exit == 1
    assert answer.stderr.endswith("data/dump.rdb: Permission denied\n")
    assert status(root, "redis", redis) == "missing"
    assert dokku(root, "redis:start", redis).exit == 0
    assert ask(root, redis, "get colour\n") == "\n"


@pytest.mark.parametrize("data", [b"", b"not a dump", b"REDIS0010"])
def test_what_is_no_dump_leaves_a_server_that_does_not_start(
    root: Path, fresh: str, data: bytes
) -> None:
    dokku(root, "redis:enter", fresh, "chmod", "0777", "/data")
    answer = dokku(root, "redis:import", fresh, stdin=data)
    assert answer.exit == 1
    assert f"=====> Start of {fresh} container output\n" in answer.stdout
    assert status(root, "redis", fresh) == "restarting"
    assert dokku(root, "redis:export", fresh).exit == 1
    entered = dokku(root, "redis:enter", fresh, "chmod", "0755", "/data")
    assert entered.exit == 1
    assert "is restarting, wait until the container is running" in entered.stderr
    assert dokku(root, "redis:import", fresh, stdin=EMPTY_DUMP).exit == 0
    assert ask(root, fresh, "dbsize\n") == "0\n"


def test_redis_exports_what_it_holds_now_and_nothing_when_stopped(root: Path, redis: str) -> None:
    for number in range(3):
        wait_for_the_next_second()
        ask(root, redis, f"set key-{number} {'x' * 9}\n")
        assert f"key-{number}".encode() in dokku(root, "redis:export", redis).dump
    dokku(root, "redis:stop", redis)
    assert dokku(root, "redis:export", redis) == Answer(
        1, "", f"Error response from daemon: No such container: dokku.redis.{redis}\n"
    )


def test_an_export_whose_save_fails_does_not_end(root: Path, redis: str) -> None:
    (folder(root, "redis", redis) / "data/dump.rdb").mkdir()  # nothing can take its place
    words = [root / "bin/dokku", "redis:export", redis]
    export = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert export.stderr
    try:  # before the save, after it, and again: from here on it asks for ever
        assert all(b"Using a password" in export.stderr.readline() for _ in range(3))
        assert export.poll() is None
    finally:
        export.kill()
    assert export.communicate()[0] == b""


def test_psql_finds_its_server_inside(root: Path, postgres: str) -> None:
    words = ("psql", "-tAc", "select 40 + 2", "t_db")
    assert dokku(root, "--quiet", "postgres:enter", postgres, *words).stdout == "42\n"
    listed = dokku(root, "--quiet", "postgres:enter", postgres, "ls", "/var/lib/postgresql")
    assert "PG_VERSION" in listed.stdout


def test_a_stopped_database_is_not_exported(root: Path, postgres: str) -> None:
    dokku(root, "postgres:stop", postgres)
    assert dokku(root, "postgres:export", postgres) == Answer(
        1, "", f"Error response from daemon: No such container: dokku.postgres.{postgres}\n"
    )
    assert dokku(root, "postgres:start", postgres).exit == 0


@pytest.mark.parametrize("part", [0.0, 0.5, 0.9])
def test_a_dump_cut_short_fails_the_import(root: Path, postgres: str, part: float) -> None:
    text = "create table t as select i, repeat(md5(i::text), 9) from generate_series(1, 4000) i;"
    assert dokku(root, "postgres:connect", postgres, stdin=text).exit == 0
    dump = dokku(root, "postgres:export", postgres).dump
    answer = dokku(root, "postgres:import", postgres, stdin=dump[: int(len(dump) * part)])
    assert (answer.exit, answer.stdout) == (1, "")


def test_connect_ends_at_the_first_error_and_keeps_a_promise_to_read(
    root: Path, postgres: str
) -> None:
    def tell(text: str) -> tuple[int, str]:
        answer = dokku(root, "postgres:connect", postgres, stdin=text)
        return answer.exit, answer.stdout

    assert tell("") == (0, "")
    quiet = "\\set QUIET on\n\\pset format unaligned\n\\pset tuples_only on\n"
    assert tell(f"{quiet}create table t as select 1 as i;\nselect i from t;\n") == (0, "1\n")
    reading = f"{quiet}begin transaction read only;\n"
    assert tell(f"{reading}insert into t values (2);\nselect 3;\n") == (3, "")
    assert tell(f"{reading}select count(*) from t;\n") == (0, "1\n")


def wait_for_the_next_second() -> None:
    """LASTSAVE counts whole seconds: a second export in the same one does not end, as there."""
    begun = int(time.time())
    while int(time.time()) == begun:
        time.sleep(0.01)
