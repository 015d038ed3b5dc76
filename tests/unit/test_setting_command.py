"""What the operator is told when a setting is set or cleared."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_deploy.context import Context
from ansible_deploy.layout import GLOBAL, Layout
from ansible_deploy.report import Report
from ansible_deploy.setting_command import run_set
from ansible_deploy.settings import read_settings


@pytest.mark.parametrize(
    ("value", "told"),
    [("status.example.org", "it is served after"), ("", "it is taken off the web after")],
)
def test_the_status_page_needs_the_host_set_up_again(tmp_path: Path, value: str, told: str) -> None:
    layout = Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)
    said = io.StringIO()
    context = Context(GLOBAL, layout, read_settings(layout, GLOBAL), Dokku(), Report(said))
    run_set(context, "status-domain", [value], is_cleared=not value)
    assert f"{told}, as root: {tmp_path}/script/host" in said.getvalue()
