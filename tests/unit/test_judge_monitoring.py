"""The status page keeps its name: no app gets it, and it gets none of an app's."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_deploy.context import Context
from ansible_deploy.desired import load_desired
from ansible_deploy.errors import DeployError
from ansible_deploy.files import make_folder
from ansible_deploy.judge_monitoring import check_monitoring
from ansible_deploy.layout import GLOBAL, Layout
from ansible_deploy.report import Report
from ansible_deploy.setting_command import run_set
from ansible_deploy.settings import read_settings, write_setting

DOMAIN = "status.example.org"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)


def said(layout: Layout, domain: str) -> list[str]:
    """What is said of an app with that domain."""
    folder = make_folder(layout.lib_root / "deploy.d")
    (folder / "deploy.yml").write_text(f"port: 80\ndomains: [{domain}]\n")
    context = Context("shop", layout, read_settings(layout, "shop"), Dokku())
    return [str(problem) for problem in check_monitoring(context, load_desired(context, folder))]


def test_an_app_does_not_get_the_domain_of_the_status_page(layout: Layout) -> None:
    assert said(layout, DOMAIN) == []
    write_setting(layout, GLOBAL, "status-domain", DOMAIN)
    assert said(layout, "shop.example.org") == []
    (problem,) = said(layout, DOMAIN)
    assert problem.startswith(f"deploy.d/deploy.yml:2: domains: {DOMAIN} is that of the status")
    assert problem.endswith("dokku ansible-deploy:set --global status-domain DOMAIN")
    write_setting(layout, "shop", "domains-of-others", "allow")
    assert said(layout, DOMAIN) == []


def test_the_status_page_does_not_get_the_domain_of_an_app(layout: Layout) -> None:
    make_folder(layout.dokku_root / "shop")
    (layout.dokku_root / "shop" / "VHOST").write_text(f"shop.example.org\n{DOMAIN}\n")
    report = Report(io.StringIO())
    context = Context(GLOBAL, layout, read_settings(layout, GLOBAL), Dokku(), report)
    with pytest.raises(DeployError, match=f"{DOMAIN} is a domain of the app shop"):
        run_set(context, "status-domain", [DOMAIN], is_cleared=False)
    run_set(context, "status-domain", ["page.example.org"], is_cleared=False)
    assert read_settings(layout, GLOBAL)["status-domain"] == "page.example.org"
