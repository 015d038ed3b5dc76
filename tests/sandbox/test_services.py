"""The datastore commands: as recorded word for word, and with real servers behind them."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sandbox.service_transcript import REPOSITORY, Answer, Step, normalise, read_steps, run

# The sandbox has no MySQL. These recorded commands are not replayed, and this is the whole list.
UNSUPPORTED = (
    "mysql:create rec-m",
    "mysql:info rec-m",
    "mysql:link rec-m rec-s --no-restart",
    "mysql:linked rec-m rec-s",
    "config:export --format json rec-s",  # once, where it tells MySQL's address
    "mysql:connect rec-m",
    "mysql:export rec-m",
    "mysql:import rec-m",
    "mysql:import rec-m",
    "mysql:import rec-m",
    "mysql:unlink rec-m rec-s --no-restart",
    "mysql:destroy rec-m --force",
)
ABSENT_PLUGINS = ("letsencrypt ", "mysql ")


def sandbox(root: Path, *words: str) -> None:
    environment = {**os.environ, "DOKKU_SANDBOX": str(root)}
    subprocess.run([REPOSITORY / "script/sandbox", *words], env=environment, check=True)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("services") / "host"
    sandbox(root, "up", "--without-plugin")
    yield root
    sandbox(root, "down", "--remove")


def is_supported(step: Step) -> bool:
    return "mysql" not in step.words[0] and "DOKKU_MYSQL" not in (step.answer.output or "")


def without_absent_plugins(answer: Answer) -> Answer:
    lines = (answer.output or "").splitlines(keepends=True)
    kept = [line for line in lines if not line.strip().startswith(ABSENT_PLUGINS)]
    return replace(answer, output="".join(kept))


def replay(root: Path, step: Step, last: bytes) -> Answer:
    stdin = last if step.stdin == "@last" else (step.stdin or "").encode()
    return run(root, *step.words, stdin=stdin)


def test_recorded_commands_are_answered_as_recorded(root: Path) -> None:
    last, differences, unsupported = b"", [], []
    for step in read_steps("services"):
        if not is_supported(step):
            unsupported.append(" ".join(step.words))
            continue
        answer = replay(root, step, last)
        last = answer.dump or last
        expected, found = normalise(step.answer, root), normalise(answer, root)
        if step.words == ("plugin:list",):
            expected = without_absent_plugins(expected)
        if found != expected:
            differences.append(f"{step}\n  Dokku: {expected}\n  here:  {found}")
    assert not differences, "\n".join(differences)
    assert tuple(unsupported) == UNSUPPORTED


def test_unsupported_kinds_are_no_commands(root: Path) -> None:
    answer = run(root, "mysql:create", "x")
    assert (answer.exit, answer.errors.splitlines()[0]) == (
        1,
        " !     `mysql:create x` is not a dokku command.",
    )


@pytest.fixture
def postgres(root: Path) -> Iterator[str]:
    name = "t-db"
    assert run(root, "postgres:create", name).exit == 0
    yield name
    answer = run(root, "--force", "postgres:destroy", name)
    assert answer.exit == 0, answer.errors


def query(root: Path, name: str, text: str) -> Answer:
    return run(root, "postgres:connect", name, stdin=text.encode())


def pid_of(root: Path, kind: str, name: str) -> int:
    return int((root / "var/lib/dokku/services" / kind / name / "server.pid").read_text())


def test_a_password_is_private_and_needed(root: Path, postgres: str) -> None:
    folder = root / "var/lib/dokku/services/postgres" / postgres
    assert (folder / "PASSWORD").stat().st_mode & 0o777 == 0o600
    password = folder / "PASSWORD"
    kept = password.read_text()
    password.write_text("wrong\n")
    answer = query(root, postgres, "select 1;")
    password.write_text(kept)
    assert answer.exit == 2
    assert "password authentication failed" in answer.errors
    assert query(root, postgres, "select 1;").exit == 0


def test_passwords_stand_on_no_command_line(root: Path, postgres: str) -> None:
    assert run(root, "redis:create", "t-redis").exit == 0
    services = root / "var/lib/dokku/services"
    passwords = [path.read_text().strip() for path in services.glob("*/*/PASSWORD")]
    lines = b"\n".join(
        file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline") if file.exists()
    )
    assert len(passwords) == 2
    assert not [password for password in passwords if password.encode() in lines]
    assert run(root, "--force", "redis:destroy", "t-redis").exit == 0


def test_servers_listen_on_the_loopback_only(root: Path, postgres: str) -> None:
    address = (root / "var/lib/dokku/services/postgres" / postgres / "ADDRESS").read_text().strip()
    port = f":{int(address.rpartition(':')[2]):04X}"
    table = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    listening = [line.split()[1] for line in table.splitlines() if line.split()[3] == "0A"]
    assert [place for place in listening if place.endswith(port)] == [f"0100007F{port}"]


def test_no_server_runs_as_root_in_its_own_eyes(root: Path, postgres: str) -> None:
    assert query(root, postgres, "copy (select 1) to program 'test $(id -u) -ne 0';").exit == 0


def test_a_killed_server_recovers_and_keeps_its_address(root: Path, postgres: str) -> None:
    query(root, postgres, "create table kept (id int); insert into kept values (1);")
    before = run(root, "postgres:info", postgres, "--dsn").output
    os.kill(pid_of(root, "postgres", postgres), signal.SIGKILL)
    wait_until_gone(root, postgres)
    assert run(root, "postgres:info", postgres, "--status").output == "exited\n"
    sandbox(root, "up", "--without-plugin")
    assert run(root, "postgres:info", postgres, "--dsn").output == before
    assert "(1 row)" in (query(root, postgres, "select * from kept;").output or "")


def wait_until_gone(root: Path, name: str) -> None:
    for _ in range(200):
        if run(root, "postgres:info", name, "--status").output != "running\n":
            return


def test_down_stops_everything_and_up_starts_what_ran(root: Path, postgres: str) -> None:
    assert run(root, "redis:create", "t-stopped").exit == 0
    assert run(root, "redis:stop", "t-stopped").exit == 0
    pid = pid_of(root, "postgres", postgres)
    sandbox(root, "down")
    assert not Path(f"/proc/{pid}/exe").exists()
    sandbox(root, "up", "--without-plugin")
    assert run(root, "postgres:info", postgres, "--status").output == "running\n"
    assert run(root, "redis:info", "t-stopped", "--status").output == "missing\n"
    assert run(root, "--force", "redis:destroy", "t-stopped").exit == 0


def test_down_finds_servers_whose_files_are_lost(root: Path, postgres: str) -> None:
    pid = pid_of(root, "postgres", postgres)
    (root / "var/lib/dokku/services/postgres" / postgres / "server.pid").unlink()
    sandbox(root, "down")
    assert not Path(f"/proc/{pid}/exe").exists()
    sandbox(root, "up", "--without-plugin")


def test_a_port_that_somebody_took_is_named(root: Path, postgres: str) -> None:
    address = (root / "var/lib/dokku/services/postgres" / postgres / "ADDRESS").read_text()
    assert run(root, "postgres:stop", postgres).exit == 0
    with socket.create_server(("127.0.0.1", int(address.rpartition(":")[2]))):
        answer = run(root, "postgres:start", postgres)
    assert answer.exit == 1
    assert "is in use by another program" in answer.errors
    assert run(root, "postgres:start", postgres).exit == 0


def test_an_exposed_port_leads_to_the_server(root: Path, postgres: str) -> None:
    text = run(root, "postgres:expose", postgres).output or ""
    port = int(text.rpartition("->")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"\0\0\0\x08\x04\xd2\x16\x2f")  # asks whether the server speaks TLS
        assert connection.recv(1) == b"N"
    assert run(root, "postgres:unexpose", postgres).exit == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_a_dump_moves_data_to_another_service(root: Path, postgres: str) -> None:
    query(root, postgres, "create table moved as select generate_series(1, 3) as id;")
    assert run(root, "postgres:create", "t-copy", "--image-version", "17").exit == 0
    dump = run(root, "postgres:export", postgres).dump
    assert run(root, "postgres:import", "t-copy", stdin=dump).exit == 0
    assert "(3 rows)" in (query(root, "t-copy", "select * from moved;").output or "")
    assert run(root, "postgres:info", "t-copy", "--version").output == "postgres:17\n"
    assert run(root, "--force", "postgres:destroy", "t-copy").exit == 0


def test_a_failed_import_has_done_what_it_could(root: Path, postgres: str) -> None:
    """Facts 8.2: not one transaction; a dependent view makes it exit 1 and double the rows."""
    query(root, postgres, "create table t (id int); insert into t values (1);")
    dump = run(root, "postgres:export", postgres).dump
    query(root, postgres, "create view v as select * from t;")
    assert run(root, "postgres:import", postgres, stdin=dump).exit == 1
    assert "(2 rows)" in (query(root, postgres, "select * from t;").output or "")


def test_links_follow_a_clone_and_a_new_name(root: Path, postgres: str) -> None:
    for words in (
        ("apps:create", "t-one"),
        ("postgres:link", postgres, "t-one", "--no-restart"),
        ("apps:clone", "--skip-deploy", "t-one", "t-two"),
        ("apps:rename", "--skip-deploy", "t-one", "t-three"),
    ):
        assert run(root, *words).exit == 0, words
    assert run(root, "postgres:links", postgres).output == "t-three\nt-two\n"
    for app in ("t-two", "t-three"):
        assert run(root, "--force", "apps:destroy", app).exit == 0
    assert run(root, "postgres:links", postgres).output == ""


def test_coloured_names_are_used_up_one_after_the_other(root: Path) -> None:
    assert run(root, "apps:create", "t-many").exit == 0
    names = [f"t-r{number}" for number in range(3)]
    for name in names:
        assert run(root, "redis:create", name).exit == 0
        assert run(root, "redis:link", name, "t-many", "--no-restart").exit == 0
    keys = (run(root, "config:keys", "t-many").output or "").split()
    assert keys == ["DOKKU_REDIS_AQUA_URL", "DOKKU_REDIS_BLACK_URL", "REDIS_URL"]
    answer = run(root, "redis:link", names[0], "t-many", "--alias", "redis_url")
    assert answer.errors == " !     Specified alias REDIS already in use\n"
    assert run(root, "--force", "apps:destroy", "t-many").exit == 0
    for name in names:
        assert run(root, "--force", "redis:destroy", name).exit == 0
