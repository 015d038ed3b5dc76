"""Pipes: what counts as whole, who is stopped when, and that nobody outlives us."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import pipes
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.pipes import (
    Answer,
    Broken,
    Program,
)
from tests.backups.processes import children, gone, is_alive
from tests.waiting import wait_for

FOREVER = "while :; do sleep 1; done"


def shell(words: str) -> Program:
    return Program(("/bin/sh", "-c", words))


def broken(source: str, sink: str, **options: object) -> Broken:
    with pytest.raises(Broken) as raised:
        pipes.carry(shell(source), shell(sink), **options)  # type: ignore[arg-type]
    return raised.value


def test_what_passes_is_counted_and_hashed() -> None:
    flow, said = pipes.carry(shell("head -c 5000000 /dev/zero; printf end"), shell("md5sum"))
    data = bytes(5_000_000) + b"end"
    assert (flow.size, flow.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert (flow.head, flow.tail) == (data[:64], data[-64:])
    assert said.split()[0] == hashlib.md5(data).hexdigest()


def test_a_short_flow_is_its_own_head_and_tail() -> None:
    flow, _ = pipes.carry(shell("printf a; sleep 0.05; printf bc"), shell("cat"))
    assert (flow.size, flow.head, flow.tail) == (3, b"abc", b"abc")


@pytest.mark.parametrize("end", ["exit 3", "kill -KILL $$", "kill -TERM $$"])
def test_a_sink_sees_no_end_of_what_a_source_did_not_finish(tmp_path: Path, end: str) -> None:
    mark = tmp_path / "end-was-seen"
    error = broken(f"printf half; echo torn >&2; {end}", f"cat; touch {mark}")
    assert (error.side, error.message) == ("source", "torn")
    assert not mark.exists()


def test_a_sink_sees_no_end_of_what_is_not_accepted(tmp_path: Path) -> None:
    mark = tmp_path / "end-was-seen"
    error = broken("printf x", f"cat; touch {mark}", accept=lambda flow: f"{flow.size} is little")
    assert (error.side, error.message) == ("form", "1 is little")
    assert not mark.exists()


def test_a_sink_that_fails_stops_the_source(tmp_path: Path) -> None:
    wait = f"until [ -s {tmp_path}/pid ]; do sleep 0.05; done"
    error = broken(f"echo $$ >{tmp_path}/pid; {FOREVER}", f"{wait}; echo no space >&2; exit 4")
    assert (error.side, error.message, error.status) == ("sink", "no space", 4)
    gone(tmp_path / "pid")


@pytest.mark.parametrize("amount", ["1000", "100000000"])
def test_a_sink_that_ends_before_the_source_is_broken(amount: str) -> None:
    error = broken(f"head -c {amount} /dev/zero; sleep 0.2; printf more", "exit 0")
    assert (error.side, error.message) == ("sink", "it ended before it had read everything")


def test_a_sink_may_end_when_it_has_all(tmp_path: Path) -> None:
    flow, said = pipes.carry(shell("printf abc; sleep 0.2"), shell("head -c 3"))
    assert (flow.size, said) == (3, "abc")


def test_a_program_that_is_not_there_is_told() -> None:
    absent = Program(("/nowhere/restic",))
    for source, sink, side in ((absent, shell("cat"), "source"), (shell("cat"), absent, "sink")):
        with pytest.raises(Broken) as raised:
            pipes.carry(source, sink)
        assert raised.value.side == side
        assert "cannot start /nowhere/restic" in str(raised.value)


@pytest.mark.parametrize(
    ("source", "sink"),
    [(FOREVER, "cat"), ("cat /dev/zero", FOREVER), ("printf x", f"cat; {FOREVER}")],
)
def test_time_is_bounded_at_each_side(tmp_path: Path, source: str, sink: str) -> None:
    error = broken(
        f"echo $$ >{tmp_path}/1; {source}", f"echo $$ >{tmp_path}/2; {sink}", seconds=0.5
    )
    assert error.side == "time"
    gone(tmp_path / "1")
    gone(tmp_path / "2")


def test_a_program_runs_beside_what_its_caller_does(tmp_path: Path) -> None:
    with pipes.running(shell(f"echo $$ >{tmp_path}/pid; printf done; echo why >&2; exit 3")) as end:
        wait_for((tmp_path / "pid").exists)
        assert end() == Answer(3, "done", "why\n")


@pytest.mark.parametrize("seconds", [None, 0.5])
def test_it_ends_with_its_caller_and_in_time(tmp_path: Path, seconds: float | None) -> None:
    def work() -> None:
        words = f"echo $$ >{tmp_path}/1; ({FOREVER}) & echo $! >{tmp_path}/2; {FOREVER}"
        with pipes.running(shell(words), seconds=seconds) as end:
            wait_for(lambda: (tmp_path / "2").exists() and (tmp_path / "2").read_text())
            if not seconds:
                raise Broken("form", "the caller's own")
            end()

    with pytest.raises(Broken) as raised:
        work()
    assert raised.value.side == ("time" if seconds else "form")
    gone(tmp_path / "1")
    gone(tmp_path / "2")


def test_children_of_a_side_end_as_well(tmp_path: Path) -> None:
    error = broken(f"(echo $$ >{tmp_path}/pid; {FOREVER}) & sleep 0.1; exit 1", "cat")
    assert error.side == "source"
    gone(tmp_path / "pid")


def test_much_on_standard_error_stops_nobody() -> None:
    noise = "head -c 3000000 /dev/zero | tr '\\0' x >&2"
    flow, said = pipes.carry(shell(f"{noise}; printf abc"), shell(f"{noise}; cat"))
    assert (flow.size, said) == (3, "abc")


def test_last_words_show_no_data_and_no_password() -> None:
    said = "ERROR: bad https://u:secret@h/x\\nCONTEXT: COPY t, line 1: secret\\nDETAIL: (secret)"
    error = broken(f"printf '{said}\\n' >&2; exit 1", "cat")
    assert error.message == "ERROR: bad https://***@h/x"


def test_bytes_are_fed_and_taken_within_limits() -> None:
    assert pipes.feed(b"x" * 3_000_000, shell("wc -c")).strip() == "3000000"
    assert pipes.take(shell("printf abc"), limit=3) == b"abc"
    with pytest.raises(Broken) as more:
        pipes.take(shell("cat /dev/zero"), limit=3)
    assert more.value.side == "form"
    with pytest.raises(Broken) as failed:
        pipes.take(shell("printf abc; exit 1"), limit=3)
    assert failed.value.side == "source"
    with pytest.raises(Broken) as left:
        pipes.feed(b"x" * 3_000_000, shell("exit 0"))
    assert left.value.side == "sink"


def test_a_run_tells_how_it_ended() -> None:
    answer = pipes.run(shell("echo out; echo err >&2; exit 7"))
    assert (answer.exit, answer.stdout, answer.stderr) == (7, "out\n", "err\n")
    with pytest.raises(Broken) as raised:
        pipes.run(shell(FOREVER), seconds=0.3)
    assert raised.value.side == "time"


def test_who_tidies_up_is_asked_to_end_first(tmp_path: Path) -> None:
    ready = f"{tmp_path}/ready"
    tidy = shell(f"trap 'touch {tmp_path}/tidy; exit 1' INT; touch {ready}; {FOREVER}")
    sink = Program(tidy.words, farewell=signal.SIGINT)
    with pytest.raises(Broken):
        pipes.carry(shell(f"until [ -e {ready} ]; do sleep 0.05; done; exit 1"), sink)
    assert (tmp_path / "tidy").exists()


def test_without_hope_there_is_no_waiting() -> None:
    sink = Program(
        shell(f"echo again and again >&2; {FOREVER}").words, hopeless=lambda w: "again" in w
    )
    with pytest.raises(Broken) as raised:
        pipes.carry(shell(FOREVER), sink)
    assert (raised.value.side, raised.value.message) == ("sink", "again and again")


def test_no_descriptors_and_no_processes_are_left_behind() -> None:
    def attempt() -> set[str]:
        broken("exit 1", "cat")
        pipes.carry(shell("printf x"), shell("cat"))
        return set(os.listdir("/proc/self/fd"))

    before = children(os.getpid())
    assert attempt() == attempt()
    assert children(os.getpid()) == before


PUMP = """\
import sys
from ansible_collections.ansible_deploy.dokku.plugins.module_utils import pipes
source, sink = (pipes.Program(("/bin/sh", "-c", words)) for words in sys.argv[1:])
pipes.carry(source, sink)
"""


@pytest.mark.parametrize("number", range(5))
def test_when_we_are_killed_a_sink_sees_no_end(tmp_path: Path, number: int) -> None:
    mark = tmp_path / "end-was-seen"
    source = f"echo $$ >{tmp_path}/1; head -c 300000 /dev/zero; {FOREVER}"
    sink = f"echo $$ >{tmp_path}/2; cat >{tmp_path}/data; touch {mark}"
    pump = subprocess.Popen([sys.executable, "-c", PUMP, source, sink])
    try:
        data = tmp_path / "data"
        wait_for(lambda: data.exists() and data.stat().st_size == 300_000)
    finally:
        pump.kill()
        pump.wait()
    gone(tmp_path / "1")
    gone(tmp_path / "2")
    assert not mark.exists()


def test_all_of_a_group_is_known_by_its_leader(tmp_path: Path) -> None:
    pump = subprocess.Popen([sys.executable, "-c", PUMP, FOREVER, FOREVER])
    wait_for(lambda: len(children(pump.pid)) == 3)
    processes = children(pump.pid)
    pump.kill()
    pump.wait()
    wait_for(lambda: not any(map(is_alive, processes)))
