"""A bug of ours in an automatic backup is kept and told, and stops no push."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Answer, Dokku
from ansible_deploy.backups.automatic import back_up_before_release
from ansible_deploy.backups.record import read_record
from ansible_deploy.context import Context
from ansible_deploy.files import make_folder
from ansible_deploy.layout import Layout
from ansible_deploy.report import Report
from ansible_deploy.settings import Settings


class Surprising(Dokku):
    """A Dokku about which we thought wrongly."""

    def run(self, *words: str, stdin: str | None = None, check: bool = True) -> Answer:
        raise IndexError(words, stdin, check)


def test_an_unexpected_error_does_not_stop_a_push(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOKKU_LIB_ROOT", str(tmp_path))
    said, layout = io.StringIO(), Layout(tmp_path, tmp_path, tmp_path, tmp_path)
    context = Context("shop", layout, Settings({}), Surprising(), Report(said))
    make_folder(context.folder.path)
    back_up_before_release(context, "a" * 40)
    assert "there is no backup from before this release; it goes on" in said.getvalue()
    (file,) = (layout.data / "errors").iterdir()
    assert "IndexError: (('git:report'" in file.read_text()
    assert f"please report it with {file}" in capsys.readouterr().err
    assert read_record(context.folder).failed == "an unexpected error, IndexError"
