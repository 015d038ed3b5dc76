"""The one place that starts processes, against small real programs."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import (
    TIMEOUT_EXIT,
    AppMissing,
    Dokku,
    DokkuError,
    clean_environment,
)

if TYPE_CHECKING:
    from pathlib import Path


def program(folder: Path, text: str) -> str:
    """Writes a shell program and returns its path."""
    path = folder / "dokku"
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return str(path)


def test_words_arrive_as_they_are(tmp_path: Path) -> None:
    """No shell looks at them."""
    dokku = Dokku(program(tmp_path, r'printf "%s\n" "$@"'))
    words = ("a b", "$(touch f)", "'", '"', "x;y", "")
    assert dokku.run(*words).stdout.split("\n")[:-1] == list(words)


def test_standard_input_is_the_text_or_empty(tmp_path: Path) -> None:
    """A trigger's own input, the list of pushed branches, stays unread."""
    dokku = Dokku(program(tmp_path, "cat"))
    assert dokku.run(stdin="sécret").stdout == "sécret"
    assert dokku.run().stdout == ""


def test_environment_of_a_trigger_is_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an outer dokku and git leave behind changes no nested call."""
    for name in ("GIT_DIR", "DOKKU_APP_NAME", "DOKKU_APPS_FORCE_DELETE", "DOKKU_TRACE"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("DOKKU_ROOT", "/home/dokku")
    environment = clean_environment(os.environ)
    assert environment["DOKKU_ROOT"] == "/home/dokku"
    assert environment["LC_ALL"] == "C.UTF-8"
    assert not {"GIT_DIR", "DOKKU_APP_NAME", "DOKKU_APPS_FORCE_DELETE"} & environment.keys()


def test_failure_says_which_command_and_what_dokku_said(tmp_path: Path) -> None:
    """Dokku's decoration is dropped, standard input never shown."""
    dokku = Dokku(program(tmp_path, "echo ' !     bad' >&2; echo ' !     very bad' >&2; exit 3"))
    with pytest.raises(DokkuError) as caught:
        dokku.run("x:y", "shop", stdin="secret")
    assert str(caught.value) == "`dokku x:y shop` failed (exit 3): bad; very bad"
    assert caught.value.exit == 3
    assert dokku.run("x:y", check=False).exit == 3


def test_missing_app_is_a_kind_of_its_own(tmp_path: Path) -> None:
    """Exit status 20 means it, whatever the command."""
    with pytest.raises(AppMissing):
        Dokku(program(tmp_path, "exit 20")).run("x")


def test_what_is_no_json_is_an_error(tmp_path: Path) -> None:
    """An unreadable answer is never taken for an empty one."""
    dokku = Dokku(program(tmp_path, "echo '=====> header'"))
    with pytest.raises(DokkuError, match="not JSON"):
        dokku.json("x")
    with pytest.raises(DokkuError, match="not a JSON object"):
        Dokku(program(tmp_path, "echo []")).report("x:report")


def test_missing_program_is_an_error() -> None:
    """And it says that it is."""
    with pytest.raises(DokkuError, match="cannot start /nowhere/dokku"):
        Dokku("/nowhere/dokku").run("version")


def test_timeout_ends_the_whole_group(tmp_path: Path) -> None:
    """A child of the child does not outlive the call."""
    marker = tmp_path / "pid"
    dokku = Dokku(program(tmp_path, f"sleep 60 & echo $! >{marker}; wait"), timeout=0.3)
    with pytest.raises(DokkuError, match=r"no answer within 0\.3 seconds"):
        dokku.run("x")
    limit = time.monotonic() + 5
    while is_running(marker.read_text("utf-8").strip()):
        assert time.monotonic() < limit


def test_one_call_may_have_another_limit(tmp_path: Path) -> None:
    """The limit of the others stays."""
    dokku = Dokku(program(tmp_path, '[ -z "$1" ] || sleep 60'))
    with pytest.raises(DokkuError, match=r"no answer within 0\.2 seconds") as caught:
        dokku.within(0.2).run("x")
    assert caught.value.exit == TIMEOUT_EXIT
    assert dokku.run().exit == 0


def is_running(pid: str) -> bool:
    """Tells whether a process exists and is not just waiting to be reaped."""
    words = ["ps", "-o", "stat=", "-p", pid]
    state = subprocess.run(words, check=False, capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")
