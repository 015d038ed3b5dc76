"""A page in a browser: what it asks for, what it says, and whom it keeps out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from ansible_deploy.layout import Layout

AXE = resources("axe_playwright_python").joinpath("axe.min.js")


class Server(ThreadingHTTPServer):
    """Serves a page on loopback, as the operator's nginx does, and knows what it was asked for."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(Handler, directory=folder))
        self.paths: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(SimpleHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        super().do_GET()

    def log_message(self, *words: object) -> None:
        """Nothing: a test's output is its own."""


@contextmanager
def served(layout: Layout) -> Iterator[Server]:
    with Server(layout.monitoring.status_page.parent) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Visit:
    """A page that was opened, with what it asked for and what it said."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.requests: list[str] = []
        self.messages: list[str] = []
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.goto(url, wait_until="networkidle")

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        self.messages.append(message.text)

    def violations(self) -> list[str]:
        """What axe-core finds, best practices included."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found: dict[str, Any] = self.page.evaluate("axe.run()")
        assert found["passes"]
        unsure = [each for each in found["incomplete"] if each["id"] == "color-contrast"]
        return [
            f"{each['id']}: {node['html']} {node.get('failureSummary')}"
            for each in [*found["violations"], *unsure]
            for node in each["nodes"]
        ]


def visit(browser: Browser, server: Server, width: int, scheme: Any = "light") -> Visit:
    size = {"width": width, "height": 900}
    return Visit(browser.new_page(viewport=size, color_scheme=scheme), server.address)
