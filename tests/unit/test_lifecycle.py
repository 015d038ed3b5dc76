"""A clone gets its source's settings, but for what can belong to one app only."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_deploy.backups.record import Record, read_record, working, write_record
from ansible_deploy.context import Context
from ansible_deploy.errors import Busy
from ansible_deploy.files import make_folder
from ansible_deploy.layout import Layout
from ansible_deploy.lifecycle import copy_app, move_app
from ansible_deploy.settings import Settings, read_scope, read_settings, write_setting


def test_a_clone_does_not_write_into_the_repository_of_its_source(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)
    shared = {"keep-runs": "3", "backup-target.nas": "sftp:nas:/x", "backup-password.nas": "s3cret"}
    for word, value in {**shared, "backup-repository": "shop"}.items():
        write_setting(layout, "shop", word, value)
    apps = (
        Context(name, layout, read_settings(layout, name), Dokku()) for name in ("shop", "copy")
    )
    copy_app(*apps)
    assert read_scope(layout, "copy") == shared


def test_an_app_is_not_renamed_while_a_backup_of_it_is_made(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)
    context = Context("shop", layout, Settings({"backup-wait": "0.5"}), Dokku())
    make_folder(context.folder.path)
    with working(context):
        with pytest.raises(Busy, match="dokku apps:destroy store; dokku apps:rename shop store"):
            move_app(context, "store")
        assert context.folder.path.is_dir()
        write_record(context.folder, Record(last="0a0a0a0a"))
    move_app(context, "store")
    assert read_record(layout.app("store")).last == "0a0a0a0a"
