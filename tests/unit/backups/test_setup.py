"""An operator sets up targets: what is stored, what is made, and what is said at once."""

from __future__ import annotations

import io
import os
import re
import shutil
import stat
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_deploy.context import Context
from ansible_deploy.errors import DeployError
from ansible_deploy.layout import GLOBAL, Layout
from ansible_deploy.report import Report
from ansible_deploy.setting_command import run_set
from ansible_deploy.settings import read_scope, read_settings

S3_TARGET = "s3:https://s3.example.org/bucket"
KEYS = "AWS_ACCESS_KEY_ID=AKIA\nAWS_SECRET_ACCESS_KEY=hunter2\n"


class Operator:
    """Sets settings as `dokku ansible-deploy:set` does."""

    def __init__(self, root: Path) -> None:
        self.layout = Layout(root / "lib", root / "home", root / "plugins", root)

    def set(self, scope: str, key: str, *words: str, is_cleared: bool = False) -> str:
        said = io.StringIO()
        settings = read_settings(self.layout, scope)
        context = Context(scope, self.layout, settings, Dokku(), Report(said))
        run_set(context, key, [*words, "", ""], is_cleared=is_cleared)
        return said.getvalue()

    def values(self, scope: str = GLOBAL) -> dict[str, str]:
        return read_scope(self.layout, scope)


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """A host without settings, that has a restic."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/restic").write_text("#!/bin/sh\n")
    (tmp_path / "bin/restic").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    reader = tmp_path / "lib/data/ansible-deploy/bin/restic"
    reader.parent.mkdir(parents=True)
    shutil.copy2(tmp_path / "bin/restic", reader)
    return Operator(tmp_path)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Lets a test give what stands on standard input."""
    return monkeypatch


def give(typed: pytest.MonkeyPatch, text: str) -> None:
    typed.setattr("sys.stdin", io.StringIO(text))


def test_a_new_target_gets_a_password_that_is_shown_once(operator: Operator) -> None:
    said = operator.set(GLOBAL, "backup-target", "nas", "sftp:backup@nas.example.org:/dokku")
    values = operator.values()
    password = values["backup-password.nas"]
    assert said == (
        "=====> Setting backup-target nas to sftp:backup@nas.example.org:/dokku\n"
        f"       its password, shown only now: {password}\n"
        " !     keep it elsewhere than on this server, for without it no backup can be read\n"
        "       apps are saved from their next push on, or after: dokku ansible-deploy:apply APP\n"
    )
    assert re.fullmatch(r"[\w-]{43}", password)
    path = operator.layout.settings / GLOBAL / "backup-password.nas"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = operator.set(GLOBAL, "backup-target", "nas", "sftp:nas.example.org:/elsewhere")
    assert again == "=====> Setting backup-target nas to sftp:nas.example.org:/elsewhere\n"
    assert operator.values()["backup-password.nas"] == password


def test_a_password_that_is_there_is_used(operator: Operator, typed: pytest.MonkeyPatch) -> None:
    give(typed, "from the vault of the team\n")
    said = operator.set(GLOBAL, "backup-password", "nas")
    assert said == "=====> Setting backup-password nas\n"
    operator.set("shop", "backup-target", "nas", "sftp:nas:/shop")
    assert "backup-password.nas" not in operator.values("shop")
    assert read_settings(operator.layout, "shop").named("backup-password") == {
        "nas": "from the vault of the team\n"
    }


def test_targets_differ_by_their_passwords(operator: Operator) -> None:
    for scope, name in ((GLOBAL, "nas"), (GLOBAL, "cloud"), ("shop", "own")):
        operator.set(scope, "backup-target", name, f"sftp:{name}:/dokku")
    passwords = read_settings(operator.layout, "shop").named("backup-password")
    assert list(passwords) == ["cloud", "nas", "own"]
    assert len(set(passwords.values())) == 3


def test_a_folder_of_this_machine_is_made_and_warned_of(operator: Operator, tmp_path: Path) -> None:
    said = operator.set(GLOBAL, "backup-target", "disk", f"{tmp_path}/mnt/backups")
    assert " !     a target on this machine does not survive it; add one elsewhere\n" in said
    assert stat.S_IMODE((tmp_path / "mnt/backups").stat().st_mode) == 0o700


def test_a_file_is_no_target(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DeployError, match=f"^{tmp_path}/file is no directory$"):
        operator.set(GLOBAL, "backup-target", "disk", f"{tmp_path}/file/backups")
    assert operator.values() == {}


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
def test_a_folder_that_we_cannot_write_to_is_told_with_the_command(
    operator: Operator, tmp_path: Path
) -> None:
    tmp_path.joinpath("root").mkdir(mode=0o555)
    with pytest.raises(DeployError, match=r"cannot write to .*/root; as root run: install -d "):
        operator.set(GLOBAL, "backup-target", "disk", f"{tmp_path}/root/backups")
    assert operator.values() == {}


def test_without_restic_there_is_no_target(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "bin/restic").unlink()
    with pytest.raises(DeployError, match=r"missing; as root run: apt-get install restic && /"):
        operator.set(GLOBAL, "backup-target", "nas", "sftp:nas:/dokku")
    assert operator.values() == {}


