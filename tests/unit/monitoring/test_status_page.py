"""The status page holds every value as text, whatever it is, and asks for nothing."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import stat
from html.parser import HTMLParser

import pytest

from ansible_deploy import files
from ansible_deploy.layout import Layout
from ansible_deploy.monitoring.markup import Markup, element, joined
from ansible_deploy.monitoring.overview import collect
from ansible_deploy.monitoring.status_page import page, write_page
from tests.made_host import (
    HOST,
    Prometheus,
    add_app,
    add_backups,
    add_deploys,
    add_nightly,
    add_processes,
    ago,
    ahead,
    revision,
)
from tests.monitoring.example import fill

ELEMENTS = set(
    re.findall(
        r"\w+",
        "html head meta title link style body svg symbol circle path use header main footer section"
        " h1 h2 h3 p ul ol li span small code time article div dl dt dd a i",
    )
)
HOSTILE = (
    "<script>alert(1)<",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><base href=x>",
    "&lt;b&gt;&amp;",
    "--><!--",
    "${7*7} {{7*7}} %s",
)


class Page(HTMLParser):
    """The elements, the attributes and the texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, key, value or "") for key, value in attrs]
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def values(self, key: str) -> list[str]:
        return [value for _, name, value in self.attributes if name == key]


def read(layout: Layout) -> Page:
    return Page(page(collect(layout)))


def test_the_example(layout: Layout, server: Prometheus) -> None:
    fill(layout, server)
    found = read(layout)
    assert set(found.tags) <= ELEMENTS
    assert found.open == []
    assert f"1 of 6 apps is down · {HOST}" in found.texts
    assert "1 of 6 apps is down" in found.texts
    text = "\n".join(found.texts)
    for words in ("Disk fills", "App down", "155 days", "not set up", "14 deploys, 3 failed"):
        assert words in text
    headings = re.findall(r"<h3>([\w-]+)</h3>", page(collect(layout)))
    assert headings == ["shop", "intranet", "wiki", "guestbook", "landing-page", "newsletter"]


def test_values_stay_texts(layout: Layout, server: Prometheus) -> None:
    for value in HOSTILE:
        name = value.replace("/", "")
        folder = add_app(layout, name, address=f"https://{value}", revision=value[:8])
        add_backups(folder, failed=value, failed_at=ago(hours=1))
        add_deploys(folder, (ago(hours=2), 1))
        lines = folder.deploys.read_text().replace(revision(0)[:8], "<b>'\\\"&")
        files.write(folder.deploys, lines)
        add_nightly(folder, f"domains + {value}", domains={value: ahead(3)})
        server.alerts.append(
            {"alertname": value, "severity": value, "app": name, "host": HOST} | {"x": value}
        )
    add_app(layout, "script", address="javascript:alert(1)")
    found = read(layout)
    assert set(found.tags) <= ELEMENTS
    assert found.open == []
    assert not [name for _, name, _ in found.attributes if name.startswith("on")]
    assert all(value.replace("/", "") in found.texts for value in HOSTILE)
    links = [value for tag, name, value in found.attributes if (tag, name) == ("a", "href")]
    assert len(links) == len(HOSTILE)
    assert all(link.startswith("https://") for link in links)


def test_nothing_is_asked_for(layout: Layout, server: Prometheus) -> None:
    fill(layout, server)
    found = read(layout)
    assert not found.values("src")
    assert not found.values("style")
    for tag, name, value in found.attributes:
        if name == "href":
            assert tag == "a" or value.startswith(("#", "data:image/svg+xml,"))
    style = next(text for text in found.texts if "prefers-color-scheme" in text)
    assert "url(" not in style
    assert "@import" not in style
    policy = next(value for value in found.values("content") if "default-src" in value)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]
    assert "unsafe" not in policy
    assert "noindex, nofollow" in found.values("content")


def test_texts_of_errors_are_for_the_operator(layout: Layout, server: Prometheus) -> None:
    folder = add_app(layout, "shop", pending={"tls": "s3cret place"})
    add_backups(folder, failed="s3cret place", disproven="s3cret place")
    add_nightly(folder, "domains + s3cret.example.org")
    files.write(folder.processes, "{")
    server.status = 500
    text = page(collect(layout))
    assert "s3cret" not in text
    assert str(layout.data) not in text
    assert server.address not in text
    for words in ("the last backup failed", "tls is not done yet", "processes cannot be read"):
        assert words in text


@pytest.mark.parametrize(
    ("probes", "headline"),
    [
        ({}, "Not known which apps are up"),
        ({"one": 1, "two": 1, "three": 1}, "All 3 apps are up"),
        ({"one": 1, "two": 1}, "2 of 3 apps are up"),
        ({"one": 1}, "1 of 3 apps is up"),
        ({"one": 1, "two": 0}, "1 of 3 apps is down"),
        ({"one": 0, "two": 0, "three": 0}, "All 3 apps are down"),
    ],
)
def test_the_headline(
    layout: Layout, server: Prometheus, probes: dict[str, int], headline: str
) -> None:
    for app in ("one", "two", "three"):
        add_app(layout, app)
    server.probes |= probes
    assert f"<title>{headline} · {HOST}</title>" in page(collect(layout))


def test_the_headline_of_one_app_and_of_none(layout: Layout, server: Prometheus) -> None:
    assert "<title>No apps yet · " in page(collect(layout))
    add_app(layout, "shop")
    server.probes["shop"] = 1
    assert "<title>shop is up · " in page(collect(layout))


def test_each_app_has_one_state(layout: Layout, server: Prometheus) -> None:
    fill(layout, server)
    text = page(collect(layout))
    for app, state in (("shop", "down"), ("wiki", "up"), ("intranet", "unknown")):
        (card,) = re.findall(rf"<article.*?<h3>{app}</h3>.*?</article>", text, re.DOTALL)[-1:]
        card = card[card.rindex("<article") :]
        assert re.findall(r'class="state (\w+)"', card) == [state]


def test_without_prometheus_nothing_is_well(layout: Layout, server: Prometheus) -> None:
    fill(layout, server)
    server.status = 500
    text = page(collect(layout))
    assert "Prometheus could not be asked" in text
    assert "No alert is firing" not in text
    assert not re.findall(r'class="state (?:up|down)"', text)


def test_old_news_is_no_news(layout: Layout, server: Prometheus) -> None:
    folder = add_app(layout, "shop")
    add_processes(folder, 1, 1)
    value = files.read_json(folder.processes) | {"at": ago(days=1)}
    files.write_json(folder.processes, value)
    assert "1 of 1 running" not in page(collect(layout))


def test_everybody_may_read_the_page(layout: Layout, server: Prometheus) -> None:
    fill(layout, server)
    before = os.umask(0o077)
    try:
        write_page(layout)
        write_page(layout)
    finally:
        os.umask(before)
    path = layout.monitoring.status_page
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o755
    assert os.listdir(path.parent) == ["index.html"]
    assert path.read_text("utf-8").startswith("<!doctype html>\n<html lang=")


def test_markup_escapes_by_the_way_it_is_made() -> None:
    assert element("p", "<b>", class_='"x', aria_label="") == '<p class="&quot;x">&lt;b&gt;</p>'
    assert element("p", element("b", "&")) == "<p><b>&amp;</b></p>"
    assert element("link", href="#") == '<link href="#">'
    assert joined("\x1b‮\ud800", Markup("<i></i>")) == "???<i></i>"
