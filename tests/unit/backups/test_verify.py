"""A proof does all that it says, or fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import Repository
from ansible_deploy import files
from ansible_deploy.backups.contents import Contents
from ansible_deploy.backups.job import Clock, Job
from ansible_deploy.backups.target import Target
from ansible_deploy.backups.verify import _prove_services
from ansible_deploy.context import Context
from ansible_deploy.desired import load_desired
from ansible_deploy.errors import HostError
from ansible_deploy.layout import Layout
from ansible_deploy.settings import read_settings


def test_a_question_that_nobody_was_asked_is_a_failed_proof(tmp_path: Path) -> None:
    """The backup is from before the app had a database."""
    layout = Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)
    context = Context("shop", layout, read_settings(layout, "shop"), Dokku())
    accepted = context.folder.accepted
    files.make_folder(accepted)
    wish = "services: [postgres]\nbackups: {verify: {check: select 1}}\n"
    (accepted / "deploy.yml").write_text(wish, "utf-8")
    target = Target("main", "/there", True, tmp_path, None)
    job = Job(context, load_desired(context, accepted), target, Repository("/there", "/password"))
    empty = Contents("shop", "", "manual", "", "", (), ())
    with pytest.raises(HostError, match="not asked: no database is in the backup: select 1"):
        _prove_services(job, empty, Clock())
