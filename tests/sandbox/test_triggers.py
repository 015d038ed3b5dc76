"""Which trigger fires when, with which arguments, input, lock and environment: as recorded."""

from __future__ import annotations

import ast
import io
import json
import re
import shlex
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import recorder
from tests.sandbox.conftest import control
from tests.sandbox.pushes import Repository
from tests.sandbox.recordings import RECORDINGS, dokku

DOCKERFILE = (
    "FROM dkbase:local\nWORKDIR /app\nCOPY . /app\nEXPOSE 5000\nCMD exec {python}\n".format(
        python='python3 -u -m http.server "$PORT"'
    )
)
# Variables that only one of the two hosts has, and why.
LEFT_OUT = (
    r"PARALLEL_.*|SSHPASS|TMPDIR",  # GNU parallel starts the recorded containers
    r"LC_CTYPE",  # the recording program's own Python set it
    r"FINGERPRINT|SSH_CLIENT|SSH_CONNECTION",  # the recorded push came without an sshd
)


@dataclass(frozen=True)
class Fired:
    """What is compared of a trigger."""

    name: str
    args: tuple[str, ...]
    stdin: str
    locked: bool


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A sandbox with the recording plugin."""
    work = tmp_path_factory.mktemp("triggers")
    root = work / "host"
    try:
        started = control(root, "up", "--without-plugin")
        assert started.returncode == 0, started.stderr
        url = recorder.make(work / "recorder")
        installed = dokku(root, "plugin:install", url, "--name", "ansible-deploy")
        assert installed.exit == 0, installed.stderr
        dokku(root, "domains:set-global", "dk.local")
        yield root
    finally:
        control(root, "down", "--remove")


@pytest.fixture(scope="module")
def repository(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The app that the recorded commands act on."""
    repository = Repository(root, "app1", tmp_path_factory.mktemp("app1"), branch="master")
    repository.write(Dockerfile=DOCKERFILE)
    return repository


@pytest.fixture(scope="module")
def first_push(root: Path, repository: Repository) -> list[dict[str, Any]]:
    """The triggers of a first push."""
    assert repository.push().exit == 0
    return recorder.taken(root)