def test_without_the_copy_of_restic_the_operator_is_told(operator: Operator) -> None:
    shutil.rmtree(operator.layout.data / "bin")
    said = operator.set(GLOBAL, "backup-target", "nas", "sftp:nas:/dokku")
    command = operator.layout.plugin / "install"
    assert f" !     for files of volumes that only root may read, as root run: {command}\n" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "backup-target takes a NAME first, of small letters, digits and hyphens"),
        (("/srv/backups",), "backup-target takes a NAME first"),
        (("Off Site", "/srv"), "backup-target takes a NAME first"),
        (("nas", "srv"), "backup-target nas: a target is /path, sftp:"),
        (("nas", "rest:https://me:hunter2@host/"), "backup-target nas: the address holds a user"),
        (("rest:https://me:hunter2@host/",), "backup-target takes a NAME first"),
        (("nas", "/srv/my", "backups"), "backup-target nas takes one value, and 2 are given"),
    ],
)
def test_what_is_no_target_is_refused(
    operator: Operator, words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(DeployError) as caught:
        operator.set(GLOBAL, "backup-target", *words)
    assert str(caught.value).startswith(said)
    assert "hunter2" not in str(caught.value)
    assert operator.values() == {}


def test_s3_asks_for_credentials(operator: Operator, typed: pytest.MonkeyPatch) -> None:
    said = operator.set("shop", "backup-target", "cloud", S3_TARGET)
    command = "dokku ansible-deploy:set shop backup-credentials cloud < FILE"
    assert f" !     it asks for backup-credentials; now run: {command}\n" in said
    give(typed, KEYS)
    said = operator.set("shop", "backup-credentials", "cloud")
    assert said == "=====> Setting backup-credentials cloud\n"
    assert operator.values("shop")["backup-credentials.cloud"] == KEYS


def test_credentials_that_do_not_fit_are_refused(
    operator: Operator, typed: pytest.MonkeyPatch
) -> None:
    operator.set(GLOBAL, "backup-target", "nas", "rest:https://nas.example.org/")
    give(typed, KEYS)
    with pytest.raises(DeployError) as caught:
        operator.set("shop", "backup-credentials", "nas")
    assert str(caught.value).startswith("backup-credentials nas cannot be taken: AWS_ACCESS_KEY_ID")
    assert "hunter2" not in str(caught.value)
    assert operator.values("shop") == {}


def test_another_kind_of_target_comes_before_its_credentials(
    operator: Operator, typed: pytest.MonkeyPatch
) -> None:
    give(typed, KEYS)
    operator.set(GLOBAL, "backup-credentials", "cloud")
    operator.set(GLOBAL, "backup-target", "cloud", S3_TARGET)
    said = operator.set(GLOBAL, "backup-target", "cloud", "rest:https://rest.example.org/")
    assert "the backup-credentials cloud do not fit it (AWS_ACCESS_KEY_ID is not" in said


@pytest.mark.parametrize("key", ["backup-credentials", "backup-password"])
def test_a_secret_is_never_a_word(operator: Operator, key: str) -> None:
    with pytest.raises(DeployError) as caught:
        operator.set("shop", key, "nas", "hunter2")
    assert str(caught.value) == (
        f"{key} is secret and is never given as a word; "
        f"run: dokku ansible-deploy:set shop {key} nas < FILE"
    )
    with pytest.raises(DeployError) as caught:
        operator.set("shop", key, "Hunter2!")
    assert "unter2" not in str(caught.value)


@pytest.mark.parametrize("text", ["two\nlines", "with a\ttab", "bell\x07"])
def test_a_password_is_one_line(operator: Operator, typed: pytest.MonkeyPatch, text: str) -> None:
    give(typed, text)
    with pytest.raises(DeployError, match=r"^what was given is no value for backup-password nas"):
        operator.set(GLOBAL, "backup-password", "nas")


def test_another_password_is_warned_of(operator: Operator, typed: pytest.MonkeyPatch) -> None:
    give(typed, "first\n")
    operator.set(GLOBAL, "backup-password", "nas")
    give(typed, "second\n")
    said = operator.set(GLOBAL, "backup-password", "nas")
    what = "repositories that are at nas already open with the old password only"
    assert said.endswith(f" !     {what}\n")


def test_a_target_is_given_up_before_its_password(operator: Operator) -> None:
    operator.set(GLOBAL, "backup-target", "nas", "sftp:nas:/dokku")
    with pytest.raises(DeployError, match=r"set --global backup-target nas --unset$"):
        operator.set(GLOBAL, "backup-password", "nas", is_cleared=True)
    said = operator.set(GLOBAL, "backup-target", "nas")
    assert said == (
        "=====> Unsetting backup-target nas\n"
        " !     the backups at nas stay, and so does the password\n"
    )
    operator.set(GLOBAL, "backup-password", "nas", is_cleared=True)
    assert operator.values() == {}


def test_the_password_for_all_may_be_that_of_one_app(
    operator: Operator, typed: pytest.MonkeyPatch
) -> None:
    give(typed, "for all\n")
    operator.set(GLOBAL, "backup-password", "nas")
    operator.set("shop", "backup-target", "nas", "sftp:nas:/shop")
    with pytest.raises(DeployError, match=r"set shop backup-target nas --unset$"):
        operator.set(GLOBAL, "backup-password", "nas", is_cleared=True)
    give(typed, "for the shop\n")
    operator.set("shop", "backup-password", "nas")
    operator.set(GLOBAL, "backup-password", "nas", is_cleared=True)
    with pytest.raises(DeployError, match=r"set shop backup-target nas --unset$"):
        operator.set("shop", "backup-password", "nas", is_cleared=True)


def test_a_repository_belongs_to_one_app(operator: Operator) -> None:
    with pytest.raises(DeployError, match=r"belongs to one app; run: .*:set APP backup-repository"):
        operator.set(GLOBAL, "backup-repository", "shop")
    operator.set("store", "backup-repository", "shop")
    assert operator.values("store") == {"backup-repository": "shop"}
