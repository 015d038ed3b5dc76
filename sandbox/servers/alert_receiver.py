"""The program that alerts are sent to: it keeps every request in a file, a line of JSON each.

alert_receiver FILE PORT

It stands for whatever takes alerts outside: a webhook, a chat, a service of pings. All of them are
told that they were heard (status 200).
"""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sandbox.servers.ports import LOOPBACK

READY = "/-/ready"
POLL = 3600.0  # nobody ends the server but by a signal


class Receiver(ThreadingHTTPServer):
    """The server; `file` is where requests are kept."""

    daemon_threads = True

    def __init__(self, file: Path, port: int) -> None:
        super().__init__((LOOPBACK, port), Request)
        self.file = file
        self.writing = threading.Lock()

    def keep(self, entry: dict[str, object]) -> None:
        """Write one line, whole."""
        with self.writing, self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(entry, ensure_ascii=False) + "\n")


class Request(BaseHTTPRequestHandler):
    """One request."""

    server: Receiver

    def do_POST(self) -> None:
        """Keep what was sent, then say so: who was answered finds it in the file."""
        if self.path != READY:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(
                errors="replace"
            )
            self.server.keep(
                {
                    "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                    "method": self.command,
                    "path": self.path,
                    "headers": dict(self.headers.items()),
                    "body": parse(body),
                }
            )
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_PUT = do_HEAD = do_POST  # noqa: N815 -- names of the standard library

    def log_request(self, *_: object) -> None:
        """Say nothing: the file has it all."""


def parse(body: str) -> object:
    """Return what a body of JSON holds, any other body as its text."""
    try:
        return json.loads(body)
    except ValueError:
        return body


if __name__ == "__main__":
    Receiver(Path(sys.argv[1]), int(sys.argv[2])).serve_forever(POLL)
