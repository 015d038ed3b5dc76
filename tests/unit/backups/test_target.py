"""Which targets an app can see, which one it uses, and where its repository is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_deploy.backups.target import choose, repository, targets
from ansible_deploy.context import Context
from ansible_deploy.errors import HostError, Refused
from ansible_deploy.layout import GLOBAL, Layout
from ansible_deploy.manifest.backups import Backups
from ansible_deploy.settings import read_settings, write_setting


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A host without settings."""
    return Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)


def add(layout: Layout, scope: str, name: str, *, password: str = "secret") -> None:
    write_setting(layout, scope, f"backup-target.{name}", f"sftp:{name}:/{scope.strip('-')}/")
    write_setting(layout, scope, f"backup-password.{name}", password)


def app(layout: Layout, name: str = "shop") -> Context:
    return Context(name, layout, read_settings(layout, name), Dokku())


def test_there_may_be_no_target(layout: Layout) -> None:
    add(layout, "blog", "nas")
    assert targets(app(layout)) == {}
    assert choose(app(layout), Backups()) is None


def test_an_app_prefers_its_own_targets_and_then_the_first_by_name(layout: Layout) -> None:
    add(layout, GLOBAL, "beta")
    add(layout, GLOBAL, "alpha")
    found = choose(app(layout), Backups())
    assert found is not None
    assert found.name == "alpha"
    add(layout, "shop", "zeta")
    add(layout, "shop", "omega")
    assert list(targets(app(layout))) == ["omega", "zeta", "alpha", "beta"]
    assert list(targets(app(layout, "blog"))) == ["alpha", "beta"]


def test_an_app_may_name_a_target_that_it_sees(layout: Layout) -> None:
    add(layout, GLOBAL, "alpha")
    add(layout, GLOBAL, "beta")
    add(layout, "blog", "private")
    found = choose(app(layout), Backups(target="beta"))
    assert found is not None
    assert found.url == "sftp:beta:/global/"
    with pytest.raises(Refused) as caught:
        choose(app(layout), Backups(target="private"))
    assert str(caught.value) == (
        "backups: there is no target private; the operator sets it up: dokku ansible-deploy:set"
        " shop backup-target private URL; or write one of these: alpha, beta"
    )


def test_what_an_app_has_of_its_own_hides_what_is_for_all(layout: Layout) -> None:
    add(layout, GLOBAL, "nas")
    write_setting(layout, GLOBAL, "backup-pruning.nas", "deny")
    write_setting(layout, "shop", "backup-pruning.nas", "allow")
    write_setting(layout, "shop", "backup-credentials.nas", "SFTP_IDENTITY_FILE=/key\n")
    shop, blog = targets(app(layout))["nas"], targets(app(layout, "blog"))["nas"]
    assert (shop.can_prune, blog.can_prune) == (True, False)
    assert shop.credentials_file == layout.settings / "shop/backup-credentials.nas"
    assert blog.credentials_file is None
    assert shop.password_file == layout.settings / GLOBAL / "backup-password.nas"


def test_each_app_has_a_repository_of_its_own(layout: Layout) -> None:
    add(layout, GLOBAL, "nas")
    found = [repository(app(layout, n), targets(app(layout, n))["nas"], n) for n in ("a", "b.c")]
    assert [one.address for one in found] == ["sftp:nas:/global/a", "sftp:nas:/global/b.c"]
    assert found[0].password_file == str(layout.settings / GLOBAL / "backup-password.nas")
    assert (found[0].credentials_file, found[0].reader) == ("", "")
    assert Path(found[0].cache).is_relative_to(layout.data)


def test_the_operator_may_name_the_repository(layout: Layout) -> None:
    add(layout, GLOBAL, "nas")
    write_setting(layout, "store", "backup-repository", "shop")
    context = app(layout, "store")
    assert repository(context, targets(context)["nas"], "store").address == "sftp:nas:/global/shop"


@pytest.mark.parametrize("origin", ["..", ".hidden", "a/b", "a b", "", "-rf", "x" * 64])
def test_a_name_that_leads_elsewhere_is_refused(layout: Layout, origin: str) -> None:
    add(layout, GLOBAL, "nas")
    context = app(layout)
    with pytest.raises(Refused, match=r"give it another one: .* shop backup-repository WORD$"):
        repository(context, targets(context)["nas"], origin)


def test_a_lost_password_is_told_with_the_command(layout: Layout) -> None:
    for scope, said in ((GLOBAL, "--global"), ("shop", "shop")):
        add(layout, scope, "nas", password="")
        context = app(layout)
        with pytest.raises(HostError, match=f":set {said} backup-password nas < FILE$"):
            repository(context, targets(context)["nas"], "shop")


def test_the_copy_that_may_read_every_file_is_used_where_it_is(layout: Layout) -> None:
    add(layout, GLOBAL, "nas")
    reader = layout.data / "bin/restic"
    reader.parent.mkdir(parents=True)
    reader.write_text("#!/bin/sh\n")
    context = app(layout)
    assert repository(context, targets(context)["nas"], "shop").reader == ""
    reader.chmod(0o750)
    assert repository(context, targets(context)["nas"], "shop").reader == str(reader)
