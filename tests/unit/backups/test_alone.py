"""A new app with the first name of a renamed one is kept away from the other's backups."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_deploy.backups.alone import check_alone
from ansible_deploy.backups.job import open_job, open_repository
from ansible_deploy.backups.record import Record, write_record
from ansible_deploy.backups.target import targets
from ansible_deploy.context import Context
from ansible_deploy.errors import Refused
from ansible_deploy.files import make_folder
from ansible_deploy.layout import GLOBAL, Layout
from ansible_deploy.record import State, write_state
from ansible_deploy.settings import read_settings, write_setting

REMEDY = (
    "for both were called shop at first; the operator gives shop another repository:"
    " dokku ansible-deploy:set shop backup-repository WORD"
)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A host with a target for all; the app store was called shop, and has backups."""
    layout = Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)
    write_setting(layout, GLOBAL, "backup-target.nas", "sftp:nas:/x")
    write_setting(layout, GLOBAL, "backup-password.nas", "secret")
    remember(layout, "store", "shop")
    return layout


def remember(layout: Layout, name: str, origin: str) -> None:
    """An app of this origin with a record of backups."""
    folder = layout.app(name)
    make_folder(folder.path)
    write_state(folder, State(origin=origin))
    write_record(folder, Record(last="0a0a0a0a"))


def app(layout: Layout, name: str) -> Context:
    return Context(name, layout, read_settings(layout, name), Dokku())


def accept(context: Context) -> Context:
    """The app was pushed with a volume."""
    folder = make_folder(context.folder.accepted)
    (folder / "deploy.yml").write_text("volumes: [uploads:/uploads]\n")
    return context


def check(layout: Layout, name: str, origin: str) -> None:
    context = app(layout, name)
    check_alone(context, targets(context)["nas"], origin)


def test_no_command_of_a_new_app_of_the_old_name_reaches_the_others_backups(
    layout: Layout,
) -> None:
    with pytest.raises(Refused) as caught:
        open_repository(app(layout, "shop"))
    assert str(caught.value) == f"backups: those of shop and store would be mixed, {REMEDY}"
    with pytest.raises(Refused):
        open_job(accept(app(layout, "shop")))
    assert open_job(accept(app(layout, "store"))).origin == "shop", "it is not the newcomer"


def test_where_both_have_backups_it_is_the_newcomer_who_is_told_to_move(layout: Layout) -> None:
    remember(layout, "shop", "shop")
    with pytest.raises(Refused) as caught:
        open_repository(app(layout, "store"))
    assert str(caught.value) == f"backups: those of store and shop would be mixed, {REMEDY}"


def test_another_name_of_the_repository_keeps_them_apart(layout: Layout) -> None:
    write_setting(layout, "shop", "backup-repository", "shop-2")
    remember(layout, "shop", "shop")
    mine, other = (open_repository(app(layout, name))[0] for name in ("shop", "store"))
    assert (mine.address, other.address) == ("sftp:nas:/x/shop-2", "sftp:nas:/x/shop")


def test_so_does_another_target(layout: Layout) -> None:
    write_setting(layout, "store", "backup-target.nas", "sftp:elsewhere:/x")
    check(layout, "shop", "shop")


def test_apps_of_different_first_names_may_share_a_repository(layout: Layout) -> None:
    for name in ("store", "blog"):
        write_setting(layout, name, "backup-repository", "both")
    remember(layout, "blog", "blog")
    for name, origin in (("store", "shop"), ("blog", "blog")):
        check(layout, name, origin)


def test_a_renamed_app_without_a_folder_is_found_under_its_first_name(layout: Layout) -> None:
    repository, origin = open_repository(app(layout, "store"))
    assert (repository.address, origin) == ("sftp:nas:/x/shop", "shop")
