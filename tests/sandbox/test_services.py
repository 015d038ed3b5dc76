"""The datastore commands: as recorded word for word, and with real servers behind them."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.conftest import control
from tests.sandbox.recordings import Answer, Step, dokku, normalise, read

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


def sandbox(root: Path, *words: str) -> None:
    done = control(root, *words)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("services") / "host"
    try:
        sandbox(root, "up", "--without-plugin")
        dokku(root, "domains:set-global", "dk.local")  # as on the recorded host
        yield root
    finally:
        sandbox(root, "down", "--remove")


def is_supported(step: Step) -> bool:
    return "mysql" not in step.argv[0] and "DOKKU_MYSQL" not in step.answer.stdout


def test_recorded_commands_are_answered_as_recorded(root: Path) -> None:
    last, wrong, unsupported = b"", [], []
    for step in read("services"):
        if not is_supported(step):
            unsupported.append(" ".join(step.argv))
            continue
        answer = dokku(root, *step.argv, stdin=last if step.stdin == "@last" else step.stdin)
        last = answer.dump or last
        expected = normalise(step.answer, root, step.argv)
        found = normalise(answer, root, step.argv)
        if found != expected:
            wrong.append(f"dokku {' '.join(step.argv)}\n  recorded {expected}\n  sandbox  {found}")
    assert not wrong, "\n".join(wrong)
    assert tuple(unsupported) == UNSUPPORTED


def test_unsupported_kinds_are_no_commands(root: Path) -> None:
    answer = dokku(root, "mysql:create", "x")
    assert (answer.exit, answer.stderr.splitlines()[0]) == (
        1,
        " !     `mysql:create x` is not a dokku command.",
    )


@pytest.fixture
def postgres(root: Path) -> Iterator[str]:
    name = "t-db"
    assert dokku(root, "postgres:create", name).exit == 0
    yield name
    answer = dokku(root, "--force", "postgres:destroy", name)
    assert answer.exit == 0, answer.stderr


def query(root: Path, name: str, text: str) -> Answer:
    return dokku(root, "postgres:connect", name, stdin=text)


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
    assert "password authentication failed" in answer.stderr
    assert query(root, postgres, "select 1;").exit == 0


def test_passwords_stand_on_no_command_line(root: Path, postgres: str) -> None:
    assert dokku(root, "redis:create", "t-redis").exit == 0
    services = root / "var/lib/dokku/services"
    passwords = [path.read_text().strip() for path in services.glob("*/*/PASSWORD")]
    lines = b"\n".join(
        file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline") if file.exists()
    )
    assert len(passwords) == 2
    assert not [password for password in passwords if password.encode() in lines]
    assert dokku(root, "--force", "redis:destroy", "t-redis").exit == 0


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
    before = dokku(root, "postgres:info", postgres, "--dsn").stdout
    os.kill(pid_of(root, "postgres", postgres), signal.SIGKILL)
    wait_until_gone(root, postgres)
    assert dokku(root, "postgres:info", postgres, "--status").stdout == "exited\n"
    sandbox(root, "up", "--without-plugin")
    assert dokku(root, "postgres:info", postgres, "--dsn").stdout == before
    assert "(1 row)" in query(root, postgres, "select * from kept;").stdout


def wait_until_gone(root: Path, name: str) -> None:
    for _ in range(200):
        if dokku(root, "postgres:info", name, "--status").stdout != "running\n":
            return


def test_down_stops_everything_and_up_starts_what_ran(root: Path, postgres: str) -> None:
    assert dokku(root, "redis:create", "t-stopped").exit == 0
    assert dokku(root, "redis:stop", "t-stopped").exit == 0
    pid = pid_of(root, "postgres", postgres)
    sandbox(root, "down")
    assert not Path(f"/proc/{pid}/exe").exists()
    sandbox(root, "up", "--without-plugin")
    assert dokku(root, "postgres:info", postgres, "--status").stdout == "running\n"
    assert dokku(root, "redis:info", "t-stopped", "--status").stdout == "missing\n"
    assert dokku(root, "--force", "redis:destroy", "t-stopped").exit == 0


def test_down_finds_servers_whose_files_are_lost(root: Path, postgres: str) -> None:
    pid = pid_of(root, "postgres", postgres)
    (root / "var/lib/dokku/services/postgres" / postgres / "server.pid").unlink()
    sandbox(root, "down")
    assert not Path(f"/proc/{pid}/exe").exists()
    sandbox(root, "up", "--without-plugin")


def test_a_killed_server_leaves_no_shared_memory_behind(root: Path, postgres: str) -> None:
    def segments() -> set[str]:
        rows = Path("/proc/sysvipc/shm").read_text().splitlines()
        return {row.split()[0] for row in rows}

    lock = root / "var/lib/dokku/services/postgres" / postgres / "data/postmaster.pid"
    key = lock.read_text().splitlines()[6].split()[0]
    assert key in segments()
    os.kill(pid_of(root, "postgres", postgres), signal.SIGKILL)
    wait_until_gone(root, postgres)
    sandbox(root, "down")
    assert key not in segments()
    sandbox(root, "up", "--without-plugin")


def test_a_port_that_somebody_took_is_named(root: Path, postgres: str) -> None:
    address = (root / "var/lib/dokku/services/postgres" / postgres / "ADDRESS").read_text()
    assert dokku(root, "postgres:stop", postgres).exit == 0
    with socket.create_server(("127.0.0.1", int(address.rpartition(":")[2]))):
        answer = dokku(root, "postgres:start", postgres)
    assert answer.exit == 1
    assert "is in use by another program" in answer.stderr
    assert dokku(root, "postgres:start", postgres).exit == 0


def test_an_exposed_port_leads_to_the_server(root: Path, postgres: str) -> None:
    text = dokku(root, "postgres:expose", postgres).stdout
    port = int(text.rpartition("->")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"\0\0\0\x08\x04\xd2\x16\x2f")  # asks whether the server speaks TLS
        assert connection.recv(1) == b"N"
    assert dokku(root, "postgres:unexpose", postgres).exit == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_a_dump_moves_data_to_another_service(root: Path, postgres: str) -> None:
    query(root, postgres, "create table moved as select generate_series(1, 3) as id;")
    assert dokku(root, "postgres:create", "t-copy", "--image-version", "17").exit == 0
    dump = dokku(root, "postgres:export", postgres).dump
    assert dokku(root, "postgres:import", "t-copy", stdin=dump).exit == 0
    assert "(3 rows)" in query(root, "t-copy", "select * from moved;").stdout
    assert dokku(root, "postgres:info", "t-copy", "--version").stdout == "postgres:17\n"
    assert dokku(root, "--force", "postgres:destroy", "t-copy").exit == 0


def test_a_failed_import_has_done_what_it_could(root: Path, postgres: str) -> None:
    """Facts 8.2: not one transaction; a dependent view makes it exit 1 and double the rows."""
    query(root, postgres, "create table t (id int); insert into t values (1);")
    dump = dokku(root, "postgres:export", postgres).dump
    query(root, postgres, "create view v as select * from t;")
    assert dokku(root, "postgres:import", postgres, stdin=dump).exit == 1
    assert "(2 rows)" in query(root, postgres, "select * from t;").stdout


def test_links_follow_a_clone_and_a_new_name(root: Path, postgres: str) -> None:
    for words in (
        ("apps:create", "t-one"),
        ("postgres:link", postgres, "t-one", "--no-restart"),
        ("apps:clone", "--skip-deploy", "t-one", "t-two"),
        ("apps:rename", "--skip-deploy", "t-one", "t-three"),
    ):
        assert dokku(root, *words).exit == 0, words
    assert dokku(root, "postgres:links", postgres).stdout == "t-three\nt-two\n"
    for app in ("t-two", "t-three"):
        assert dokku(root, "--force", "apps:destroy", app).exit == 0
    assert dokku(root, "postgres:links", postgres).stdout == ""


def test_coloured_names_are_used_up_one_after_the_other(root: Path) -> None:
    assert dokku(root, "apps:create", "t-many").exit == 0
    names = [f"t-r{number}" for number in range(3)]
    for name in names:
        assert dokku(root, "redis:create", name).exit == 0
        assert dokku(root, "redis:link", name, "t-many", "--no-restart").exit == 0
    keys = dokku(root, "config:keys", "t-many").stdout.split()
    assert keys == ["DOKKU_REDIS_AQUA_URL", "DOKKU_REDIS_BLACK_URL", "REDIS_URL"]
    answer = dokku(root, "redis:link", names[0], "t-many", "--alias", "redis_url")
    assert answer.stderr == " !     Specified alias REDIS already in use\n"
    assert dokku(root, "--force", "apps:destroy", "t-many").exit == 0
    for name in names:
        assert dokku(root, "--force", "redis:destroy", name).exit == 0
