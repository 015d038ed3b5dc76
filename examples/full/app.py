"""Tells which of its variables are set, and how many uploads there are; never a value."""

import os
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NAMES = [
    "DATABASE_URL",
    "REDIS_URL",
    "GREETING",
    "TEMPLATE",
    "SMTP_USER",
    "SMTP_PASSWORD",
    "SESSION_KEY",
]
UPLOADS = Path("uploads")


class Page(BaseHTTPRequestHandler):
    """Answers every path with the same page, and /up with OK."""

    def do_GET(self) -> None:
        body = ("OK\n" if self.path == "/up" else describe()).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def describe() -> str:
    """One line a variable, and one about the volume."""
    lines = [f"{name}: {'set' if os.environ.get(name) else 'missing'}" for name in NAMES]
    count = sum(1 for _ in UPLOADS.iterdir()) if UPLOADS.is_dir() else "no"
    return "\n".join([os.environ.get("GREETING", "Hello"), *lines, f"uploads: {count} files", ""])


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "8000"))
    print(f"full: listening on port {port}", flush=True)
    ThreadingHTTPServer(("0.0.0.0", port), Page).serve_forever()
