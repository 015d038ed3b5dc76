"""A guestbook: one page with a form, every entry kept in PostgreSQL.

`python3 app.py create-table` prepares the database (the Procfile's release task); without a word it
serves on $PORT. No framework: a WSGI function, a template, a table.
"""

import os
import sys
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from socketserver import ThreadingMixIn
from string import Template
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIServer, make_server

PAGE = Template(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))
ENTRY = Template(
    '<li><p class="message">$message</p>'
    '<p class="by">$name, <time datetime="$iso">$written</time></p></li>'
)
NAME_LIMIT, MESSAGE_LIMIT, BODY_LIMIT, SHOWN = 80, 1000, 16_384, 100
HEADERS = [
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
]
Answer = tuple[str, list[tuple[str, str]], str]
CLOSED: Answer = ("503 Service Unavailable", [], "The guestbook is closed for now.")


class Guestbook:
    """The web application; `entries` is where it reads and writes."""

    def __init__(self, entries: Any) -> None:
        self.entries = entries

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        try:
            status, headers, body = self.answer(environ)
        except Exception as error:  # the visitor gets a page, the log the reason
            print(f"guestbook: {type(error).__name__}: {error}", file=sys.stderr)
            status, headers, body = CLOSED
        data = body.encode()
        kind = ("Content-Type", "text/html; charset=utf-8" if "<html" in body else "text/plain")
        start(status, [*HEADERS, kind, ("Content-Length", str(len(data))), *headers])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [data]

    def answer(self, environ: dict[str, Any]) -> Answer:
        """Choose the answer by method and path."""
        method = environ["REQUEST_METHOD"].replace("HEAD", "GET")
        routes = {
            ("GET", "/"): self.show,
            ("POST", "/"): self.sign,
            ("GET", "/up"): self.report_health,
        }
        route = routes.get((method, environ.get("PATH_INFO") or "/"))
        return route(environ) if route else ("404 Not Found", [], "There is no such page.")

    def show(self, _: dict[str, Any]) -> Answer:
        """Show form and entries."""
        return self.page("200 OK")

    def sign(self, environ: dict[str, Any]) -> Answer:
        """Add an entry, then send the browser back so that a reload does not add it again."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > BODY_LIMIT:
            return self.page("413 Content Too Large", problem="That is too long.")
        form = parse_qs(environ["wsgi.input"].read(length).decode("utf-8", "replace"))
        name = form.get("name", [""])[0].replace("\0", "").strip()
        message = form.get("message", [""])[0].replace("\0", "").strip()
        if problem := find_problem(name, message):
            return self.page("400 Bad Request", problem, name, message)
        self.entries.add(name, message)
        return "303 See Other", [("Location", "/")], "Thank you."

    def report_health(self, _: dict[str, Any]) -> Answer:
        """Tell whether the database answers."""
        self.entries.check()
        return "200 OK", [], "OK"

    def page(self, status: str, problem: str = "", name: str = "", message: str = "") -> Answer:
        """Fill the template; everything that a visitor wrote is escaped."""
        entries = "\n".join(render(entry) for entry in self.entries.newest(SHOWN))
        return (
            status,
            [],
            PAGE.substitute(
                entries=entries or '<li class="empty">Nobody has signed yet. Be the first!</li>',
                problem=f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else "",
                name=escape(name),
                message=escape(message),
            ),
        )


def find_problem(name: str, message: str) -> str:
    """Say what is wrong with an entry; nothing when it is fine."""
    if not name or not message:
        return "Please write your name and a message."
    if len(name) > NAME_LIMIT or len(message) > MESSAGE_LIMIT:
        return f"At most {NAME_LIMIT} characters for the name, {MESSAGE_LIMIT} for the message."
    return ""


def render(entry: Any) -> str:
    """One entry as HTML."""
    return ENTRY.substitute(
        name=escape(entry.name),
        message=escape(entry.message),
        iso=entry.written.isoformat(timespec="seconds"),
        written=f"{entry.written:%d %B %Y, %H:%M}".lstrip("0"),
    )


class Server(ThreadingMixIn, WSGIServer):
    """One thread per visitor."""

    daemon_threads = True


def main() -> None:
    """Create the table or serve."""
    from entries import Entries

    if sys.argv[1:] == ["create-table"]:
        Entries().create_table()
        print("The table is there.")
        return
    port = int(os.environ.get("PORT", "8000"))
    with make_server("0.0.0.0", port, Guestbook(Entries()), server_class=Server) as server:
        print(f"guestbook: listening on port {port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
