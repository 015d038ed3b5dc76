"""What is refused before the build where backups are concerned, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.service_dumps import DUMPS
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.services import KINDS
from ansible_deploy.backups.record import Record, write_record
from ansible_deploy.context import Context
from ansible_deploy.desired import load_desired
from ansible_deploy.files import make_folder
from ansible_deploy.judge_backups import check_backups
from ansible_deploy.layout import GLOBAL, Layout
from ansible_deploy.record import State, write_state
from ansible_deploy.settings import read_settings, write_setting

UNSAFE = sorted(kind for kind, dump in DUMPS.items() if dump.unsafe)


def said(tmp_path: Path, manifest: str, *targets: tuple[str, str]) -> list[str]:
    """What is said of an app on a host with these targets, of (scope, name)."""
    layout = Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)
    for scope, name in targets:
        write_setting(layout, scope, f"backup-target.{name}", f"sftp:{name}:/x")
    folder = make_folder(tmp_path / "deploy.d")
    (folder / "deploy.yml").write_text(manifest)
    context = Context("shop", layout, read_settings(layout, "shop"), Dokku())
    desired = load_desired(context, folder)
    return [str(problem) for problem in check_backups(context, desired)]


def test_a_host_without_targets_refuses_nothing(tmp_path: Path) -> None:
    assert said(tmp_path, "services: [postgres]\nbackups: {schedule: weekly}\n") == []


def test_a_target_that_the_app_cannot_see_is_refused(tmp_path: Path) -> None:
    manifest = "port: 80\nbackups:\n  target: offsite\n"
    what = "deploy.d/deploy.yml:3: backups: there is no target offsite; the operator sets it up:"
    command = "dokku ansible-deploy:set shop backup-target offsite URL"
    assert said(tmp_path, manifest) == [f"{what} {command}"]
    others = [(GLOBAL, "nas"), ("blog", "offsite")]
    assert said(tmp_path, manifest, *others) == [f"{what} {command}; or write one of these: nas"]
    assert said(tmp_path, manifest, ("shop", "offsite")) == []


def test_the_place_of_a_renamed_apps_backups_is_refused(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)
    make_folder(layout.app("store").path)
    write_state(layout.app("store"), State(origin="shop"))
    write_record(layout.app("store"), Record())
    manifest, target = "volumes: [uploads:/uploads]\n", (GLOBAL, "nas")
    (problem,) = said(tmp_path, manifest, target)
    assert problem.startswith("deploy.d: backups: those of shop and store would be mixed")
    assert problem.endswith("dokku ansible-deploy:set shop backup-repository WORD")
    assert said(tmp_path, f"{manifest}backups: off\n", target) == []
    write_setting(layout, "shop", "backup-repository", "shop-2")
    assert said(tmp_path, manifest, target) == []


@pytest.mark.parametrize("kind", UNSAFE)
def test_a_kind_that_cannot_be_saved_has_to_be_left_out_by_name(tmp_path: Path, kind: str) -> None:
    where = f"deploy.d/deploy.yml:1: services: {kind} cannot be backed up"
    remedy = f"services: {{postgres: {{}}, {kind}: {{backup: false}}}}"
    assert said(tmp_path, f"services: [postgres, {kind}]\n") == [
        f"{where}: {DUMPS[kind].unsafe}; say that it is left out: {remedy}"
    ]
    assert said(tmp_path, f"{remedy}\n") == []
    assert said(tmp_path, f"services: [{kind}]\nbackups: off\n") == []


def test_the_remedy_keeps_the_name_of_a_service(tmp_path: Path) -> None:
    manifest = "services:\n  db: {type: postgres}\n  queue: {type: rabbitmq}\n"
    (problem,) = said(tmp_path, manifest)
    assert problem.startswith("deploy.d/deploy.yml:3: services: queue cannot be backed up")
    assert problem.endswith("services: {queue: {type: rabbitmq, backup: false}}")


def test_every_kind_can_be_saved_or_says_why_not() -> None:
    assert set(DUMPS) == set(KINDS)
    assert UNSAFE == ["elasticsearch", "memcached", "rabbitmq"]
