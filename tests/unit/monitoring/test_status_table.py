"""``status`` fits a terminal whatever apps are called, and tells each app's one state."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_deploy.cli import SUBCOMMANDS
from ansible_deploy.errors import DeployError
from ansible_deploy.layout import Layout
from ansible_deploy.monitoring.overview import collect
from ansible_deploy.monitoring.status_table import TITLES, WIDTH, table
from tests.made_host import Prometheus, add_app, add_backups, add_deploys, add_nightly, ago
from tests.monitoring.example import fill

HOSTILE = ("a" * 90, "x\x1b[2Jy", "two\twords", "‮evil", "état-" * 9)


def rows(layout: Layout) -> dict[str, list[str]]:
    """The words of each app's line by its name; two words of one cell stay two."""
    lines = [line.split() for line in table(collect(layout)) if line.startswith("       ")]
    return {words[0]: words[1:] for words in lines}


def test_the_example(layout: Layout, server: Prometheus) -> None:
    fill(layout, server)
    found = rows(layout)
    assert found.pop("App") == [
        "State",
        "Certificate",
        "Backup",
        "Proven",
        "Drift",
        "Last",
        "deploy",
    ]
    assert found["guestbook"][:6] == ["up", "82", "d", "left", "38", "min"]
    assert found["shop"] == [
        "DOWN",
        "12",
        "d",
        "left",
        "FAILED",
        "LATE",
        "none",
        "FAILED",
        "35",
        "h",
    ]
    assert found["wiki"][:-2] == ["up", "61", "d", "left", "20", "min", "15", "min", "1"]
    assert found["intranet"] == ["unknown", "-", "-", "-", "?", "-"]
    text = "\n".join(table(collect(layout)))
    assert " !     alert about this host: disk fills" in text
    assert " !     shop: the last backup failed: offsite: no space left" in text


def test_every_line_fits_the_terminal(layout: Layout, server: Prometheus) -> None:
    for app in HOSTILE:
        folder = add_app(layout, app, pending={"tls": "\x1b[31m" + "long " * 40})
        add_backups(folder, failed="\r" + "x" * 200, failed_at=ago(hours=1), disproven="y" * 99)
        add_deploys(folder, (ago(minutes=59), 1))
        add_nightly(folder, *["domains + z"] * 1000)
    lines = list(table(collect(layout)))
    assert len(lines) == 2 + 5 * (1 + 5)
    assert max(len(line) for line in lines) <= WIDTH
    assert all(line.isprintable() for line in lines)
    assert len(max(lines[2:7], key=len)) > WIDTH - 10


def test_every_word_that_a_column_may_hold_fits(layout: Layout, server: Prometheus) -> None:
    fill(layout, server)
    add_deploys(layout.app("wiki"), (ago(minutes=59), 1))
    add_backups(layout.app("wiki"), last_at=ago(minutes=59), proven_at="")
    shown = [line for line in table(collect(layout)) if line.startswith("       ")]
    assert not any("…" in line for line in shown)
    assert all(title in shown[0] for title in TITLES)


def test_each_app_has_one_state(layout: Layout, server: Prometheus) -> None:
    for app, probe in (("one", 1), ("two", 0), ("three", None)):
        add_app(layout, app)
        server.probes |= {} if probe is None else {app: probe}
    found = rows(layout)
    states = {"up", "DOWN", "unknown"}
    assert {app: [word for word in words if word in states] for app, words in found.items()} == {
        "App": [],
        "one": ["up"],
        "two": ["DOWN"],
        "three": ["unknown"],
    }


def test_why_the_state_is_unknown_is_told_once(layout: Layout, server: Prometheus) -> None:
    server.status = 500
    for app in ("one", "two"):
        add_app(layout, app)
    lines = list(table(collect(layout)))
    assert [line for line in lines if "up" in line.split()] == [
        line for line in lines if line.startswith(" !     which apps are up is not known")
    ]


def test_no_apps(layout: Layout, server: Prometheus) -> None:
    assert [*table(collect(layout))][1:] == ["       none with a deploy.d yet"]


def test_the_command_about_all_apps(
    layout: Layout, server: Prometheus, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(layout, server)
    assert SUBCOMMANDS["status"]([]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "=====> Apps of server1"


def test_the_command_about_one_app(
    layout: Layout, server: Prometheus, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(layout, server)
    assert SUBCOMMANDS["status"](["shop"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "=====> shop is DOWN"
    assert "       Certificate:     until " in "\n".join(lines)
    assert len([line for line in lines if "git-hook" in line]) == 14
    assert " !     processes running: 0 of 1" in lines
    assert not any("wiki" in line for line in lines)


def test_json_is_one_flat_object_of_texts_an_app(
    layout: Layout, server: Prometheus, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(layout, server)
    assert SUBCOMMANDS["status"](["--format", "json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    by_app = {each["app"]: each for each in found}
    assert list(by_app) == sorted(by_app)
    assert all(isinstance(value, str) for each in found for value in each.values())
    shop = by_app["shop"]
    assert (shop["state"], shop["alerts"], shop["last-deploy-outcome"]) == (
        "down",
        "AppDown",
        "failed",
    )
    assert (shop["processes-running"], shop["processes-wanted"]) == ("0", "1")
    assert shop["backups-failed"] == "offsite: no space left"
    assert by_app["wiki"]["drift"] == "domains + old.example.org"
    assert by_app["wiki"]["domain-expires-at-example.org"].endswith("Z")
    assert set(by_app["intranet"]) == {key for key in shop if not key.startswith("domain-")}


def test_a_wrong_format_and_a_wrong_flag(layout: Layout) -> None:
    with pytest.raises(DeployError, match="Invalid format specified"):
        SUBCOMMANDS["status"](["--format", "yaml"])
    with pytest.raises(DeployError, match="Invalid flag passed: --json"):
        SUBCOMMANDS["status"](["--json"])


@pytest.mark.parametrize(
    ("exit_code", "said"), [(20, "App shop does not exist"), (0, "no accepted deploy.d")]
)
def test_an_app_without_a_record(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exit_code: int, said: str
) -> None:
    dokku = tmp_path / "bin" / "dokku"
    dokku.parent.mkdir()
    dokku.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    dokku.chmod(0o755)
    monkeypatch.setenv("PATH", f"{dokku.parent}:{os.environ['PATH']}")
    with pytest.raises(DeployError, match=said):
        SUBCOMMANDS["status"](["shop"])


def test_no_program_is_started_for_what_is_known(layout: Layout, server: Prometheus) -> None:
    fill(layout, server)
    environment = {"PATH": "", "DOKKU_LIB_ROOT": str(layout.lib_root), "DOKKU_ROOT": "/nowhere"}
    words = [
        sys.executable,
        "-m",
        "ansible_deploy",
        "subcommand",
        "status",
        "ansible-deploy:status",
    ]
    answer = subprocess.run([*words, "shop"], env=environment, capture_output=True, text=True)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("=====> shop is ")
