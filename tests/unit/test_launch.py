"""The shell file behind all triggers: what it answers itself, and when it starts Python.

It runs as Dokku runs it, through links of the triggers' names. The Python of the data directory is
a stand-in that prints its arguments.
"""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import monitoring_watch
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.monitoring_watch import Watch

ROOT = Path(__file__).resolve().parents[2]
BUILD = "b1"
STARTED = "python -I -m ansible_deploy"
STRANGER = "-----> No deploy.d in this repository: nothing to provision\n"
INCOMPLETE = (
    " !     ansible-deploy is not installed completely; "
    "as root run: dokku plugin:update ansible-deploy\n"
)


@dataclass(frozen=True)
class Plugin:
    """Links to `launch`, and a data directory."""

    links: Path
    lib_root: Path
    tree: Path

    @property
    def data(self) -> Path:
        return self.lib_root / "data/ansible-deploy"

    @property
    def folder(self) -> Path:
        """The plugin's folder of the app shop."""
        return self.data / "apps/shop"

    def call(self, name: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Call a trigger, or `subcommands/NAME`, with these variables."""
        link = self.links / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(ROOT / "launch")
        environment = {"PATH": os.environ["PATH"], "DOKKU_LIB_ROOT": str(self.lib_root)}
        environment |= {"DOKKU_BUILD_ID": BUILD, **variables}
        try:
            return subprocess.run(
                [link, *words], env=environment, capture_output=True, text=True, check=False
            )
        finally:
            link.unlink()

    def answer(self, name: str, *words: str, **variables: str) -> tuple[int, str]:
        """The exit status and the output of a call."""
        run = self.call(name, *words, **variables)
        return run.returncode, run.stdout + run.stderr


@pytest.fixture
def bare(tmp_path: Path) -> Plugin:
    """A plugin whose Python was never made."""
    plugin = Plugin(tmp_path / "links", tmp_path / "lib", tmp_path / "tree")
    plugin.tree.mkdir()
    plugin.data.mkdir(parents=True)
    return plugin


@pytest.fixture
def plugin(bare: Plugin) -> Plugin:
    """A plugin that is installed."""
    python = bare.data / "venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "python $*"\nexit 7\n')
    python.chmod(0o755)
    (bare.data / "venv/stamp").touch()
    return bare


def push(plugin: Plugin) -> tuple[str, ...]:
    """The arguments of post-extract."""
    return ("shop", str(plugin.tree), "c0ffee")


def started(*words: str) -> tuple[int, str]:
    """What a call answers that reached Python: its output and its exit status."""
    return 7, " ".join([STARTED, *words]) + "\n"


def test_every_trigger_and_subcommand_is_a_link_to_launch() -> None:
    from ansible_deploy.cli import SUBCOMMANDS
    from ansible_deploy.triggers import TRIGGERS

    links = {path.name for path in ROOT.iterdir() if path.is_symlink() and path.exists()}
    assert set(TRIGGERS) <= links
    assert {path.name for path in (ROOT / "subcommands").iterdir()} == set(SUBCOMMANDS)
    named = [ROOT / name for name in TRIGGERS] + list((ROOT / "subcommands").iterdir())
    assert all(path.resolve() == ROOT / "launch" for path in named)


def test_an_app_without_deploy_d_costs_no_python(bare: Plugin) -> None:
    assert bare.answer("post-extract", *push(bare)) == (0, STRANGER)
    assert not (bare.data / "apps").exists()
    for words in (
        ("pre-build", "herokuish", "shop", str(bare.tree)),
        ("pre-release-builder", "herokuish", "shop", "dokku/shop:latest"),
        ("pre-start", "shop"),
        ("scheduler-deploy", "docker-local", "shop", "latest", ""),
        ("post-deploy", "shop", "", "", "latest"),
        ("builds-record-finalize", "shop", BUILD, "1"),
        ("post-delete", "shop", "latest"),
        ("post-app-rename-setup", "shop", "store"),
        ("post-app-clone", "shop", "store"),
        ("post-create", "shop"),
        ("report", "shop"),
    ):
        assert bare.answer(*words) == (0, ""), words


@pytest.mark.parametrize("kind", ["folder", "file", "link that leads nowhere"])
def test_whatever_is_called_deploy_d_is_judged(plugin: Plugin, kind: str) -> None:
    path = plugin.tree / "deploy.d"
    makers: dict[str, Callable[[], object]] = {
        "folder": path.mkdir,
        "file": path.touch,
        "link": lambda: path.symlink_to("nowhere"),
    }
    makers[kind.split()[0]]()
    words = ("trigger", "post-extract", *push(plugin))
    assert plugin.answer("post-extract", *push(plugin)) == started(*words)


def test_the_gate_is_closed_before_the_judge_speaks(plugin: Plugin) -> None:
    (plugin.tree / "deploy.d").mkdir()
    plugin.call("post-extract", *push(plugin))
    assert (plugin.folder / "refused").exists()
    assert stat.S_IMODE(plugin.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((plugin.folder / "refused").stat().st_mode) == 0o600


@pytest.fixture
def leaving(plugin: Plugin) -> Plugin:
    """The app has an accepted folder and backups, and a push that has no folder is under way."""
    for name in ("incoming/deploy.yml", "deploy.d/deploy.yml", "refused", "incoming.json"):
        (plugin.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (plugin.folder / name).touch()
    for path in (plugin.folder / "cron-entries", plugin.folder / "state.json", watch(plugin)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert plugin.answer("post-extract", *push(plugin)) == (0, STRANGER)
    return plugin


def watch(plugin: Plugin) -> Path:
    return plugin.data / "monitoring/targets/shop.json"


def kept(plugin: Plugin) -> list[str]:
    return sorted(path.name for path in plugin.folder.iterdir())


def test_a_folder_that_left_the_repository_takes_its_verdict_with_it(leaving: Plugin) -> None:
    assert kept(leaving) == ["cron-entries", "deploy.d", "leaving", "state.json"]


def test_what_was_accepted_holds_until_the_release_without_it_is_live(leaving: Plugin) -> None:
    words = ("shop", "", "", "latest")
    assert leaving.answer("post-deploy", *words, DOKKU_BUILD_ID="an earlier build")[0] == 7
    assert (leaving.folder / "deploy.d").exists()
    said = " !     No backups are made any more; those that there are stay\n"
    assert leaving.answer("post-deploy", *words) == (0, said)
    assert (kept(leaving), watch(leaving).exists()) == (["state.json"], False)


def test_a_failed_build_without_the_folder_leaves_all_as_it_was(leaving: Plugin) -> None:
    assert leaving.answer("builds-record-finalize", "shop", BUILD, "1") == (0, "")
    assert leaving.answer("post-deploy", "shop", "", "", "latest")[0] == 7
    assert {"cron-entries", "deploy.d", "state.json"} <= set(kept(leaving))
    assert "leaving" not in kept(leaving)
    assert watch(leaving).exists()


def test_a_folder_that_came_back_stays(leaving: Plugin) -> None:
    (leaving.tree / "deploy.d").mkdir()
    leaving.call("post-extract", *push(leaving))
    assert "leaving" not in kept(leaving)


def test_an_image_is_looked_into_but_not_in_a_push(plugin: Plugin) -> None:
    source = plugin.lib_root / "config/git/shop/source-image"
    source.parent.mkdir(parents=True)
    source.write_text("registry.example.org/shop:1")
    words = ("trigger", "post-extract", *push(plugin))
    assert plugin.answer("post-extract", *push(plugin)) == started(*words)
    pushed = plugin.answer("post-extract", *push(plugin), DOKKU_BUILD_SOURCE="git-hook")
    assert pushed == (0, STRANGER)


@pytest.mark.parametrize("has_tree", [True, False], ids=["of a tree", "of an image"])
def test_what_is_refused_stops_at_the_gate(plugin: Plugin, has_tree: bool) -> None:
    if has_tree:
        (plugin.tree / "deploy.d").mkdir()
    words = ("herokuish", "shop", str(plugin.tree))
    assert plugin.answer("pre-build", *words) == (0, "")
    plugin.folder.mkdir(parents=True)
    (plugin.folder / "refused").touch()
    assert plugin.answer("pre-build", *words) == started("trigger", "pre-build", *words)


def test_the_gate_does_not_open_for_an_app_that_says_it_is_us(plugin: Plugin) -> None:
    plugin.folder.mkdir(parents=True)
    (plugin.folder / "refused").touch()
    words = ("herokuish", "shop", str(plugin.tree))
    assert plugin.answer("pre-build", *words, ANSIBLE_DEPLOY_RUNNING="shop")[0] == 7


@pytest.mark.parametrize(
    "words",
    [
        ("post-extract", "shop", "TREE", "c0ffee"),
        ("pre-release-builder", "herokuish", "shop", "image"),
        ("post-deploy", "shop", "", "", "latest"),
        ("builds-record-finalize", "shop", BUILD, "1"),
    ],
    ids=lambda words: str(words[0]),
)
def test_a_deploy_that_we_cause_ourselves_is_left_alone(
    plugin: Plugin, words: tuple[str, ...]
) -> None:
    (plugin.tree / "deploy.d").mkdir()
    (plugin.folder / "deploy.d").mkdir(parents=True)
    (plugin.folder / "routing.json").write_text(json.dumps({"build": BUILD}, indent=2))
    words = tuple(word.replace("TREE", str(plugin.tree)) for word in words)
    assert plugin.answer(*words, ANSIBLE_DEPLOY_RUNNING="shop") == (0, "")
    assert (plugin.folder / "routing.json").exists()
    other = plugin.answer(*words, ANSIBLE_DEPLOY_RUNNING="blog")
    assert other == started("trigger", *words), "another app's run says nothing about this one"


def test_what_left_nothing_to_do_is_not_finished_again(plugin: Plugin) -> None:
    (plugin.folder / "deploy.d").mkdir(parents=True)
    words = ("shop", "", "", "latest")
    (plugin.folder / "settled").write_text("an earlier build")
    assert plugin.answer("post-deploy", *words)[0] == 7
    (plugin.folder / "settled").write_text(BUILD)
    assert plugin.answer("post-deploy", *words) == (0, "")


def test_the_outermost_process_stands_for_a_build_without_an_id(plugin: Plugin) -> None:
    (plugin.folder / "deploy.d").mkdir(parents=True)
    (plugin.folder / "settled").write_text("4711")
    variables = {"DOKKU_BUILD_ID": "", "DOKKU_PID": "4711"}
    assert plugin.answer("post-deploy", "shop", **variables) == (0, "")


@pytest.mark.parametrize(
    "words", [("scheduler-deploy", "docker-local", "shop", "latest", ""), ("pre-start", "shop")]
)
def test_before_containers_start_only_a_restore_is_asked_about(
    plugin: Plugin, words: tuple[str, ...]
) -> None:
    (plugin.folder / "deploy.d").mkdir(parents=True)
    assert plugin.answer(*words) == (0, ""), "and Dokku goes on to the next plugin"
    (plugin.folder / "restore.json").touch()
    assert plugin.answer(*words) == started("trigger", *words)
    assert plugin.answer(*words, ANSIBLE_DEPLOY_RUNNING="shop") == (0, "")


def test_a_failed_build_puts_its_own_routing_back(plugin: Plugin) -> None:
    journal = plugin.folder / "routing.json"
    journal.parent.mkdir(parents=True)
    journal.write_text(json.dumps({"build": BUILD}, indent=2))
    other, own = ("shop", "b2", "1"), ("shop", BUILD, "1")
    assert plugin.answer("builds-record-finalize", *other) == (0, "")
    answer = plugin.answer("builds-record-finalize", *own)
    assert answer == started("trigger", "builds-record-finalize", *own)
    assert journal.exists()


def test_a_good_build_drops_its_journal(plugin: Plugin) -> None:
    journal = plugin.folder / "routing.json"
    journal.parent.mkdir(parents=True)
    journal.write_text(json.dumps({"build": BUILD}, indent=2))
    assert plugin.answer("builds-record-finalize", "shop", BUILD, "0") == (0, "")
    assert not journal.exists()


def test_an_app_cannot_be_called_like_the_plugin(bare: Plugin) -> None:
    status, said = bare.answer("post-create", "ansible-deploy")
    assert status == 1
    assert said.startswith(" !     An app cannot be called ansible-deploy")


@pytest.mark.parametrize("state", ["missing", "without its packages"])
def test_an_incomplete_installation_says_which_command_completes_it(
    bare: Plugin, state: str
) -> None:
    if state != "missing":  # killed before install wrote its stamp
        (bare.data / "venv/bin").mkdir(parents=True)
        (bare.data / "venv/bin/python").symlink_to("/bin/true")
    (bare.tree / "deploy.d").mkdir()
    assert bare.answer("subcommands/plan", "ansible-deploy:plan", "shop") == (78, INCOMPLETE)
    assert bare.answer("post-extract", *push(bare)) == (78, INCOMPLETE)
    assert bare.answer("pre-build", "herokuish", "shop", str(bare.tree)) == (78, INCOMPLETE)


def test_an_incomplete_installation_stops_apps_with_the_folder_only(bare: Plugin) -> None:
    assert bare.answer("pre-build", "herokuish", "shop", str(bare.tree)) == (0, "")
    (bare.tree / "deploy.d").mkdir()
    assert bare.answer("pre-build", "herokuish", "shop", str(bare.tree)) == (78, INCOMPLETE)


def test_subcommands_reach_python_with_every_word_as_it_is(plugin: Plugin) -> None:
    words = ("ansible-deploy:set", "shop", "host-paths", "/srv/a b;$(id)")
    answer = plugin.answer("subcommands/set", *words, ANSIBLE_DEPLOY_RUNNING="shop")
    assert answer == started("subcommand", "set", *words)


def deploys(plugin: Plugin) -> list[dict[str, object]]:
    """What is written down about the app's deploys."""
    lines = (plugin.folder / "deploys.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_a_deploy_that_ended_is_written_down_once(plugin: Plugin) -> None:
    (plugin.folder / "deploy.d").mkdir(parents=True)
    state = {"wish": "", "revision": "c0ffee", "image": ""}
    (plugin.folder / "state.json").write_text(json.dumps(state, indent=2))
    words = ("builds-record-finalize", "shop", BUILD, "0")
    for _ in range(2):
        assert plugin.answer(*words, DOKKU_BUILD_SOURCE="git-hook") == (0, "")
    (found,) = deploys(plugin)
    assert found.pop("at")
    assert found == {"build": BUILD, "exit": 0, "source": "git-hook", "revision": "c0ffee"}


def test_a_failed_deploy_is_of_the_revision_that_was_pushed(plugin: Plugin) -> None:
    (plugin.folder / "deploy.d").mkdir(parents=True)
    (plugin.folder / "deploys.jsonl").write_text('{"build":"half')
    (plugin.folder / "state.json").write_text(json.dumps({"revision": "c0ffee", "x": ""}, indent=2))
    pushed = {"build": BUILD, "revision": "decaf", "wish": ""}
    (plugin.folder / "incoming.json").write_text(json.dumps(pushed, indent=2))
    assert plugin.answer("builds-record-finalize", "shop", BUILD, "1") == (0, "")
    half, whole = (plugin.folder / "deploys.jsonl").read_text().splitlines()
    assert half == '{"build":"half'
    assert json.loads(whole)["revision"] == "decaf"
    assert json.loads(whole)["exit"] == 1


def test_a_restart_after_a_failed_push_is_of_the_revision_that_runs(plugin: Plugin) -> None:
    (plugin.folder / "deploy.d").mkdir(parents=True)
    known = [
        {"build": "a", "at": 1, "exit": 0, "source": "git-hook", "revision": "c0ffee"},
        {"build": "b", "at": 2, "exit": 1, "source": "git-hook", "revision": "decaf"},
    ]
    lines = [json.dumps(each, separators=(",", ":")) + "\n" for each in known]
    (plugin.folder / "deploys.jsonl").write_text("".join(lines))
    (plugin.folder / "state.json").write_text(json.dumps({"revision": "decaf", "x": ""}, indent=2))
    plugin.answer("builds-record-finalize", "shop", BUILD, "0")
    assert deploys(plugin)[-1]["revision"] == "c0ffee"


@pytest.mark.parametrize(("exit_status", "labelled"), [("0", "decaf"), ("1", "c0ffee")])
def test_prometheus_is_told_the_revision_of_a_release_that_is_live(
    plugin: Plugin, exit_status: str, labelled: str
) -> None:
    (plugin.folder / "deploy.d").mkdir(parents=True)
    pushed = {"build": BUILD, "revision": "decaf", "wish": ""}
    (plugin.folder / "incoming.json").write_text(json.dumps(pushed, indent=2))
    target = plugin.folder.parents[1] / "monitoring/targets/shop.json"
    target.parent.mkdir(parents=True)
    watch = Watch("shop", "h", "https://shop.example.org/", revision="c0ffee")
    target.write_text(monitoring_watch.target(watch))
    plugin.answer("builds-record-finalize", "shop", BUILD, exit_status)
    expected = monitoring_watch.target(replace(watch, revision=labelled))
    assert target.read_text() == expected
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert [path.name for path in target.parent.iterdir()] == ["shop.json"]


def test_few_deploys_are_kept(plugin: Plugin) -> None:
    (plugin.folder / "deploy.d").mkdir(parents=True)
    (plugin.folder / "deploys.jsonl").write_text('{"build":"old"}\n' * 399)
    plugin.answer("builds-record-finalize", "shop", BUILD, "0")
    assert len(deploys(plugin)) == 200
    assert deploys(plugin)[-1]["build"] == BUILD


def test_a_watched_app_is_quiet_while_it_is_deployed(plugin: Plugin) -> None:
    (plugin.folder / "deploy.d").mkdir(parents=True)
    root = plugin.folder.parents[1]
    (root / "monitoring/targets").mkdir(parents=True)
    (root / "monitoring/targets/shop.json").touch()
    (root / "settings/shop").mkdir(parents=True)
    (root / "settings/shop/alert-grace").write_text("7")
    metrics = root / "monitoring/metrics"
    plugin.answer("pre-release-builder", "herokuish", "shop", "image")
    begun = int((metrics / "shop_maintenance.prom").read_text().split()[-1])
    plugin.answer("builds-record-finalize", "shop", BUILD, "1")
    ended = int((metrics / "shop_maintenance.prom").read_text().split()[-1])
    text = (metrics / "shop_deploy.prom").read_text()
    at = next(int(line.split()[-1]) for line in text.splitlines() if "timestamp_seconds{" in line)
    assert (begun - at > 800, ended - at) == (True, 7)
    assert re.search(r'^ansible_deploy_deploy_failed\{app="shop",host="[^"]+"\} 1$', text, re.M)
    assert stat.S_IMODE((metrics / "shop_deploy.prom").stat().st_mode) == 0o644


def until(plugin: Plugin) -> int:
    """Until when nobody is told, in seconds from now; long ago where nothing says so."""
    path = plugin.data / "monitoring/metrics/shop_maintenance.prom"
    return int(path.read_text().split()[-1]) - int(time.time()) if path.exists() else -1


@pytest.mark.parametrize("source", ["", "ps:restart"])
def test_a_restart_is_quiet_too_and_starts_no_python_for_it(plugin: Plugin, source: str) -> None:
    """Neither it nor ps:scale releases anything, and Dokku never tells that their build ended."""
    (plugin.folder / "deploy.d").mkdir(parents=True)
    words = ("scheduler-deploy", "docker-local", "shop", "latest", "web")
    assert plugin.answer(*words, DOKKU_BUILD_SOURCE=source) == (0, "")
    assert until(plugin) == -1, "it is not watched"
    watch(plugin).parent.mkdir(parents=True)
    watch(plugin).touch()
    assert plugin.answer(*words, DOKKU_BUILD_SOURCE=source) == (0, "")
    assert until(plugin) > 800
    plugin.answer("post-deploy", "shop", "", "", "latest", DOKKU_BUILD_SOURCE=source)
    assert 50 < until(plugin) <= 60


@pytest.mark.parametrize("source", ["git-hook", "config-redeploy", "deploy"])
def test_a_release_is_quiet_until_its_build_ends(plugin: Plugin, source: str) -> None:
    (plugin.folder / "deploy.d").mkdir(parents=True)
    watch(plugin).parent.mkdir(parents=True)
    watch(plugin).touch()
    plugin.answer("pre-release-builder", "herokuish", "shop", "image", DOKKU_BUILD_SOURCE=source)
    plugin.answer("post-deploy", "shop", "", "", "latest", DOKKU_BUILD_SOURCE=source)
    assert until(plugin) > 800
    plugin.answer("builds-record-finalize", "shop", BUILD, "0", DOKKU_BUILD_SOURCE=source)
    assert until(plugin) <= 60


def test_where_nothing_can_be_written_the_deploy_goes_on(plugin: Plugin) -> None:
    (plugin.folder / "deploy.d").mkdir(parents=True)
    root = plugin.folder.parents[1]
    (root / "monitoring/targets").mkdir(parents=True)
    (root / "monitoring/targets/shop.json").touch()
    (root / "monitoring/metrics").write_text("no directory")
    assert plugin.answer("pre-release-builder", "herokuish", "shop", "image")[0] == 7
    assert plugin.answer("builds-record-finalize", "shop", BUILD, "0")[0] == 0
