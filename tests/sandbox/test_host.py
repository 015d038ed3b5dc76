"""The host itself: it starts and stops cleanly, keeps two apart, logs calls, strikes as ordered."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import recorder
from tests.sandbox.conftest import control
from tests.sandbox.pushes import Repository
from tests.sandbox.recordings import dokku

SERVER = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = open("/data/page").read() if os.path.exists("/data/page") else "no volume"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
"""


def get(root: Path, name: str, port: str = "80", scheme: str = "http") -> tuple[int, str]:
    """Ask nginx for the page of a domain."""
    ports = json.loads((root / "etc/ports.json").read_text(encoding="utf-8"))
    request = urllib.request.Request(f"{scheme}://127.0.0.1:{ports[port]}/", headers={"Host": name})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def processes(root: Path) -> list[str]:
    """Return the processes that mention a root in command line or environment."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            continue
        own = int(pid) in (os.getpid(), os.getppid())
        if not own and f"{root}/".encode() in command + environment:
            found.append(command.decode(errors="replace"))
    return found


@pytest.fixture
def pushed(sandbox_root: Path, tmp_path: Path) -> Iterator[Repository]:
    """An app that shows a file of its volume."""
    volume = sandbox_root / "var/lib/dokku/data/storage/volume"
    volume.mkdir(exist_ok=True)
    (volume / "page").write_text("from the volume", encoding="utf-8")
    dokku(sandbox_root, "apps:create", "host-app")
    dokku(sandbox_root, "storage:mount", "host-app", f"{volume}:/data")
    (tmp_path / "app").mkdir()
    repository = Repository(sandbox_root, "host-app", tmp_path / "app")
    repository.write(Procfile="web: python3 server.py\n", **{"server.py": SERVER})
    answer = repository.push()
    assert answer.exit == 0, answer.stdout
    yield repository
    dokku(sandbox_root, "--force", "apps:destroy", "host-app")


def test_a_mount_is_seen_at_its_place(pushed: Repository) -> None:
    isolated = json.loads((pushed.root / "etc/sandbox.json").read_text())["isolated"]
    expected = "from the volume" if isolated else "no volume"
    assert get(pushed.root, "host-app.dokku.sandbox") == (200, expected)
    assert not os.path.exists("/data/page")


def test_an_unknown_host_is_not_served(pushed: Repository) -> None:
    assert get(pushed.root, "elsewhere.example.org")[0] == 404


def test_a_configuration_that_nginx_refuses_changes_nothing(pushed: Repository) -> None:
    live = pushed.root / "home/dokku/host-app/nginx.conf"
    before = live.read_bytes()
    broken = live.with_name("nginx.conf.d") / "broken.conf"
    broken.write_text("nonsense;", encoding="utf-8")
    dokku(pushed.root, "nginx:set", "host-app", "client-max-body-size", "7m")
    answer = dokku(pushed.root, "proxy:build-config", "host-app")
    assert answer.exit == 1
    assert "nonsense" in answer.stderr
    assert live.read_bytes() == before
    broken.unlink()
    assert dokku(pushed.root, "proxy:build-config", "host-app").exit == 0
    assert b"client_max_body_size 7m;" in live.read_bytes()


def test_a_held_proxy_leaves_the_live_file_alone(pushed: Repository) -> None:
    live = pushed.root / "home/dokku/host-app/nginx.conf"
    before = live.read_bytes()
    dokku(pushed.root, "proxy:set", "host-app", "type", "null")
    dokku(pushed.root, "domains:set", "host-app", "held.example.org")
    dokku(pushed.root, "ports:set", "host-app", "http:80:5000", "http:81:5000")
    assert live.read_bytes() == before
    dokku(pushed.root, "proxy:set", "host-app", "type")
    dokku(pushed.root, "proxy:build-config", "host-app")
    assert get(pushed.root, "held.example.org", "81")[0] == 200


def test_a_certificate_brings_https_and_a_redirect(pushed: Repository) -> None:
    root = pushed.root
    dokku(root, "ports:set", "host-app", "http:80:5000")
    assert dokku(root, "certs:generate", "host-app", "host-app.dokku.sandbox").exit == 0
    ports = json.loads((root / "etc/ports.json").read_text(encoding="utf-8"))
    url = f"http://127.0.0.1:{ports['80']}/"
    curl = ["curl", "-sk", "--resolve", f"host-app.dokku.sandbox:{ports['443']}:127.0.0.1", "-L"]
    run = subprocess.run(
        [*curl, "-H", "Host: host-app.dokku.sandbox", url], capture_output=True, text=True
    )
    assert run.stdout in ("from the volume", "no volume")
    assert "https:443:5000" in dokku(root, "ports:report", "host-app", "--ports-map").stdout


def test_calls_are_logged_with_the_trigger_they_come_from(sandbox_root: Path, hooked: Path) -> None:
    script(hooked, "post-create", "dokku config:keys $1; dokku apps:exists $1")
    before = len(calls(sandbox_root))
    dokku(sandbox_root, "apps:create", "logged")
    found = [(row["argv"][0], row["trigger"], row["depth"]) for row in calls(sandbox_root)[before:]]
    assert found == [
        ("config:keys", "post-create", 1),
        ("apps:exists", "post-create", 1),
        ("apps:create", None, 0),
    ]
    dokku(sandbox_root, "--force", "apps:destroy", "logged")


@pytest.mark.parametrize(("moment", "value"), [("before", ""), ("after", "two\n")])
def test_a_fault_kills_the_plugin_at_its_call(
    sandbox_root: Path, hooked: Path, moment: str, value: str
) -> None:
    values = ("one", "two", "three")
    text = "\n".join(f"dokku config:set --no-restart struck K={value}" for value in values)
    script(hooked, "post-create", f"bash -c '{text}'; touch survived")
    fault = sandbox_root / "fault.json"
    fault.write_text(json.dumps({"at": 2, "moment": moment}), encoding="utf-8")
    answer = dokku(sandbox_root, "apps:create", "struck")
    assert answer.exit == 137
    assert not fault.exists()
    stored = dokku(sandbox_root, "config:get", "struck", "K").stdout
    assert stored == (value or "one\n")
    assert not Path("survived").exists()
    dokku(sandbox_root, "--force", "apps:destroy", "struck")


@pytest.fixture
def hooked(sandbox_root: Path, tmp_path: Path) -> Iterator[Path]:
    """The directory of an installed plugin whose hooks a test writes."""
    place = tmp_path / "plugin"
    url = recorder.make(place)
    assert dokku(sandbox_root, "plugin:install", url, "--name", "ansible-deploy").exit == 0
    home = sandbox_root / "var/lib/dokku/plugins/available/ansible-deploy"
    for name in recorder.TRIGGERS:
        (home / name).unlink()
    yield home
    dokku(sandbox_root, "plugin:uninstall", "ansible-deploy")


def script(home: Path, name: str, text: str) -> None:
    """Write a hook."""
    (home / name).write_text(f"#!/bin/bash\n{text}\n", encoding="utf-8")
    (home / name).chmod(0o755)


def calls(root: Path) -> list[dict[str, Any]]:
    """Return the call log."""
    text = (root / "log/calls.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_an_image_is_read_as_from_docker(sandbox_root: Path, tmp_path: Path) -> None:
    source = tmp_path / "image"
    (source / "deploy.d").mkdir(parents=True)
    (source / "deploy.d/deploy.yml").write_text("port: 5000\n", encoding="utf-8")
    (source / "Dockerfile").write_text("FROM x\nWORKDIR /srv/app\n", encoding="utf-8")
    assert control(sandbox_root, "image", "team/shop:1", str(source)).returncode == 0

    def docker(*words: str) -> bytes:
        program = sandbox_root / "bin/docker"
        return subprocess.run([program, *words], capture_output=True, check=True).stdout

    form = "{{.Config.WorkingDir}}"
    assert docker("image", "inspect", "--format", form, "team/shop:1") == b"/srv/app\n"
    created = docker("container", "create", "team/shop:1").decode().strip()
    archive = docker("container", "cp", f"{created}:/srv/app/deploy.d", "-")
    listed = subprocess.run(["tar", "-t"], input=archive, capture_output=True, check=True).stdout
    assert listed.split() == [b"deploy.d/", b"deploy.d/deploy.yml"]
    docker("container", "rm", "--force", created)
    common = sandbox_root / "var/lib/dokku/core-plugins/available/common/common"
    target = tmp_path / "copied"
    copy = [
        str(common),
        "copy-from-image",
        "app",
        "team/shop:1",
        "deploy.d/deploy.yml",
        str(target),
    ]
    subprocess.run(copy, check=True)
    assert target.read_text(encoding="utf-8") == "port: 5000\n"


def test_sync_deploys_a_remote_repository(sandbox_root: Path, tmp_path: Path) -> None:
    tree = tmp_path / "remote"
    tree.mkdir()
    remote = Repository(sandbox_root, "synced", tree)
    remote.write(**{"index.html": "synced"})
    dokku(sandbox_root, "apps:create", "synced")
    answer = dokku(sandbox_root, "git:sync", "--build", "synced", str(tree), "main")
    assert answer.exit == 0, answer.stdout + answer.stderr
    assert get(sandbox_root, "synced.dokku.sandbox") == (200, "synced")
    again = dokku(sandbox_root, "git:sync", "--build-if-changes", "synced", str(tree), "main")
    assert "Skipping build as no changes were detected" in again.stdout
    dokku(sandbox_root, "--force", "apps:destroy", "synced")


def test_two_sandboxes_run_side_by_side_and_go_down_completely(tmp_path: Path) -> None:
    roots = [tmp_path / "first", tmp_path / "second"]
    page = tmp_path / "page"
    page.mkdir()
    try:
        for root in roots:
            (page / "index.html").write_text(root.name, encoding="utf-8")
            assert control(root, "up", "--without-plugin").returncode == 0
            answer = control(root, "push", str(page), "page")
            assert answer.returncode == 0, answer.stderr
        assert [get(root, "page.dokku.sandbox")[1] for root in roots] == ["first", "second"]
        held = [set(json.loads((r / "etc/ports.json").read_text()).values()) for r in roots]
        assert not held[0] & held[1], "one would show the other's certificates"
        control(roots[0], "down")
        assert processes(roots[0]) == []
        assert get(roots[1], "page.dokku.sandbox")[1] == "second"
        assert control(roots[0], "up", "--without-plugin").returncode == 0
        assert get(roots[0], "page.dokku.sandbox")[1] == "first"
    finally:
        for root in roots:
            control(root, "down", "--remove")
    assert [path.name for path in roots if path.exists()] == []
    assert processes(tmp_path) == []


def test_removing_refuses_what_is_no_sandbox(tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    answer = control(tmp_path, "down", "--remove")
    assert answer.returncode == 1
    assert (tmp_path / "precious").exists()
