"""Small HTTP servers of tests, on loopback."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers requests and prints nothing of it."""

    def answer(self, status: int, body: bytes = b"") -> None:
        """Send a whole answer."""
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Keep the output of the tests clean."""


@contextmanager
def serving(handler: type[Handler]) -> Iterator[str]:
    """Serve at a free port while the block runs; gives the address."""
    server = http.server.HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
