"""What a pusher sees, and what a push leaves behind: as recorded with real git pushes."""

from __future__ import annotations

import json
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox import recorder
from tests.sandbox.conftest import control
from tests.sandbox.pushes import Repository, recorded, structure
from tests.sandbox.recordings import Answer, dokku

BASE = "FROM dkbase:local\nWORKDIR /app\nCOPY . /app\nEXPOSE 5000\n"
GOOD = f"{BASE}CMD exec python3 -u -m http.server $PORT\n"
NO_WAY_TO_RUN = "FROM dkbase:local\n"
EXITS_AT_ONCE = 'FROM dkbase:local\nEXPOSE 5000\nCMD ["sh","-c","echo cannot start >&2; exit 1"]\n'
SLOW_TO_ANSWER = GOOD.replace("exec python3", "sleep 2; exec python3")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A sandbox that has the recorded host's global domain."""
    root = tmp_path_factory.mktemp("pushes") / "host"
    try:
        started = control(root, "up", "--without-plugin")
        assert started.returncode == 0, started.stderr
        dokku(root, "domains:set-global", "dk.local")
        yield root
    finally:
        control(root, "down", "--remove")


@pytest.fixture(scope="module")
def story(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """The recorded pushes, one after the other."""
    repository = Repository(root, "rec-p", tmp_path_factory.mktemp("rec-p"))
    told: dict[str, Answer] = {}
    repository.write(Dockerfile=GOOD, page="one")
    told["first-push"] = repository.push()
    repository.write(page="two")
    told["second-push"] = repository.push()
    told["up-to-date-push"] = repository.push()
    told["other-branch-push"] = repository.push("dokku", "main:feature")
    repository.write(Dockerfile=NO_WAY_TO_RUN)
    told["failing-build-push"] = repository.push()
    told["failing-build-push-again"] = repository.push()
    repository.write(Dockerfile=EXITS_AT_ONCE)
    told["failing-check-push"] = repository.push()
    repository.write(Dockerfile=GOOD, page="three")
    dokku(root, "apps:lock", "rec-p")
    told["locked-push"] = repository.push()
    repository.git("commit", "-q", "--amend", "-m", "Rewritten")
    told["rewritten-history-push"] = repository.push()
    told["forced-push"] = repository.push("-f", "dokku", "main")
    told.update(concurrent(repository))
    told.update(commands(root, tmp_path_factory.mktemp("image")))
    return told


def concurrent(repository: Repository) -> dict[str, Answer]:
    """Push while another push of the app is running."""
    repository.write(Dockerfile=SLOW_TO_ANSWER)
    first = threading.Thread(target=repository.push)
    first.start()
    lock = repository.root / "var/lib/dokku/data/apps/rec-p/.deploy.lock"
    while not lock.exists() and first.is_alive():
        pass
    second = repository.push()
    first.join()
    return {"concurrent-push": second}


def commands(root: Path, image: Path) -> dict[str, Answer]:
    """Run the recorded commands over the sandbox's ssh."""
    (image / "Dockerfile").write_text(GOOD, encoding="utf-8")
    control(root, "image", "img:1", str(image))
    return {
        "ps-rebuild": ssh(root, "ps:rebuild", "rec-p"),
        "git-from-image": ssh(root, "git:from-image", "rec-p", "img:1"),
        "git-from-image-again": ssh(root, "git:from-image", "rec-p", "img:1"),
        "apps-clone": ssh(root, "apps:clone", "rec-p", "rec-q"),
        "apps-rename": ssh(root, "apps:rename", "rec-q", "rec-r"),
        "apps-destroy": ssh(root, "apps:destroy", "--force", "rec-r"),
        "apps-destroy-missing": ssh(root, "apps:destroy", "--force", "rec-r"),
        "config-set-restart": ssh(root, "config:set", "rec-p", "A=1"),
        "ps-restart": ssh(root, "ps:restart", "rec-p"),
        "ps-stop": ssh(root, "ps:stop", "rec-p"),
    }


def ssh(root: Path, *words: str) -> Answer:
    """Run a command as a client without a terminal sees it: both streams as one."""
    run = subprocess.run(
        [root / "bin/ssh", "dokku@dokku.sandbox", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Answer(run.returncode, run.stdout, "")


STORIES = [
    "first-push",
    "second-push",
    "up-to-date-push",
    "other-branch-push",
    "failing-build-push",
    "failing-build-push-again",
    "failing-check-push",
    "locked-push",
    "rewritten-history-push",
    "forced-push",
    "concurrent-push",
    "ps-rebuild",
    "git-from-image",
    "git-from-image-again",
    "apps-clone",
    "apps-rename",
    "apps-destroy",
    "apps-destroy-missing",
    "config-set-restart",
    "ps-restart",
    "ps-stop",
]


@pytest.mark.parametrize("name", STORIES)
def test_push_looks_as_recorded(story: dict[str, Answer], name: str) -> None:
    expected, actual = recorded(name), story[name]
    assert structure(actual.stdout) == structure(expected.stdout)
    assert actual.exit == expected.exit


def fetch(root: Path, app: str) -> tuple[int, str]:
    """Ask nginx for an app's page; returns status and body."""
    ports = json.loads((root / "etc/ports.json").read_text(encoding="utf-8"))
    exposed = 5000 if "5000" in ports else 80
    for name in (str(exposed), "80"):
        request = urllib.request.Request(
            f"http://127.0.0.1:{ports[name]}/page", headers={"Host": f"{app}.dk.local"}
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status = error.code
    return status, ""


@pytest.fixture
def app(root: Path, tmp_path: Path) -> Iterator[Repository]:
    """A deployed app that answers `one`."""
    (tmp_path / "shop").mkdir()
    repository = Repository(root, "shop", tmp_path / "shop")
    repository.write(Dockerfile=GOOD, page="one")
    assert repository.push().exit == 0
    yield repository
    dokku(root, "--force", "apps:destroy", "shop")


@pytest.mark.parametrize("dockerfile", [NO_WAY_TO_RUN, EXITS_AT_ONCE])
def test_a_failed_deploy_leaves_the_old_release_serving(app: Repository, dockerfile: str) -> None:
    live = app.root / "home/dokku/shop/nginx.conf"
    before, file = app.head(), live.read_bytes()
    app.write(Dockerfile=dockerfile, page="two")
    assert app.push().exit == 1
    assert app.head() == before
    assert live.read_bytes() == file
    assert fetch(app.root, "shop") == (200, "one")


def test_the_old_process_serves_until_the_new_one_answers(app: Repository) -> None:
    app.write(Dockerfile=SLOW_TO_ANSWER, page="two")
    pushing = threading.Thread(target=app.push)
    pushing.start()
    seen = []
    while pushing.is_alive():
        seen.append(fetch(app.root, "shop"))
    assert set(seen) <= {(200, "one"), (200, "two")}
    assert fetch(app.root, "shop") == (200, "two")


def test_a_failing_build_leaves_the_lock_file_and_the_next_push_works(app: Repository) -> None:
    app.write(Dockerfile=NO_WAY_TO_RUN)
    assert app.push().exit == 1
    assert dokku(app.root, "apps:locked", "shop").exit == 0
    app.write(Dockerfile=GOOD)
    assert app.push().exit == 0
    assert dokku(app.root, "apps:locked", "shop").exit == 1


@pytest.fixture
def recording(root: Path, tmp_path: Path) -> Iterator[Path]:
    """The recording plugin, with whose hooks a test decides how a trigger ends."""
    url = recorder.make(tmp_path / "recorder")
    assert dokku(root, "plugin:install", url, "--name", "ansible-deploy").exit == 0
    yield root
    for name in recorder.TRIGGERS:
        recorder.answer_with(root, name, 0)
    dokku(root, "plugin:uninstall", "ansible-deploy")


# What a failing hook does to a push: its exit status (facts, section 1.2).
ENDINGS = {
    "core-post-extract": 1,
    "post-extract": 0,
    "pre-receive-app": 0,
    "pre-build": 1,
    "post-build": 1,
    "pre-release-builder": 1,
    "post-release-builder": 1,
    "pre-deploy": 1,
    "check-deploy": 1,
    "core-post-deploy": 1,
    "post-deploy": 1,
    "post-config-update": 0,
    "builds-record-finalize": 0,
}


@pytest.mark.parametrize("trigger", ENDINGS)
def test_a_failing_hook_ends_a_push_or_not(recording: Path, app: Repository, trigger: str) -> None:
    before = app.head()
    recorder.answer_with(recording, trigger, 3)
    app.write(page="two")
    answer = app.push()
    assert answer.exit == ENDINGS[trigger], answer.stdout
    assert (app.head() == before) is (answer.exit == 1)


def test_a_failing_post_deploy_leaves_the_new_release_live(
    recording: Path, app: Repository
) -> None:
    recorder.answer_with(recording, "post-deploy", 3)
    app.write(page="two")
    assert app.push().exit == 1
    assert fetch(recording, "shop") == (200, "two")


def test_plugn_loses_backslashes_of_variables(recording: Path) -> None:
    recorder.taken(recording)
    environment = {"PATH": "/usr/bin:/bin", "TRAP": r'{"a": "b\\n\"c\""}'}
    subprocess.run([recording / "bin/dokku", "apps:create", "trap"], env=environment, check=True)
    row = next(row for row in recorder.taken(recording) if row["trigger"] == "post-create")
    assert row["env"]["TRAP"] == '{"a": "b\\n"c""}'
    dokku(recording, "--force", "apps:destroy", "trap")


def test_a_hook_that_is_not_executable_is_skipped_with_a_warning(recording: Path) -> None:
    hooks = recording / "var/lib/dokku/plugins/available/ansible-deploy"
    (hooks / "post-create").unlink()
    (hooks / "post-create").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    answer = dokku(recording, "apps:create", "quiet")
    assert answer.exit == 0
    assert "not executable" in answer.stderr
    dokku(recording, "--force", "apps:destroy", "quiet")
