"""The crontab: what Dokku writes into it and when, and what happens to its lines."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.dokku import crontab
from tests.sandbox import recorder
from tests.sandbox.conftest import control
from tests.sandbox.pushes import Repository
from tests.sandbox.recordings import Answer, dokku

HEAD = "PATH=/usr/local/bin:/usr/bin:/bin\nSHELL=/bin/bash\n\n"
UPDATED = "-----> Updated schedule file\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A sandbox with a plugin whose programs the tests write."""
    work = tmp_path_factory.mktemp("cron")
    root = work / "host"
    try:
        started = control(root, "up", "--without-plugin")
        assert started.returncode == 0, started.stdout + started.stderr
        url = recorder.make(work / "plugin")
        assert dokku(root, "plugin:install", url, "--name", "ansible-deploy").exit == 0
        for name in recorder.TRIGGERS:
            (home(root) / name).unlink()
        yield root
    finally:
        control(root, "down", "--remove")


def home(root: Path) -> Path:
    return root / "var/lib/dokku/plugins/available/ansible-deploy"


def program(root: Path, name: str, text: str) -> None:
    file = home(root) / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/bash\n{text}\n", encoding="utf-8")
    file.chmod(0o755)


def table(root: Path) -> str:
    file = root / "var/spool/cron/crontabs/dokku"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def rewritten(root: Path, entries: str) -> Answer:
    """Answer `cron-entries` with a text and let the crontab be written."""
    (root / "entries").write_text(entries, encoding="utf-8")
    program(root, "cron-entries", f'[ "$1" = docker-local ] && cat {root}/entries')
    return dokku(root, "cron:set", "--global", "mailfrom")


@pytest.fixture
def entries(root: Path) -> Iterator[Path]:
    """No line of another test is left."""
    yield root
    rewritten(root, "")
    assert table(root) == ""


def test_what_plugins_answer_is_written(entries: Path) -> None:
    lines = "5 3 * * * ;dokku one\n*/10 1-4 * jan sun;dokku two;/var/log/dokku/two.log\n"
    assert rewritten(entries, lines).stdout == f"=====> Unsetting mailfrom\n{UPDATED}"
    two = "*/10 1-4 * jan sun dokku two &>> /var/log/dokku/two.log\n"
    assert table(entries) == f"{HEAD}5 3 * * *  dokku one\n{two}"
    answer = dokku(entries, "cron:list", "--global", "--format", "json")
    assert [row["command"] for row in json.loads(answer.stdout)] == ["dokku one", "dokku two"]


def test_one_empty_line_loses_all_that_plugins_answer(entries: Path) -> None:
    answer = rewritten(entries, "\n\n5 3 * * *;dokku one\n\n6 3 * * *;dokku two\n")
    assert answer.exit == 0
    assert table(entries) == ""
    listed = dokku(entries, "cron:list", "--global", "--format", "json").stdout
    assert len(json.loads(listed)) == 2


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("5 3 * * * dokku one", "Invalid injected cron task: 5 3 * * * dokku one"),
        ("5 3 * * *;a;b;c", "Invalid injected cron task: 5 3 * * *;a;b;c"),
        ("60 3 * * *;dokku one", 'Unable to update schedule file: "-":4: bad minute'),
        ("5 3 * *;dokku", 'Unable to update schedule file: "-":4: bad day-of-week'),
    ],
)
def test_a_wrong_line_leaves_the_crontab_as_it_was(
    entries: Path, line: str, complaint: str
) -> None:
    rewritten(entries, "5 3 * * *;dokku kept\n")
    answer = rewritten(entries, f"{line}\n")
    assert answer.exit == 1
    assert f" !     {complaint}\n" in answer.stderr
    assert table(entries) == f"{HEAD}5 3 * * * dokku kept\n"


def test_a_plugin_has_it_written_from_a_subcommand(entries: Path) -> None:
    (entries / "entries").write_text("5 3 * * *;dokku one\n", encoding="utf-8")
    program(entries, "subcommands/due", 'plugn trigger scheduler-cron-write "$2" "$3"')
    assert dokku(entries, "ansible-deploy:due", "k3s", "app") == Answer(0, "", "")
    assert table(entries) == ""
    assert dokku(entries, "ansible-deploy:due", "docker-local", "app") == Answer(0, UPDATED, "")
    assert table(entries) == f"{HEAD}5 3 * * * dokku one\n"
    program(entries, "subcommands/due", "env -u DOKKU_PID plugn trigger scheduler-cron-write")
    assert dokku(entries, "ansible-deploy:due").stderr == " !     DOKKU_PID not set!\n"
    program(entries, "subcommands/due", "env -u PLUGIN_PATH plugn trigger scheduler-cron-write")
    assert dokku(entries, "ansible-deploy:due").exit == 2


