"""What `script/demo` shows: a push of the guestbook, an entry, and the entry in PostgreSQL.

Nothing is claimed that was not seen: every step checks what it shows and ends the demo otherwise.
"""

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

from sandbox import layout, lifecycle, processes, pushing
from sandbox.dokku import nginx_server
from sandbox.dokku.host import Host

APP = "guestbook"
DOMAIN = "guestbook.example.org"
LOCAL_NAME = "guestbook.localhost"  # leads to this machine in every browser, without any DNS
USAGE = "usage: script/demo [--down]"


def main() -> int:
    """Run the demo, or undo it; returns the exit status."""
    root = Path(os.environ.get("DOKKU_SANDBOX") or layout.CLONE / ".sandbox").absolute()
    if sys.argv[1:] not in ([], ["--down"]):
        print(USAGE, file=sys.stderr)
        return 2
    try:
        return take_down(Host(root)) if sys.argv[1:] else show(Host(root))
    except lifecycle.Problem as problem:
        print(f" !     {problem}", file=sys.stderr)
        return 1


def show(host: Host) -> int:
    """Start the host, push, post, and look."""
    inside = host.root.is_relative_to(layout.CLONE)
    place = host.root.relative_to(layout.CLONE) if inside else host.root
    step(f"Starting a Dokku host below {place}")
    if lifecycle.up(host, []):
        raise lifecycle.Problem("the host did not start")
    step("Pushing examples/guestbook with git")
    if pushing.push(host, [str(layout.CLONE / "examples/guestbook"), APP]):
        raise lifecycle.Problem("the push failed; its output says why")
    port = nginx_server.ports(host)["80"]
    message = f"Posted by script/demo at {time.strftime('%H:%M:%S')}"
    step("Posting an entry through nginx")
    post(port, message)
    step("Looking for it in PostgreSQL")
    look(host, message)
    end(port)
    return 0


def post(port: int, message: str) -> None:
    """Sign the guestbook as a browser would, and see the entry on its page."""
    address = f"http://{DOMAIN}:{port}/"
    curl = ["curl", "-sSf"]
    resolve = ["--resolve", f"{DOMAIN}:{port}:127.0.0.1"]
    run([*curl, *resolve, "-d", "name=Ada", "-d", f"message={message}", address])
    page = read([*curl, *resolve, address])
    if message not in page:
        raise lifecycle.Problem(f"the entry is not on the page of {address}")
    say("seen on the page")


def look(host: Host, message: str) -> None:
    """Show the newest rows of the app's database."""
    dokku = str(host.root / "bin/dokku")
    service = read([dokku, "postgres:app-links", APP]).split()[0]
    query = "select id, name, message from entries order by id desc limit 3;"
    say(f"$ dokku postgres:connect {service} <<< {shlex.quote(query)}")
    rows = read([dokku, "postgres:connect", service], query)
    for line in rows.rstrip().splitlines():
        say(line)
    if message not in rows:
        raise lifecycle.Problem("the entry is not in the database")


def end(port: int) -> None:
    """Tell how to go on; the address comes last."""
    step("How to go on")
    say("script/sandbox dokku help                 the host is yours: try its commands")
    say("script/sandbox push examples/hello        push something else, or your own directory")
    say("script/demo --down                        stop everything and remove its files")
    say(f"curl --resolve {DOMAIN}:{port}:127.0.0.1 http://{DOMAIN}:{port}/")
    print(f"=====> The guestbook is open: http://{LOCAL_NAME}:{port}/", flush=True)


def take_down(host: Host) -> int:
    """Stop every process and remove every file."""
    lifecycle.down(host, ["--remove"])
    left = processes.belonging(host)
    if left:
        raise lifecycle.Problem(f"still running: {' '.join(map(str, left))}")
    step("Stopped and removed")
    return 0


def run(words: list[str]) -> None:
    """Show a command and run it."""
    say("$ " + shlex.join(words))
    read(words)


def read(words: list[str], text: str = "") -> str:
    """Run a command; returns what it answers."""
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise lifecycle.Problem(f"{shlex.join(words)}: {done.stderr.strip()}")
    return done.stdout


def step(text: str) -> None:
    """Begin a step, in Dokku's style."""
    print(f"-----> {text}", flush=True)


def say(text: str) -> None:
    """Add a detail to it."""
    print(f"       {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
