"""Every folder of tests/cases/hostile on a real host: refused in its words, and nothing changes.

The app is provisioned and running before. Every case that is more than files of text is pushed, and
of the others the first of each family, for a push takes a second. The rest comes as an archive to
`ansible-deploy:validate APP -`, and so does what git cannot carry.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.materialise import archive, materialise, recipe
from tests.e2e.hosts import ROOT, Answer, Host, web_app

APP = "shop"
"""The app that the cases name in their words."""

CASES = ROOT / "tests/cases/hostile"
NAMES = sorted(path.parent.name for path in CASES.glob("*/expected.txt"))
NOT_FOR_GIT = ("archive", "pipes", "hard_links")
"""What a commit leaves out (a hard link becomes a plain file)."""

PUSHED_OF_A_FAMILY = 3
"""How many cases are pushed whose names begin with the same word."""

NOT_FOR_TAR = ("sockets",)
"""What neither git nor tar can carry: only a unit test can show it to us."""

WRITTEN_BY_DOKKU = re.compile(
    "|".join(
        [
            r"home/shop/FETCH_HEAD",  # git, of a push that the hook declines
            r"home/shop/objects(/.*)?",  # so are these; git removes them in its own time
            r"home/shop/GIT_REV_PENDING",
            r"lib/config/builder(/shop(/detected)?)?",  # which builder would build
            r"lib/data/nginx-vhosts/app-shop/nginx\.conf\.sigil\.\d+\.missing",
            r"lib/data/(app-json|ps)(/shop(/[\w.]+\.\d+\.missing)?)?",  # no such file in this push
            r"lib/data/apps/shop/\.deploy\.lock",
            r"lib/data/builds/shop(/\w+\.(json|log))?",  # the log of the build that was refused
            r"lib/services/\w+/[^/]+/data/.*",  # what a running database of another test writes
        ]
    )
)
WRITTEN_BY_US = re.compile(
    r"lib/data/ansible-deploy/apps/shop(/(refused|incoming|incoming\.json|settled).*)?"
)
"""The verdict, and what it puts out of force: what the push before had captured."""

State = dict[str, tuple[object, ...]]


def can_travel(name: str) -> bool:
    """Whether anything can bring this case to a host."""
    return not set(recipe(CASES / name)) & set(NOT_FOR_TAR)


@pytest.fixture(scope="module")
def shop(shared_host: Host, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host with one app, provisioned and running."""
    if shared_host.dokku("apps:exists", APP, check=False).exit == 0:
        pytest.skip(f"this host has an app called {APP}")
    good = {"deploy.d/deploy.yml": "port: 5000\ndomains: [e2e-shop.example.org]\nenv: {A: '1'}\n"}
    answer = shared_host.push(APP, web_app(tmp_path_factory.mktemp("shop"), good))
    assert answer.exit == 0, answer.output
    yield shared_host
    if APP in shared_host.made:
        shared_host.clear_one(APP)


@pytest.fixture
def vault_password(name: str, shop: Host) -> Iterator[None]:
    """The password that the server has in this case, if it has one."""
    password = CASES / name / "vault-password"
    if password.is_file():
        shop.dokku("ansible-deploy:vault-password", APP, stdin=password.read_bytes())
    yield
    (shop.data(APP) / "vault-password").unlink(missing_ok=True)


@pytest.mark.usefixtures("vault_password")
@pytest.mark.parametrize("name", [name for name in NAMES if can_travel(name)])
def test_a_hostile_folder_is_refused_and_changes_nothing(name: str, shop: Host, tree: Path) -> None:
    tree.mkdir()
    before = read_state(shop)
    answer = send(shop, CASES / name, tree)
    after = read_state(shop)
    assert answer.exit != 0, answer.output
    said = {line.removeprefix(" !     ") for line in answer.output.splitlines()}
    assert {line.rstrip() for line in expected(name)} <= said, answer.output
    assert "Traceback" not in answer.output
    assert changed(before, after) == []


def test_at_least_sixty_of_them_are_pushed() -> None:
    assert sum(is_pushed(CASES / name) for name in NAMES) >= 60


def test_the_app_still_answers_after_all_of_them(shop: Host) -> None:
    assert shop.get("e2e-shop.example.org") == (200, "hello")
    assert shop.dokku("ansible-deploy:plan", APP, check=False).exit == 0


def expected(name: str) -> list[str]:
    """The lines in which the case is refused."""
    return (CASES / name / "expected.txt").read_text("utf-8").splitlines()


def send(host: Host, case: Path, tree: Path) -> Answer:
    """Give the case to the host in the way that can carry it."""
    stream = archive(case)
    if stream is None:
        materialise(case, tree)
        if is_pushed(case):
            # Dokku calls us in this tree, and some cases make us decrypt
            (tree / "ansible.cfg").write_text(f"[defaults]\nlog_path = {host.dokku_root}/log\n")
            return host.push(APP, tree, force=True)
        stream = packed(tree)
    words = ("ansible-deploy:validate", APP, "-")
    return host.dokku(*words, stdin=stream.getvalue(), check=False)


def is_pushed(case: Path) -> bool:
    """Whether the case is pushed: it is special and git can carry it, or stands for its family."""
    made = set(recipe(case))
    family = [name for name in NAMES if name.split("-")[0] == case.name.split("-")[0]]
    if made & set(NOT_FOR_GIT):
        return False
    return bool(made) or case.name in family[:PUSHED_OF_A_FAMILY]


def packed(tree: Path) -> io.BytesIO:
    """The tree as an archive; `deploy.d` stands last, so that its hard links are links."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for path in sorted(tree.iterdir(), reverse=True):
            tar.add(path, path.name)
    stream.seek(0)
    return stream


def read_state(host: Host) -> State:
    """All that lies below Dokku's two directories: kind, mode, and content or where it leads."""
    found: State = {}
    for label, root in (("home", host.dokku_root), ("lib", host.lib_root)):
        for folder, folders, files in os.walk(root):
            for entry in (*folders, *files):
                path = Path(folder, entry)
                found[f"{label}/{path.relative_to(root)}"] = describe(path)
    return found


def describe(path: Path) -> tuple[object, ...]:
    """What is compared of one path; of the plugin's Python, which is large, its times will do."""
    status = path.lstat()
    if path.is_symlink():
        return status.st_mode, path.readlink()
    if not stat.S_ISREG(status.st_mode):
        return (status.st_mode,)
    if "venv" in path.parts:
        return status.st_mode, status.st_size, status.st_mtime_ns
    content = path.read_bytes()
    if path.name == "ENV":  # Dokku notes there which revision is pushed, before it builds
        content = re.sub(rb"^(export )?GIT_REV=.*\n", b"", content, flags=re.MULTILINE)
    return status.st_mode, hashlib.sha256(content).hexdigest()


def changed(before: State, after: State) -> list[str]:
    """The paths that differ, without those that every refused push writes."""
    paths = sorted(path for path in before.keys() | after if before.get(path) != after.get(path))
    return [
        p for p in paths if not WRITTEN_BY_DOKKU.fullmatch(p) and not WRITTEN_BY_US.fullmatch(p)
    ]
