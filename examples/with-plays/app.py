"""Counts its visitors in Redis and shows the notice that a play wrote into its volume.

Needs nothing but Python: Redis speaks in lines, so the client is one function.
"""

import os
import socket
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

NOTICE = Path("notes/notice.txt")


class Page(BaseHTTPRequestHandler):
    """Answers every path with the same few lines, and /up without counting."""

    def do_GET(self) -> None:
        if self.path == "/up":
            ask_redis("PING")
            text = "OK\n"
        else:
            notice = NOTICE.read_text(encoding="utf-8") if NOTICE.exists() else "No notice yet.\n"
            greeting = os.environ.get("GREETING", "Hello")
            text = f"{greeting}, visitor {ask_redis('INCR', 'visitors')}.\n{notice}"
        body = text.encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def ask_redis(*words: str) -> str:
    """Put one command to the Redis at REDIS_URL; returns the answer of one line."""
    address = urlsplit(os.environ["REDIS_URL"])
    host, port = address.hostname or "localhost", address.port or 6379
    with socket.create_connection((host, port), timeout=5) as connection:
        stream = connection.makefile("rwb")
        for command in (("AUTH", unquote(address.password or "")), words):
            parts = "".join(f"${len(word.encode())}\r\n{word}\r\n" for word in command)
            stream.write(f"*{len(command)}\r\n{parts}".encode())
            stream.flush()
            answer = stream.readline().decode().strip()
            if answer.startswith("-"):
                raise RuntimeError(f"Redis: {answer[1:]}")
    return answer[1:]


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "8000"))
    print(f"with-plays: listening on port {port}", flush=True)
    ThreadingHTTPServer(("0.0.0.0", port), Page).serve_forever()
