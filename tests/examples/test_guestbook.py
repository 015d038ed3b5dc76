"""The guestbook's pages, with entries in memory; that it works with PostgreSQL is tests/e2e's."""

import importlib.util
import io
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pytest

GUESTBOOK = Path(__file__).parents[2] / "examples/guestbook/app.py"


@dataclass(frozen=True)
class Entry:
    name: str
    message: str
    written: datetime = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)


@dataclass
class Entries:
    all: list[Entry] = field(default_factory=list)
    is_down: bool = False

    def add(self, name: str, message: str) -> None:
        self.all.insert(0, Entry(name, message))

    def newest(self, count: int) -> list[Entry]:
        self.check()
        return self.all[:count]

    def check(self) -> None:
        if self.is_down:
            raise OSError("no database at postgres://user:secret@host")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@pytest.fixture(scope="module")
def app() -> ModuleType:
    spec = importlib.util.spec_from_file_location("guestbook_app", GUESTBOOK)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["guestbook_app"] = module
    spec.loader.exec_module(module)
    return module


def ask(app: ModuleType, entries: Entries, method: str, path: str, body: bytes = b"") -> Answer:
    seen: list[Any] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    parts = app.Guestbook(entries)(environ, lambda *words: seen.extend(words))
    return Answer(int(seen[0].split()[0]), dict(seen[1]), b"".join(parts).decode())


def form(**values: str) -> bytes:
    return urlencode(values).encode()


def test_a_new_guestbook_invites_the_first_visitor(app: ModuleType) -> None:
    answer = ask(app, Entries(), "GET", "/")
    assert answer.status == 200
    assert "Be the first!" in answer.text


def test_an_entry_is_kept_and_the_browser_is_sent_back(app: ModuleType) -> None:
    entries = Entries()
    answer = ask(app, entries, "POST", "/", form(name=" Ada ", message="Hello\nyou"))
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert (entries.all[0].name, entries.all[0].message) == ("Ada", "Hello\nyou")
    assert "2 November 2026, 09:05" in ask(app, entries, "GET", "/").text


def test_what_visitors_write_is_never_html(app: ModuleType) -> None:
    entries = Entries([Entry("<b>$x", '<script>alert(1)</script> & "quotes" ${name}')])
    text = ask(app, entries, "GET", "/").text
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot; ${name}" in text
    assert "&lt;b&gt;$x" in text


def test_an_incomplete_entry_is_refused_and_what_was_written_stays(app: ModuleType) -> None:
    entries = Entries()
    answer = ask(app, entries, "POST", "/", form(name='A"', message=""))
    assert answer.status == 400
    assert 'role="alert"' in answer.text
    assert 'value="A&quot;"' in answer.text
    assert not entries.all


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (form(name="x" * 81, message="m"), 400),
        (form(name="n", message="x" * 1001), 400),
        (form(name="n", message="\0"), 400),
        (b"\xff\xfe=%ff&&&", 400),
        (b"x" * 20_000, 413),
    ],
)
def test_bodies_that_no_form_sends_are_refused(app: ModuleType, body: bytes, status: int) -> None:
    entries = Entries()
    assert ask(app, entries, "POST", "/", body).status == status
    assert not entries.all


def test_health_is_the_health_of_the_database(app: ModuleType) -> None:
    assert ask(app, Entries(), "GET", "/up").text == "OK"
    assert ask(app, Entries(is_down=True), "GET", "/up").status == 503


def test_a_failing_database_tells_visitors_nothing(app: ModuleType) -> None:
    answer = ask(app, Entries(is_down=True), "GET", "/")
    assert answer.status == 503
    assert "secret" not in answer.text


def test_other_paths_do_not_exist_and_head_has_no_body(app: ModuleType) -> None:
    assert ask(app, Entries(), "GET", "/admin").status == 404
    answer = ask(app, Entries(), "HEAD", "/")
    assert (answer.status, answer.text) == (200, "")


def test_the_page_needs_nothing_from_elsewhere(app: ModuleType) -> None:
    answer = ask(app, Entries(), "GET", "/")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "http://" not in answer.text
    assert "https://" not in answer.text
