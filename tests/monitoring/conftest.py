"""The example host with its status page, and a browser to look at it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from ansible_deploy.layout import Layout
from ansible_deploy.monitoring.status_page import write_page
from tests.made_host import make_layout, prometheus
from tests.monitoring.example import fill
from tests.monitoring.visit import Server, served

PROGRAMS = ("chromium", "google-chrome", "chromium-browser")
SWITCHES = (
    "--headless=new",
    "--no-sandbox",  # as root, in containers
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module")  # its loop would be in the way of others
def browser() -> Iterator[Browser]:
    """Chromium of the distribution, with a profile of its own."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(
            "no Chromium: script/bootstrap --tests installs it where it is a Debian package"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """The example host, and its page."""
    layout = make_layout(tmp_path)
    with prometheus(layout) as server:
        fill(layout, server)
        write_page(layout)
    return layout


@pytest.fixture
def server(layout: Layout) -> Iterator[Server]:
    with served(layout) as server:
        yield server