def recorded_push() -> list[dict[str, Any]]:
    """The recorded triggers of a first push."""
    text = (RECORDINGS / "triggers-of-a-push.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_push_fires_the_recorded_triggers(first_push: list[dict[str, Any]]) -> None:
    assert [fired(row) for row in first_push] == [fired(row) for row in recorded_push()]


def test_triggers_of_a_push_run_where_they_were_recorded(first_push: list[dict[str, Any]]) -> None:
    assert [place(row["cwd"]) for row in first_push] == [
        place(row["cwd"]) for row in recorded_push()
    ]


def test_triggers_of_a_push_have_the_recorded_variables(first_push: list[dict[str, Any]]) -> None:
    wrong = []
    for actual, expected in zip(first_push, recorded_push(), strict=True):
        have, wanted = variables(actual), variables(expected)
        if have != wanted:
            wrong.append(f"{actual['trigger']}: missing {wanted - have}, too many {have - wanted}")
    assert not wrong, "\n".join(wrong)


def variables(row: dict[str, Any]) -> set[str]:
    """Return the names of a trigger's variables."""
    names = set(row["env"])
    return {name for name in names if not any(re.fullmatch(rule, name) for rule in LEFT_OUT)}


def place(path: str) -> str:
    """Return which directory a path means."""
    if "git_build_app_repo" in path:
        return "work"
    found = re.search(r"/home/dokku.*", path)
    return found[0] if found else path


def fired(row: dict[str, Any]) -> Fired:
    """Return what is compared of a recorded trigger."""
    stdin = re.sub(r"^pipe.*", "pipe", row["stdin"])
    return Fired(row["trigger"], arguments(row["args"]), stdin, bool(row["lock"]))


def arguments(words: list[str]) -> tuple[str, ...]:
    """Return arguments without what differs from run to run."""
    return tuple(argument(word) for word in words)


def argument(word: str) -> str:
    """Return one argument, without ids, addresses and temporary paths."""
    for pattern, mark in (
        (r".*/tmp/dokku-\d+-git_build_app_repo\..*", "WORK"),
        (r"[0-9a-f]{64}", "CONTAINER"),
        (r"[0-9a-f]{40}", "REVISION"),
        (r"172\.17\.0\.\d+|127\.0\.0\.1", "ADDRESS"),
        (r"[a-z0-9]{14}", "BUILD"),
    ):
        if re.fullmatch(pattern, word):
            return mark
    return word


LINE = re.compile(
    r"    (?P<name>\S+) (?P<args>\[.*\]) cwd=(?P<cwd>\S*) in=(?P<stdin>\S+) (?P<lock>lock|-) "
    r".*SRC=(?P<source>\S+) FORCE=(?P<force>\S+)"
)


@dataclass(frozen=True)
class Command:
    """One recorded command with its triggers."""

    words: str
    status: int
    rows: tuple[tuple[Fired, str, str], ...]


def recorded_commands() -> list[Command]:
    """Return the recorded commands in their order: they build on each other."""
    text = (RECORDINGS / "triggers-by-command.txt").read_text(encoding="utf-8")
    found = []
    for section in text.split("######## ")[1:]:
        head, status, *lines = section.splitlines()
        matches = [match for line in lines if (match := LINE.match(line))]
        rows = tuple(recorded_row(match) for match in matches)
        found.append(Command(head, int(status.removeprefix("rc=")), rows))
    return found


def recorded_row(match: re.Match[str]) -> tuple[Fired, str, str]:
    """Return a line of the recording."""
    stdin = "pipe" if match["stdin"].startswith("pipe") else match["stdin"]
    words = arguments(ast.literal_eval(match["args"]))
    event = Fired(match["name"], words, stdin, match["lock"] == "lock")
    return event, match["source"], match["force"]


def test_commands_fire_the_recorded_triggers(
    root: Path, repository: Repository, first_push: list[dict[str, Any]], tmp_path: Path
) -> None:
    prepare(root, tmp_path)
    wrong = []
    for command in recorded_commands():
        recorder.taken(root)
        status = run(root, command.words, tmp_path)
        actual = [as_recorded(row) for row in recorder.taken(root)]
        if (status, actual) != (command.status, list(command.rows)):
            wrong.append(f"{command.words} -> {status}\n" + difference(command, actual))
    assert not wrong, "\n".join(wrong)


def prepare(root: Path, scratch: Path) -> None:
    """Make the image, the archive and the settings that the recorded host had."""
    image = scratch / "image"
    image.mkdir()
    (image / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
    assert control(root, "image", "local-image:1", str(image)).returncode == 0
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        info = tarfile.TarInfo("Dockerfile")
        info.size = len(DOCKERFILE)
        archive.addfile(info, io.BytesIO(DOCKERFILE.encode()))
    (scratch / "a.tar").write_bytes(data.getvalue())


def run(root: Path, words: str, scratch: Path) -> int:
    """Run a recorded command, without input or with the recorded archive."""
    is_archive = words.startswith("bash")
    argv = ["git:from-archive", "app2", "--"] if is_archive else shlex.split(words)[1:]
    data = (scratch / "a.tar").read_bytes() if is_archive else None
    given: dict[str, Any] = {"input": data} if data else {"stdin": subprocess.DEVNULL}
    program = [str(root / "bin/dokku"), *argv]
    return subprocess.run(program, capture_output=True, cwd="/", check=False, **given).returncode


def as_recorded(row: dict[str, Any]) -> tuple[Fired, str, str]:
    """Return what was fired in the shape of the recording."""
    environment = row["env"]
    source = environment.get("DOKKU_BUILD_SOURCE", "-")
    return fired(row), source, environment.get("DOKKU_APPS_FORCE_DELETE", "-")


def difference(command: Command, actual: list[tuple[Fired, str, str]]) -> str:
    """Say what is recorded and what was fired."""
    expected = list(command.rows)
    lines = []
    for number in range(max(len(expected), len(actual))):
        want = expected[number] if number < len(expected) else None
        have = actual[number] if number < len(actual) else None
        if want != have:
            lines.append(f"   recorded {want}\n   fired    {have}")
    return "\n".join(lines)
