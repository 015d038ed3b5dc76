"""How the servers avoid being root where user namespaces are forbidden, and their ports."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.servers import cluster, identity, ports, postgres
from sandbox.servers.cluster import Cluster, Login
from sandbox.servers.errors import ServerError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own are private."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@as_root
def test_without_namespaces_the_server_is_the_user_postgres(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "NAMESPACE", ("false",))
    home = open_folder / "db"
    home.mkdir()
    server = Cluster(home / "data", open_folder / "log", ports.choose_port("test", ()))
    login = Login("it's 'secret'", "some-db")
    cluster.create_cluster(server, login, open_folder / "template")
    postgres.start(server)
    try:
        assert home.joinpath("data").owner() == "postgres"
        words = postgres.client("psql", server, "-Atc", "select 41 + 1", login.database)
        answer = subprocess.check_output(words, env=postgres.client_environment(login), text=True)
        assert answer == "42\n"
    finally:
        postgres.stop(server)
    assert not postgres.is_running(server)


@as_root
def test_a_folder_that_postgres_cannot_enter_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "NAMESPACE", ("false",))
    tmp_path.chmod(0o700)
    with pytest.raises(ServerError, match="run the sandbox as an ordinary user"):
        identity.find_identity(tmp_path)


def test_ports_are_kept_apart_and_below_those_of_outgoing_connections() -> None:
    first = ports.choose_port("seed", ())
    second = ports.choose_port("seed", {first})
    assert first != second
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert max(first, second) < min(lowest, 32_768)


def test_a_port_is_its_owner_s_while_that_is_there(tmp_path: Path) -> None:
    """Two sandboxes that are up at once choose apart, also while a server of one is stopped."""
    owner = tmp_path / "sandbox"
    owner.mkdir()
    first = ports.choose_port(f"{owner} acme", ())
    assert ports.is_free(first)
    assert ports.choose_port(f"{owner} acme", ()) != first
    assert ports.keep_port(first, str(owner))
    assert not ports.keep_port(first, str(tmp_path))
    owner.rmdir()
    assert ports.choose_port(f"{owner} acme", ()) == first
    assert ports.choose_port(f"{owner} acme", (), preferred=first + 1) == first + 1
