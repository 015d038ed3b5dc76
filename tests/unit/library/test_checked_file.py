"""A file is written when a program accepts it, and never over what is somebody else's."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import checked_file
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.change import Result
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import InvalidValue

DEFAULTS = {name: option.get("default") for name, option in checked_file.MODULE.arguments.items()}
HAS_GOOD = ["grep", "-q", "good", "%s"]


def write(path: Path, content: str, *, check: bool = False, **asked: Any) -> Result:
    params = {**DEFAULTS, "path": str(path), "content": content, **asked}
    return checked_file.converge(Dokku(), params, check=check)


def test_a_file_that_is_not_accepted_leaves_the_good_one(tmp_path: Path) -> None:
    path = tmp_path / "rules.yml"
    write(path, "good", validate=HAS_GOOD)
    for check in (True, False):
        with pytest.raises(InvalidValue, match="left as it is: it said nothing"):
            write(path, "bad", validate=HAS_GOOD, check=check)
    assert path.read_text() == "good"
    assert [each.name for each in tmp_path.iterdir()] == ["rules.yml"]


def test_what_the_program_says_names_the_file_and_not_the_scratch(tmp_path: Path) -> None:
    path = tmp_path / "rules.yml"
    with pytest.raises(InvalidValue) as refused:
        write(path, "bad", validate=["ls", "%s", "/nowhere-at-all"])
    assert str(path) in str(refused.value).partition("left as it is: ")[2]
    assert "checked-file-" not in str(refused.value)


@pytest.mark.parametrize("earlier", ["", "good"])
def test_a_file_is_put_back_where_the_whole_is_not_accepted(tmp_path: Path, earlier: str) -> None:
    path = tmp_path / "site.conf"
    if earlier:
        write(path, earlier, mode="0600")
    with pytest.raises(InvalidValue):
        write(path, "bad", validate=["grep", "-q", "good", str(path)])
    assert path.exists() == bool(earlier)
    if earlier:
        assert (path.read_text(), path.stat().st_mode & 0o777) == (earlier, 0o600)


def test_without_its_program_a_file_is_planned_but_not_written(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"validate": ["nowhere-at-all", "%s"]}
    path = tmp_path / "not" / "yet" / "rules.yml"
    planned = write(path, "new", check=True, owner="nobody-yet", **asked)
    assert planned.changed
    assert "nowhere-at-all is not installed yet" in planned.warnings[0]
    path.parent.mkdir(parents=True)
    with pytest.raises(InvalidValue, match="there is no nowhere-at-all on this host"):
        write(path, "new", **asked)
    assert not path.exists()


def test_a_file_that_is_never_replaced_gets_its_mode_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "alertmanager.yml"
    write(path, "theirs", mode="0600")
    result = write(path, "ours", mode="0640", replace="never", validate=["nowhere-at-all", "%s"])
    assert [change.detail for change in result.changes] == ["mode 0600 -> 0640"]
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("theirs", 0o640)
    assert not write(path, "ours", mode="0640", replace="never").changed


def test_a_file_of_others_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "prometheus.yml"
    path.write_text("global: {}")
    own = {"replace": "own", "marker": "# ours", "package": "prometheus", "remedy": "move it"}
    with pytest.raises(InvalidValue, match=r"neither ours nor as the package .*; move it"):
        write(path, "# ours", **own)
    path.write_text("# ours, as it was\n")
    assert write(path, "# ours", **own).changed


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="asks dpkg")
def test_what_a_package_brought_may_be_replaced_until_it_is_edited(tmp_path: Path) -> None:
    path = Path("/etc/logrotate.d/prometheus")
    own = {"replace": "own", "marker": "# ours", "package": "prometheus"}
    assert write(path, "# ours", check=True, **own).changed
    other = tmp_path / "prometheus"  # the same content, at a path that no package knows
    shutil.copy(path, other)
    with pytest.raises(InvalidValue):
        write(other, "# ours", check=True, **own)


def test_an_unknown_owner_and_a_missing_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"cannot write .*no such user"):
        write(tmp_path / "file", "text", owner="nobody-at-all")
    with pytest.raises(InvalidValue, match=r"cannot write .*No such file"):
        write(tmp_path / "not" / "file", "text")
    assert not list(tmp_path.iterdir())


def test_a_program_that_hangs_is_not_waited_for_forever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checked_file, "TIMEOUT", 0.2)
    with pytest.raises(InvalidValue, match="did not answer"):
        write(tmp_path / "file", "text", validate=["tail", "-f", "%s"])