def test_it_is_written_when_an_app_is_deployed_renamed_stopped_or_destroyed(
    entries: Path, tmp_path: Path
) -> None:
    repository = Repository(entries, "timed", tmp_path)
    repository.write(**{"index.html": "here"})
    rewritten(entries, "0 3 * * *;dokku\n")
    assert repository.push().exit == 0
    commands = (
        ("ps:rebuild", "timed"),
        ("ps:stop", "timed"),
        ("apps:rename", "--skip-deploy", "timed", "named"),
        ("--force", "apps:destroy", "named"),
    )
    for number, words in enumerate(commands, start=1):
        (entries / "entries").write_text(f"{number} 3 * * *;dokku\n", encoding="utf-8")
        assert dokku(entries, *words).exit == 0, words
        assert table(entries) == f"{HEAD}{number} 3 * * * dokku\n", words


def test_a_line_runs_as_cron_would_run_it(entries: Path) -> None:
    program(entries, "subcommands/job", 'env >"$2"; pwd; tty; cat; echo loud >&2; exit 7')
    found = entries / "environment"
    rewritten(entries, f"5 3 * * *;dokku ansible-deploy:job {found}%in%put\n6 3 * * *;false &> x\n")
    done = control(entries, "cron", "ansible-deploy:job")
    assert (done.returncode, done.stderr) == (7, "loud\n")
    assert done.stdout == f"{entries}/home/dokku\nnot a tty\nin\nput"
    variables = dict(line.split("=", 1) for line in found.read_text().splitlines())
    assert variables["HOME"] == f"{entries}/home/dokku"
    assert variables["SHELL"] == "/bin/bash"
    assert variables["PATH"] == f"{entries}/bin:/usr/local/bin:/usr/bin:/bin"
    assert {"LANG", "LC_ALL", "USER", "SSH_CLIENT", "DOKKU_SANDBOX"}.isdisjoint(variables)
    assert (entries / "home/dokku/x").exists() is False


def test_all_lines_run_and_the_first_failure_counts(entries: Path) -> None:
    assert rewritten(entries, "@daily;echo one\n1 1 1 1 1;exit 3\n2 2 * * 2;exit 4\n").exit == 0
    done = control(entries, "cron")
    assert (done.returncode, done.stdout) == (3, "one\n")
    assert control(entries, "cron", "@daily").returncode == 0
    nothing = control(entries, "cron", "nowhere")
    assert nothing.returncode == 1
    assert "contains 'nowhere'" in nothing.stderr


def test_a_call_from_a_subcommand_is_logged_and_can_be_killed(entries: Path) -> None:
    survived = entries / "survived"
    program(entries, "subcommands/twice", f"dokku apps:list; dokku version; touch {survived}")
    dokku(entries, "ansible-deploy:twice")
    rows = (entries / "log/calls.jsonl").read_text(encoding="utf-8").splitlines()[-3:]
    found = [(r["argv"][0], r["trigger"], r["subcommand"]) for r in map(json.loads, rows)]
    assert found == [
        ("apps:list", None, "ansible-deploy:twice"),
        ("version", None, "ansible-deploy:twice"),
        ("ansible-deploy:twice", None, None),
    ]
    survived.unlink()
    (entries / "fault.json").write_text('{"at": 2, "moment": "before"}', encoding="utf-8")
    assert dokku(entries, "ansible-deploy:twice").exit == 137
    assert not survived.exists()


@pytest.mark.parametrize(
    "line",
    [
        "* * * * *",
        "1-5-7 * * * * x",
        "5/2 * * * * x",
        "*/0 * * * * x",
        "* 24 * * * x",
        "* * 0 * * x",
        "* * * 13 * x",
        "* * * * 8 x",
        "* * * may-jan * x",
        "@never x",
        "five 3 * * * x",
    ],
)
def test_crontab_refuses(line: str) -> None:
    with pytest.raises(crontab.BadCrontab, match='"-":2: bad'):
        crontab.parse(f"# comment\n{line}\n")


def test_crontab_reads_what_cron_knows() -> None:
    text = 'A=1\n\n B = "2 3"\n1,2-5/2 */2 1-31 jan-dec sun,6-7 run 5\\% now%in\n@hourly x\n'
    found = crontab.parse(text)
    assert found.variables == {"A": "1", "B": "2 3"}
    assert [(job.command, job.stdin) for job in found.jobs] == [("run 5% now", "in"), ("x", "")]
    with pytest.raises(crontab.BadCrontab, match="missing newline"):
        crontab.parse("@daily x")
