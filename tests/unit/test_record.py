"""What is remembered about an app, its lock and its runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ansible_deploy import files
from ansible_deploy.errors import Busy, HostError
from ansible_deploy.layout import AppFolder
from ansible_deploy.record import State, list_runs, locked, new_run, read_state, write_state


@pytest.fixture
def folder(tmp_path: Path) -> AppFolder:
    """The folder of an app that was never pushed."""
    return AppFolder(tmp_path / "apps/shop")


def test_an_app_that_was_never_provisioned_has_an_empty_record(folder: AppFolder) -> None:
    assert read_state(folder, "shop") == State(origin="shop")
    assert not folder.path.exists()


def test_a_record_is_read_as_it_was_written(folder: AppFolder) -> None:
    state = State("shop", {"domains": ["a.example.org"]}, "wish", {"ports": "x"}, {"env": ["A"]})
    write_state(folder, state)
    assert read_state(folder, "renamed") == state


@pytest.mark.parametrize(
    "text", ["", "{", "null\x00", "[]", "[1]", '"text"', '{"owned": {}}', '{"origin": "x", "y": 1}']
)
def test_a_record_that_cannot_be_read_is_an_error_and_not_an_empty_one(
    folder: AppFolder, text: str
) -> None:
    files.write(folder.state, text)
    with pytest.raises(HostError, match=r"state\.json cannot be read"):
        read_state(folder, "shop")


def test_a_record_of_wrong_bytes_is_an_error_too(folder: AppFolder) -> None:
    files.write(folder.state, "")
    folder.state.write_bytes(b"\xff\xfe")
    with pytest.raises(HostError, match="cannot be read"):
        read_state(folder, "shop")


def test_the_summary_names_the_address_where_there_is_one() -> None:
    assert State("shop").summary("shop") == "shop is provisioned"
    state = State("shop", address="http://shop.example.org")
    assert state.summary("shop") == "shop is provisioned: http://shop.example.org"


def test_the_summary_names_what_is_pending() -> None:
    state = State("shop", address="http://a.example.org", pending={"tls": "no answer"})
    assert state.summary("shop") == "shop is provisioned but for tls: http://a.example.org"


@pytest.mark.parametrize(
    ("pending", "renew_after", "is_complete"),
    [
        ({}, "", True),
        ({"tls": "no answer"}, "", False),
        ({}, "2100-01-01T00:00:00+00:00", True),
        ({}, "2020-01-01T00:00:00+00:00", False),
        ({"tls": "no answer"}, "2100-01-01T00:00:00+00:00", False),
    ],
)
def test_it_is_complete_when_nothing_is_pending_and_no_renewal_was_missed(
    pending: dict[str, str], renew_after: str, is_complete: bool
) -> None:
    assert State("shop", pending=pending, renew_after=renew_after).is_complete is is_complete


def test_a_second_run_is_told_that_the_first_is_under_way(folder: AppFolder) -> None:
    with locked(folder, "shop"):
        with pytest.raises(Busy, match="another run of shop is under way") as caught:
            with locked(folder, "shop"):
                pass
    assert caught.value.exit_code == 75
    with locked(folder, "shop"):
        pass


def test_the_lock_of_one_app_is_not_that_of_another(folder: AppFolder) -> None:
    with locked(folder, "shop"), locked(AppFolder(folder.path.with_name("blog")), "blog"):
        pass


def test_a_killed_run_leaves_no_lock(folder: AppFolder) -> None:
    code = (
        "import os, signal, sys, pathlib\n"
        "from ansible_deploy.layout import AppFolder\n"
        "from ansible_deploy.record import locked\n"
        "with locked(AppFolder(pathlib.Path(sys.argv[1])), 'shop'):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(folder.path)], check=False)
    assert run.returncode == -9
    assert folder.lock.exists()
    with locked(folder, "shop"):
        pass


def test_the_lock_goes_when_the_run_fails(folder: AppFolder) -> None:
    with pytest.raises(HostError), locked(folder, "shop"):
        raise HostError("it failed")
    with locked(folder, "shop"):
        pass


def test_only_the_newest_runs_are_kept(folder: AppFolder) -> None:
    made = []
    for number in range(5):
        made.append(new_run(folder, keep=3))
        files.write_json(made[-1] / "run.json", {"number": number})
    assert sorted(folder.runs.iterdir()) == made[2:]
    assert [run["number"] for run in list_runs(folder)] == [4, 3, 2]


def test_a_run_that_was_killed_before_its_record_is_left_out(folder: AppFolder) -> None:
    files.write_json(new_run(folder, keep=3) / "run.json", {"number": 1})
    new_run(folder, keep=3)
    assert list_runs(folder) == [{"number": 1}]


def test_an_app_without_runs_has_none(folder: AppFolder) -> None:
    assert list_runs(folder) == []
