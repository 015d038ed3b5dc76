"""Judges a new process: app.json's healthchecks, else whether it answers or stays up."""

import http.client
import socket
import time
from typing import Any

from sandbox.dokku import containers
from sandbox.dokku.containers import Container
from sandbox.dokku.host import Host

UPTIME = 10.0  # seconds after which Dokku takes a process for healthy that listens nowhere
UPTIME_OTHER = (
    1.0  # the same for processes other than web; shorter than Dokku's, for they have no port
)


def judge(host: Host, app: str, cid: str) -> str:
    """Return what is wrong with a process, or nothing."""
    container = containers.load(host, cid)
    if not container:
        return "container is missing"
    checks = [
        c for c in wanted(host, app, container.process) if c.get("type", "startup") == "startup"
    ]
    if not checks and container.process == "web":
        complaint = wait_for_port(host, container, UPTIME)
        return "" if complaint == "silent" else complaint
    if not checks:
        return stay_up(host, container, UPTIME_OTHER)
    for check in checks:
        complaint = run_check(host, container, check)
        if complaint:
            return complaint
    return ""


def wanted(host: Host, app: str, process: str) -> list[dict[str, Any]]:
    """Return the healthchecks of app.json for a process."""
    from sandbox.dokku.plugins import app_json

    content = app_json.read_file(host, app)
    return list((content.get("healthchecks") or {}).get(process) or [])


def real_port(container: Container, inside: object = None) -> int:
    """Return the loopback port that plays a port of the container."""
    ports = container.ports
    return ports.get(str(inside)) or next(iter(ports.values()), 0)


def wait_for_port(host: Host, container: Container, limit: float) -> str:
    """Wait until the process listens; "silent" when it is up but does not."""
    end, port = time.monotonic() + limit, real_port(container)
    while time.monotonic() < end:
        if is_down(host, container):
            return "container is not running"
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if port and probe.connect_ex(("127.0.0.1", port)) == 0:
                return ""
        time.sleep(0.02)
    return "silent"


def is_down(host: Host, container: Container) -> bool:
    """Say whether the process has ended (it may be started again meanwhile)."""
    return containers.state(host, container.id)[0] in ("exited", "restarting", "missing")


def stay_up(host: Host, container: Container, seconds: float) -> str:
    """Watch a process for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_down(host, container):
            return "container is not running"
        time.sleep(0.02)
    return ""


def run_check(host: Host, container: Container, check: dict[str, Any]) -> str:
    """Run one healthcheck as often as it says."""
    if check.get("uptime"):
        return stay_up(host, container, float(check["uptime"]))
    time.sleep(float(check.get("initialDelay") or 0))
    complaint = ""
    for attempt in range(int(check.get("attempts") or 3)):
        time.sleep(float(check.get("wait") or 5) if attempt else 0)
        complaint = wait_for_port(host, container, float(check.get("timeout") or 5))
        if not complaint and check.get("path"):
            complaint = request(container, check)
        if not complaint:
            return ""
    return f"{check.get('name') or check.get('path') or 'check'}: {complaint}"


def request(container: Container, check: dict[str, Any]) -> str:
    """Ask for a path; its status must be 2xx and its body hold the wanted text."""
    port = real_port(container, check.get("port"))
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=float(check.get("timeout") or 5))
    headers = {h["name"]: h["value"] for h in check.get("httpHeaders") or []}
    try:
        line.request("GET", str(check["path"]), headers=headers)
        answer = line.getresponse()
        body = answer.read().decode(errors="replace")
    except OSError as error:
        return str(error)
    finally:
        line.close()
    if not 200 <= answer.status < 400:
        return f"unexpected status code: {answer.status}"
    return "" if str(check.get("content") or "") in body else "content not found in response"
