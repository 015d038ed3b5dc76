"""The guide's commands as they stand: the set-up, a drill, and the way to an empty second host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backups.servers.place import Place
from tests.backups.servers.s3 import s3
from tests.e2e.backups import Shop, Target
from tests.e2e.hosts import ROOT, SandboxHost, start_sandbox, web_app

GUIDE = ROOT / "docs/backups.md"
SECTION = re.compile(r"^## On a new server\n(.*?)^### ", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(
    r"^<!-- commands: (server|computer) -->\n```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
APP, TARGET = "shop", "offsite"
ADDRESS = "s3:https://s3.example.org/backups"
"""The only word of the commands that is another one here; what else they need are files."""

Blocks = list[tuple[str, str]]


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[Place]:
    """A target that is on neither host."""
    with s3(tmp_path) as place:
        yield place


@pytest.fixture
def lost(sandbox: SandboxHost, bucket: Place, tmp_path: Path) -> Shop:
    """An app with data of every kind, a variable set by hand, and one backup."""
    shop = Shop(sandbox, APP, tmp_path / "tree")
    shop.target(bucket, TARGET).set_up()
    sandbox.dokku("ansible-deploy:set", APP, "final-backup", "skip")
    sandbox.dokku("config:set", "--no-restart", APP, "TOKEN=set by hand")
    shop.push()
    shop.fill("precious")
    shop.backup()
    return shop


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[SandboxHost]:
    """A new server: Dokku and this plugin, and nothing else."""
    host = start_sandbox(tmp_path / "new", tmp_path / "work")
    yield host
    host.down()


@pytest.fixture
def computer(lost: Shop, tmp_path: Path) -> Path:
    """A clone of the app's repository, as somebody has it who can push."""
    folder = tmp_path / "computer"
    lost.host.git(lost.host.repository(APP), "clone", "-q", ".", str(folder))
    return folder


def blocks() -> Blocks:
    """Where each block of the section is run, and its commands."""
    found = SECTION.search(GUIDE.read_text("utf-8"))
    assert found
    marked = BLOCK.findall(found[1])
    assert found[1].count("```sh") == len(marked) >= 5, "a block of commands has no mark"
    return marked


def test_the_commands_bring_an_app_back(
    lost: Shop, empty: SandboxHost, computer: Path, bucket: Place, tmp_path: Path
) -> None:
    before, backups = lost.data(), lost.backups()
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "password").write_text(Target(empty, bucket).password)
    lines = (f"{name}={value}\n" for name, value in bucket.credentials.items())
    (desk / "credentials").write_text("".join(lines))
    assert [*(empty.lib_root / "data/ansible-deploy/apps").iterdir()] == []
    assert empty.dokku("--quiet", "postgres:list", check=False).stdout == ""

    folders, said = {"server": desk, "computer": computer}, []
    for place, commands in blocks():
        script = commands.replace(ADDRESS, bucket.address)
        words = ("env", "--chdir", str(folders[place]), "bash", "-euxo", "pipefail", "-c", script)
        answer = empty.run(*words)
        assert answer.exit == 0, answer.output
        said.append(answer.output)
        if place == "computer":
            assert Shop(empty, APP, tmp_path).backups() == backups, "an empty database was saved"

    found = Shop(empty, APP, tmp_path)
    assert found.data() == before
    assert empty.dokku("config:get", APP, "TOKEN").stdout == "set by hand\n"
    assert empty.get(f"{APP}.dokku.sandbox") == (200, "hello")
    assert len(empty.dokku("--quiet", "postgres:list").stdout.split()) == 1
    newest, *others = found.backups()
    assert (newest["reason"], newest["proven"]) == ("manual", True)
    assert [row["id"] for row in others] == [row["id"] for row in backups]
    assert empty.dokku("ansible-deploy:plan", APP, check=False).exit == 0
    pushed = next(text for text in said if "Application deployed" in text)
    assert f"backups: not done yet: {TARGET}: 1 backup of {APP} from before is there" in pushed
    assert any(f"{APP} has the data of backup {backups[0]['id']}" in text for text in said)


def test_nothing_else_stands_in_the_commands_that_is_not_the_readers() -> None:
    text = "".join(commands for _, commands in blocks())
    assert ADDRESS in text
    assert set(re.findall(r"\S*example\.org\S*", text)) == {ADDRESS, f"dokku@new.example.org:{APP}"}
    assert set(re.findall(r"< (\S+)", text)) == {"password", "credentials"}


def section(title: str) -> str:
    """The text below a heading, up to the next one."""
    found = re.search(rf"^##+ {title}\n(.*?)^##", GUIDE.read_text("utf-8"), re.M | re.S)
    assert found
    return found[1]


def typed(title: str) -> list[str]:
    """The commands of `dokku` that a section tells to type."""
    found: list[str] = re.findall(r"^    (dokku .*)$", section(title), re.M)
    return found


def test_it_is_set_up_and_drilled_as_the_guide_says(
    sandbox: SandboxHost, bucket: Place, tmp_path: Path
) -> None:
    shop, drill = Shop(sandbox, APP, tmp_path / "tree"), Shop(sandbox, f"{APP}-drill", tmp_path)
    shop.push()
    shop.fill("old")
    lines = (f"{name}={value}\n" for name, value in bucket.credentials.items())
    (tmp_path / "credentials").write_text("".join(lines))

    def run(command: str, *, stdin: str = "") -> str:
        answer = sandbox.run("env", "--chdir", str(tmp_path), "bash", "-euc", command, stdin=stdin)
        assert answer.exit == 0, answer.output
        return answer.output

    setting_up = typed("Set it up")
    assert len(setting_up) == 5
    said = [run(command.replace(ADDRESS, bucket.address)) for command in setting_up]
    assert "its password, shown only now" in said[0]
    assert "is proven to restore" in said[-1]
    shop.fill("new")

    (overlay,) = re.findall(r"^```yaml\n(.*?)^```", section("Drills"), re.M | re.S)
    deploy = {"deploy.yml": f"port: 5000\n{shop.wish}", f"deploy.{drill.app}.yml": overlay}
    tree = web_app(tmp_path / "drill", {f"deploy.d/{name}": deploy[name] for name in deploy})
    answer = sandbox.push(drill.app, tree)
    assert answer.exit == 0, answer.output
    restore, confirm, destroy = typed("Drills")
    backup = shop.backups()[0]["id"]
    run(restore.replace("77c4a298", backup))
    assert set(drill.marks().values()) == {"old"}
    assert set(shop.marks().values()) == {"new"}
    run(confirm)
    left = run(destroy, stdin=f"{drill.app}\n")
    sandbox.made.remove(drill.app)
    assert f"{drill.app}-postgres" in left
    assert set(shop.marks().values()) == {"new"}
