"""What `script/demo` shows: a push of the guestbook, its names, an entry, a backup, and a probe.

Nothing is claimed that was not seen: every step checks what it shows and ends the demo otherwise.
"""

import os
import shlex
import sys
import time
from pathlib import Path

from sandbox import demo_backups, demo_monitoring, demo_names, layout, lifecycle, processes, pushing
from sandbox.demo_words import read, run, say, step
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
    step("Setting what an operator sets once: zones, certificates, backups, and who is told")
    demo_names.set_up(host)
    demo_backups.set_up(host)
    demo_monitoring.set_up(host)
    step("Pushing examples/guestbook with git")
    push(host)
    step("Asking the DNS server for its name")
    demo_names.ask(host, DOMAIN)
    step("Verifying its certificate up to the root of the ACME server")
    demo_names.verify(host, (DOMAIN, LOCAL_NAME))
    message = f"Posted by script/demo at {time.strftime('%H:%M:%S')}"
    step("Posting an entry over HTTPS")
    post(host, message)
    step("Looking for it in PostgreSQL")
    look(host, message)
    step("Pushing once more: nothing changed, so nothing is ordered and no record is written")
    before = demo_names.written(host)
    push(host)
    if demo_names.written(host) != before:
        raise lifecycle.Problem("the second push ordered a certificate or wrote a record")
    step("Making a backup, and restoring it beside the app to prove it")
    demo_backups.back_up(host, APP)
    step("Asking Prometheus whether it is up")
    demo_monitoring.look(host, APP)
    end(host)
    return 0


def push(host: Host) -> None:
    """Push the guestbook."""
    if pushing.push(host, [str(layout.CLONE / "examples/guestbook"), APP]):
        raise lifecycle.Problem("the push failed; its output says why")


def post(host: Host, message: str) -> None:
    """Sign the guestbook as a browser would, and see the entry on its page."""
    curl = demo_names.curl(host, DOMAIN)
    run([*curl, "-d", "name=Ada", "-d", f"message={message}"])
    page = read(curl)
    if message not in page:
        raise lifecycle.Problem(f"the entry is not on the page of {DOMAIN}")
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


def end(host: Host) -> None:
    """Tell how to go on; the address comes last."""
    step("How to go on")
    say("script/sandbox dokku help                 the host is yours: try its commands")
    say("script/sandbox push examples/hello        push something else, or your own directory")
    say("script/sandbox dokku ansible-deploy:restore guestbook")
    say("                                          delete what you like, and have it back")
    say("script/sandbox dokku ps:stop guestbook    and a minute later: script/sandbox alerts")
    say("script/demo --down                        stop everything and remove its files")
    say(shlex.join(demo_names.curl(host, DOMAIN)))
    say("A browser asks whether you trust it: the certificate is from a server for trying.")
    print(f"=====> How all apps are: {demo_monitoring.status_page(host, APP)}", flush=True)
    address = demo_names.address(host, LOCAL_NAME)
    print(f"=====> The guestbook is open: {address}", flush=True)


def take_down(host: Host) -> int:
    """Stop every process and remove every file."""
    lifecycle.down(host, ["--remove"])
    left = processes.belonging(host)
    if left:
        raise lifecycle.Problem(f"still running: {' '.join(map(str, left))}")
    step("Stopped and removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
