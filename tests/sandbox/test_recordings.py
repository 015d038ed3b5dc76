"""The stand-in answers as the recorded Dokku 0.38.27 did: status and both outputs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.conftest import control
from tests.sandbox.recordings import RECORDINGS, Answer, Step, dokku, normalise, read

# In the order of the recording: they share the app rec-a.
SCENARIOS = ("apps", "config", "domains", "ports", "proxy", "ps", "storage", "end")
ELSEWHERE = {"letsencrypt", "services"}  # test_letsencrypt_recording.py, test_services.py

Pairs = list[tuple[Step, Answer]]


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Pairs]]]:
    """The answers of a fresh sandbox to all scenarios."""
    root = tmp_path_factory.mktemp("replay") / "host"
    try:
        started = control(root, "up", "--without-plugin")
        assert started.returncode == 0, started.stderr
        dokku(root, "domains:set-global", "dk.local")  # as on the recorded host
        dokku(root, "cron:set", "--global", "mailto", "a@b.c")
        yield root, {name: [(step, play(root, step)) for step in read(name)] for name in SCENARIOS}
    finally:
        control(root, "down", "--remove")


def play(root: Path, step: Step) -> Answer:
    """Run a recorded command; its paths are those of the sandbox."""
    argv = [word.replace("/var/lib/dokku", f"{root}/var/lib/dokku") for word in step.argv]
    return dokku(root, *argv, stdin=step.stdin)


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_is_answered_as_recorded(
    replayed: tuple[Path, dict[str, Pairs]], name: str
) -> None:
    root, pairs = replayed
    wrong = []
    for step, answer in pairs[name]:
        expected = normalise(step.answer, root, step.argv)
        actual = normalise(answer, root, step.argv)
        if actual != expected:
            wrong.append(f"dokku {' '.join(step.argv)}\n  recorded {expected}\n  sandbox  {actual}")
    assert not wrong, "\n".join(wrong)


def test_every_transcript_is_replayed_or_listed() -> None:
    names = {os.path.splitext(path.name)[0] for path in RECORDINGS.glob("*.jsonl")}
    names.discard("triggers-of-a-push")
    assert names == set(SCENARIOS) | ELSEWHERE
