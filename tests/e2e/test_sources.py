"""The other ways in which code comes to Dokku: archives, remote repositories, images, rebuilds."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.e2e.hosts import Host, SandboxHost, web_app

FILE = {"deploy.d/deploy.yml": "port: 5000\nenv: {FROM: '1'}\n"}
APP = "e2e-source"


def is_provisioned(host: Host) -> bool:
    """Whether the app has what its deploy.d says."""
    return host.dokku("config:get", APP, "FROM", check=False).stdout.strip() == "1"


def create(host: Host) -> None:
    host.made.append(APP)
    host.dokku("apps:create", APP)


def test_an_archive(host: Host, tree: Path) -> None:
    create(host)
    web_app(tree, FILE)
    archive = subprocess.run(["tar", "-C", str(tree), "-c", "."], capture_output=True, check=True)
    answer = host.dokku("git:from-archive", APP, "--", stdin=archive.stdout)
    assert f"=====> {APP} is provisioned" in answer.output
    assert is_provisioned(host)


def test_a_remote_repository_and_a_rebuild(host: Host, tree: Path) -> None:
    create(host)
    web_app(tree, FILE)
    git = ["git", "-C", str(tree), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for words in (["init", "-q", "-b", "master"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], check=True)
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)  # the user dokku reads it
        bare = f"{place}/source.git"
        subprocess.run(["git", "clone", "-q", "--bare", str(tree), bare], check=True)
        host.hand_over(Path(place))
        host.dokku("git:sync", "--build", APP, bare, "master")
    assert is_provisioned(host)
    host.dokku("config:unset", "--no-restart", APP, "FROM")
    answer = host.dokku("ps:rebuild", APP)
    assert "+ FROM" in answer.output
    assert is_provisioned(host)


def test_an_image(sandbox: SandboxHost, tree: Path) -> None:
    create(sandbox)
    from tests.e2e.hosts import ROOT

    script = str(ROOT / "script/sandbox")
    assert sandbox.run(script, "image", "e2e/image:1", str(web_app(tree, FILE))).exit == 0
    answer = sandbox.dokku("git:from-image", APP, "e2e/image:1")
    assert f"=====> {APP} is provisioned" in answer.output
    assert is_provisioned(sandbox)
    (tree / "deploy.d/deploy.yml").write_text("prot: 1\n")
    sandbox.run(script, "image", "e2e/image:2", str(tree))
    answer = sandbox.dokku("git:from-image", APP, "e2e/image:2", check=False)
    assert answer.exit != 0
    assert 'unknown key "prot"' in answer.output


def test_an_image_without_a_folder_ends_what_another_image_began(
    sandbox: SandboxHost, tree: Path
) -> None:
    create(sandbox)
    from tests.e2e.hosts import ROOT

    script = str(ROOT / "script/sandbox")
    sandbox.run(script, "image", "e2e/image:3", str(web_app(tree, FILE)))
    sandbox.dokku("git:from-image", APP, "e2e/image:3")
    accepted = sandbox.data(APP) / "deploy.d"
    assert accepted.is_dir()
    shutil.rmtree(tree / "deploy.d")
    sandbox.run(script, "image", "e2e/image:4", str(tree))
    answer = sandbox.dokku("git:from-image", APP, "e2e/image:4")
    assert "No deploy.d in this repository: nothing to provision" in answer.output
    assert not accepted.exists()
    assert is_provisioned(sandbox)  # what there is stays
