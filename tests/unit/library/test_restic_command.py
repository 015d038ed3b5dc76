"""Command lines and environments of restic: where what stands, and what never does."""

from __future__ import annotations

import csv
import shlex
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.pipe_program import Program
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic_command import (
    PROXIES,
    Repository,
    probe,
    restic,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic_errors import ResticError

SSH = (
    "-oBatchMode=yes",
    "-oConnectTimeout=10",
    "-oServerAliveInterval=10",
    "-oServerAliveCountMax=3",
)


def credentials(folder: Path, *lines: str) -> str:
    path = folder / "credentials"
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return str(path)


def ssh_words(program: Program) -> list[str]:
    """Returns ssh's words as restic reads them: of a row of CSV, then as a shell does."""
    [option] = next(csv.reader([program.words[3]]))
    name, _, command = option.partition("=")
    assert name == "sftp.command"
    shell, dash_c, _, ssh, *words = shlex.split(command)
    assert (shell, dash_c, ssh) == ("sh", "-c", "ssh")
    return words


def test_a_local_repository_needs_no_more_than_its_address() -> None:
    program = restic(Repository("/mnt/b/shop", "/pw"), "snapshots")
    environment = dict(program.environment or {})
    assert program.words == ("restic", "--no-cache", "snapshots")
    assert environment["RESTIC_REPOSITORY"] == "/mnt/b/shop"
    assert environment["RESTIC_PASSWORD_FILE"] == "/pw"


def test_nothing_of_the_caller_gets_through_but_what_is_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_PROFILE", "RESTIC_PASSWORD", "RESTIC_CACHE_DIR", "GIT_DIR", "NO_PROXY"):
        monkeypatch.setenv(name, "x")
    environment = restic(Repository("/b/shop", "/pw"), "snapshots").environment or {}
    assert {name for name, value in environment.items() if value == "x"} == {"NO_PROXY"}


def test_user_and_password_of_a_rest_server_stand_in_the_address_and_nowhere_else(
    tmp_path: Path,
) -> None:
    lines = ("# of the shop", "", "RESTIC_REST_USERNAME=shop", "RESTIC_REST_PASSWORD=p@ss:=/1")
    repository = Repository("rest:https://h:8000/b/shop", "/pw", credentials(tmp_path, *lines))
    program = restic(repository, "snapshots")
    environment = dict(program.environment or {})
    address = "rest:https://shop:p%40ss%3A%3D%2F1@h:8000/b/shop"
    assert environment.pop("RESTIC_REPOSITORY") == address
    assert not [value for value in (*program.words, *environment.values()) if "p@ss" in value]


def test_credentials_of_s3_are_variables(tmp_path: Path) -> None:
    lines = ("AWS_ACCESS_KEY_ID=key", "AWS_SECRET_ACCESS_KEY=a secret")
    repository = Repository("s3:https://h/bucket/shop", "/pw", credentials(tmp_path, *lines))
    program = restic(repository, "snapshots")
    environment = dict(program.environment or {})
    assert environment["AWS_SECRET_ACCESS_KEY"] == "a secret"
    assert program.words == ("restic", "--no-cache", "-o", "s3.retries=3", "snapshots")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("sftp:u@h:/b/shop", "-l u -s -- h sftp"),
        ("sftp:h:b/shop", "-s -- h sftp"),
        ("sftp:u@[2001:db8::1]:/b/shop", "-l u -s -- 2001:db8::1 sftp"),
        ("sftp://u@h//b/shop", "-l u -s -- h sftp"),
        ("sftp://u@h:2222//b/shop", "-l u -p 2222 -s -- h sftp"),
        ("sftp:-oProxyCommand=x:/b", "-s -- -oProxyCommand=x sftp"),
    ],
)
def test_ssh_is_started_so_that_it_asks_nothing(address: str, words: str) -> None:
    program = restic(Repository(address, "/pw"), "snapshots")
    assert program.words[2] == "-o"
    assert ssh_words(program) == [*SSH, *words.split()]


def test_ssh_uses_the_files_that_are_given(tmp_path: Path) -> None:
    lines = ("SFTP_IDENTITY_FILE=/k/1, 2", "SFTP_KNOWN_HOSTS_FILE=/k/hosts")
    program = restic(Repository("sftp:h:/b", "/pw", credentials(tmp_path, *lines)), "snapshots")
    files = ["-oIdentitiesOnly=yes", "-oIdentityFile=/k/1, 2", "-oUserKnownHostsFile=/k/hosts"]
    assert ssh_words(program) == [*SSH, *files, "-s", "--", "h", "sftp"]
    assert not set(program.environment or {}) & {"SFTP_IDENTITY_FILE", "SFTP_KNOWN_HOSTS_FILE"}


def test_a_folder_is_read_by_the_reader_and_in_its_place() -> None:
    repository = Repository("/b/shop", "/pw", cache="/c", reader="/bin/of-root")
    folder = restic(repository, "backup", ".", folder=Path("/data"))
    other = restic(repository, "snapshots")
    assert (folder.words[0], folder.folder, other.words[0]) == ("/bin/of-root", "/data", "restic")
    assert (folder.environment or {})["PWD"] == "/data"
    assert (other.environment or {})["RESTIC_CACHE_DIR"] == "/c"
    assert "--no-cache" not in other.words


def test_credentials_that_cannot_be_read_are_told() -> None:
    with pytest.raises(ResticError, match="cannot read /nowhere"):
        restic(Repository("s3:https://h/b", "/pw", "/nowhere"), "snapshots")


@pytest.mark.parametrize("address", ["s3:http://127.0.0.1:1/b", "rest:http://127.0.0.1:1/b"])
def test_a_target_is_looked_for_but_not_behind_a_proxy(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ResticError) as raised:
        probe(Repository(address, "/pw"))
    assert raised.value.kind == "unreachable"
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    probe(Repository(address, "/pw"))


def test_the_folder_of_a_local_repository_has_to_be_there(tmp_path: Path) -> None:
    probe(Repository(str(tmp_path / "shop"), "/pw"))
    with pytest.raises(ResticError, match="is a disk to be mounted"):
        probe(Repository(str(tmp_path / "disk/shop"), "/pw"))
