"""The status page in a real browser: nothing leaves it, and nobody is kept out.

``STATUS_PICTURE=FILE`` has the picture of the documentation taken, docs/status.png.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from ansible_deploy.layout import Layout
from ansible_deploy.monitoring.status_page import write_page
from tests.made_host import add_app, add_backups, add_deploys, add_nightly, ago, ahead
from tests.monitoring.visit import Server, served, visit

WIDTHS = (320, 400, 768, 1280)
WIDE = "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > {})"


def test_nothing_is_asked_for_and_nothing_is_said(browser: Browser, server: Server) -> None:
    seen = visit(browser, server, 1280)
    assert seen.page.title() == "1 of 6 apps is down · server1"
    assert seen.messages == []
    assert [url for url in seen.requests if not url.startswith("data:")] == [server.address]
    assert server.paths == ["/"]
    assert seen.page.locator("script").count() == 0
    background = "getComputedStyle(document.body).backgroundColor"
    assert seen.page.evaluate(background) == "rgb(245, 244, 240)"  # the policy lets the style in
    seen.page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(browser: Browser, server: Server, width: int, scheme: str) -> None:
    seen = visit(browser, server, width, scheme)
    assert seen.violations() == []
    seen.page.close()


def test_axe_would_find_something(browser: Browser, server: Server) -> None:
    seen = visit(browser, server, 320)
    seen.page.evaluate("document.querySelector('h1').style.color = '#ddd'")
    assert "color-contrast" in str(seen.violations())
    seen.page.close()


def test_landmarks_and_headings(browser: Browser, server: Server) -> None:
    page = visit(browser, server, 1280).page
    for role in ("banner", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1, role
    for name in ("Alerts", "Apps", "Deploys"):
        assert page.get_by_role("region", name=name).count() == 1
        assert page.get_by_role("heading", name=name, level=2, exact=True).count() == 1
    assert page.get_by_role("heading", level=1).all_inner_texts() == ["1 of 6 apps is down"]
    assert page.get_by_role("article").count() == 6
    assert page.evaluate("document.documentElement.lang") == "en"
    page.close()


def test_what_a_screen_reader_says(browser: Browser, server: Server) -> None:
    page = visit(browser, server, 320).page
    shop = page.get_by_role("article").first.aria_snapshot()
    for words in ('heading "shop"', "Down", "the last backup failed", "14 deploys, 3 failed"):
        assert words in shop, shop
    assert "app down" in page.get_by_role("region", name="Alerts").aria_snapshot().lower()
    deploys = page.get_by_role("region", name="Deploys").aria_snapshot()
    assert deploys.count("failed") >= 3
    assert deploys.count("good") >= 20
    page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_screen(browser: Browser, layout: Layout, width: int) -> None:
    folder = add_app(layout, "a-name-that-is-longer-than-any-screen-" * 3, revision="0" * 200)
    add_backups(folder, disproven="x" * 400)
    add_deploys(folder, (ago(hours=1), 1))
    add_nightly(folder, domains={f"{'long-' * 12}{n}.example.org": ahead(n) for n in range(3)})
    write_page(layout)
    with served(layout) as server:
        page = visit(browser, server, width).page
        wide = (
            "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right"
        )
        assert page.evaluate(f"{wide} > innerWidth + 1).map(e => e.outerHTML)") == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()


def test_what_is_seen_first_is_read_first(browser: Browser, server: Server) -> None:
    page = visit(browser, server, 320).page
    places = "header, h1, h2, h3, article, dt, .notices li, .timeline li, footer"
    script = f"[...document.querySelectorAll('{places}')].map(e => e.getBoundingClientRect().top)"
    tops = page.evaluate(script)
    assert len(tops) > 80
    assert tops == sorted(tops)
    page.close()


def test_the_picture_of_the_documentation(browser: Browser, server: Server, tmp_path: Path) -> None:
    page = visit(browser, server, 1180).page
    picture = page.screenshot(path=tmp_path / "status.png", full_page=True)
    assert picture.startswith(b"\x89PNG")
    if wanted := os.environ.get("STATUS_PICTURE"):
        shutil.copy(tmp_path / "status.png", wanted)
    page.close()
