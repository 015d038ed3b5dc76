"""The files of one app, in the five steps: check mode, create, again, update, absent."""

from __future__ import annotations

import json
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import monitoring_files
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.change import Change, Result
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.monitoring_watch import address
from tests.loopback import Handler, serving
from tests.unit.library.scripted import ScriptedDokku

ASKED: dict[str, Any] = {
    "app": "shop",
    "host": "here",
    "domains": ["*.example.org", "shop.example.org", "www.example.org"],
    "ports": ["http:80:5000"],
    "path": "/up",
    "https": False,
    "certificate": "",
    "interval": 60,
    "status": 200,
    "contains": "",
    "revision": "c0ffee",
    "channels": ["ops"],
    "thresholds": {"latency": 5, "certificate": 1209600, "domain": 2592000},
    "proxy": "",
    "reload": [],
    "notes": ["told: ops"],
    "state": "present",
}
PROXY, SCALE = "proxy:report shop --format json", "ps:scale shop --format json"
SERVED: dict[str, Any] = {
    PROXY: {"enabled": "true", "type": "", "computed-type": "nginx"},
    SCALE: [{"process_type": "web", "quantity": 1}],
}
FILES = ["gatus/shop.yaml", "metrics/shop_watch.prom", "targets/shop.json"]


@dataclass
class Blackbox:
    """A server that counts how often it is asked to read its configuration again."""

    address: str = ""
    asked: int = 0
    status: int = 200


@pytest.fixture
def blackbox() -> Iterator[Blackbox]:
    found = Blackbox()

    class Reloading(Handler):
        def do_POST(self) -> None:
            found.asked += 1
            self.answer(found.status, b"cannot parse it" if found.status != 200 else b"")

    with serving(Reloading) as address:
        found.address = f"{address}/-/reload"
        yield found


def run(
    root: Path, *, check: bool = False, world: dict[str, Any] | None = None, **asked: Any
) -> Result:
    return converge(ScriptedDokku(served(world, asked.get("app", "shop"))), root, asked, check)


def served(world: dict[str, Any] | None, app: str) -> dict[str, Any]:
    """An app that serves visitors, but for what is said of it."""
    return {
        line.replace(" shop ", f" {app} "): v for line, v in {**SERVED, **(world or {})}.items()
    }


def converge(dokku: ScriptedDokku, root: Path, asked: dict[str, Any], check: bool) -> Result:
    return monitoring_files.converge(dokku, {**ASKED, "directory": str(root), **asked}, check=check)


def written(root: Path) -> list[str]:
    found = (str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    return sorted(name for name in found if not name.rpartition("/")[2].startswith("."))


def test_five_steps(tmp_path: Path) -> None:
    made = (Change("+", "http://shop.example.org/up every 60s"),)
    planned = run(tmp_path, check=True)
    assert (planned.changes, written(tmp_path)) == (made, [])
    created = run(tmp_path)
    assert (created.changes, created.notes) == (made, ("told: ops",))
    assert (created.before, created.after) == (planned.before, planned.after)
    assert written(tmp_path) == sorted(["blackbox.yml", *FILES])
    again = run(tmp_path)
    assert (again.changes, again.notes) == ((), ())
    updated = run(tmp_path, interval=30)
    assert updated.changes == (Change("~", "http://shop.example.org/up every 30s"),)
    gone = run(tmp_path, state="absent")
    assert gone.changes == (Change("-", "not watched any more"),)
    assert written(tmp_path) == ["blackbox.yml"]
    assert run(tmp_path, state="absent").changes == ()


def test_another_revision_is_written_and_is_no_change(tmp_path: Path) -> None:
    run(tmp_path)
    assert run(tmp_path, revision="decaf").changes == ()
    target = json.loads((tmp_path / "targets/shop.json").read_text())
    assert target[0]["labels"]["revision"] == "decaf"


def test_everybody_may_read_them(tmp_path: Path) -> None:
    run(tmp_path / "monitoring", contains="OK")
    modes = {stat.S_IMODE((tmp_path / "monitoring" / name).stat().st_mode) for name in FILES}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*") if path.is_dir()}
    assert (modes, folders) == ({0o644}, {0o755})


def test_files_of_other_apps_are_left_alone(tmp_path: Path) -> None:
    for app in ("shop.org", "shop-2", "shop_watch"):
        run(tmp_path, app=app, contains=app)
    before = {name: (tmp_path / name).read_bytes() for name in written(tmp_path)}
    run(tmp_path, contains="mine")
    run(tmp_path, state="absent")
    assert {name: (tmp_path / name).read_bytes() for name in written(tmp_path)} == before


def test_an_expectation_of_its_own_is_a_probe_of_its_own(
    tmp_path: Path, blackbox: Blackbox
) -> None:
    told = {"reload": [blackbox.address]}
    run(tmp_path, **told)
    assert blackbox.asked == 1, "the common probes"
    run(tmp_path, app="blog", **told)
    assert blackbox.asked == 1, "nothing new"
    run(tmp_path, status=204, contains="it's $1.50 (really)", **told)
    assert blackbox.asked == 2
    modules = json.loads((tmp_path / "blackbox.yml").read_text())["modules"]
    assert list(modules) == ["http_200", "tcp_connect", "app_shop"]
    assert modules["app_shop"]["http"]["valid_status_codes"] == [204]
    expected = [r"it's \$1\.50 \(really\)"]
    assert modules["app_shop"]["http"]["fail_if_body_not_matches_regexp"] == expected
    run(tmp_path, state="absent", **told)
    modules = json.loads((tmp_path / "blackbox.yml").read_text())["modules"]
    assert list(modules) == ["http_200", "tcp_connect"]
    assert blackbox.asked == 3


def test_what_blackbox_did_not_take_is_pending_until_it_does(
    tmp_path: Path, blackbox: Blackbox
) -> None:
    blackbox.status = 500
    result = run(tmp_path, reload=[blackbox.address])
    assert result.pending == f"{blackbox.address}: cannot parse it"
    assert "refused" in run(tmp_path, reload=["http://127.0.0.1:1/-/reload"]).pending
    blackbox.status = 200
    assert run(tmp_path, reload=[blackbox.address]).pending == ""
    assert run(tmp_path, reload=[blackbox.address]).pending == ""
    assert blackbox.asked == 2


def test_a_certificate_makes_it_https(tmp_path: Path) -> None:
    certificate = tmp_path / "server.crt"
    asked = {"certificate": str(certificate)}
    assert run(tmp_path, **asked).changes[0].subject.startswith("http://")
    certificate.touch()
    assert run(tmp_path, **asked).changes[0].subject == "https://shop.example.org/up every 60s"
    assert "[CERTIFICATE_EXPIRATION] > 336h" in (tmp_path / "gatus/shop.yaml").read_text()


def test_gatus_replaces_no_variables_of_its_own(tmp_path: Path) -> None:
    run(tmp_path, path="/$HOME")
    assert "/$$HOME" in (tmp_path / "gatus/shop.yaml").read_text()


def test_without_a_domain_nothing_is_watched(tmp_path: Path) -> None:
    result = run(tmp_path, domains=["*.example.org"])
    assert (result.changes, written(tmp_path)) == ((), ["blackbox.yml"])
    why = "it has no domain that could be asked for"
    assert result.notes == (f"shop is not watched: {why}",)


def test_without_a_port_that_answers_nothing_is_watched(tmp_path: Path) -> None:
    result = run(tmp_path, ports=["tcp:22:22"])
    assert result.notes == ("shop is not watched: no port of it answers over HTTP",)


@pytest.mark.parametrize(
    ("world", "why"),
    [
        ({PROXY: {**SERVED[PROXY], "enabled": "false"}}, "its proxy is disabled"),
        ({SCALE: [{"process_type": "web", "quantity": 0}]}, "it has no web process"),
        ({SCALE: [{"process_type": "worker", "quantity": 2}]}, "it has no web process"),
    ],
)
def test_what_serves_nobody_does_not_begin_to_be_watched_whatever_it_declares(
    tmp_path: Path, world: dict[str, Any], why: str
) -> None:
    result = run(tmp_path, world=world)
    assert (result.changes, written(tmp_path)) == ((), ["blackbox.yml"])
    assert result.notes == (f"shop is not watched: {why}",)


def test_what_is_watched_stays_so_while_it_serves_nobody(tmp_path: Path) -> None:
    """A metric of the jobs keeps it silent; scaled up again, nobody else would begin anew."""
    run(tmp_path)
    paused = {SCALE: [{"process_type": "web", "quantity": 0}]}
    assert (run(tmp_path, world=paused).changes, written(tmp_path)) == (
        (),
        sorted(["blackbox.yml", *FILES]),
    )


def test_of_what_is_watched_and_declared_dokku_is_asked_nothing(tmp_path: Path) -> None:
    dokku = ScriptedDokku(SERVED)
    converge(dokku, tmp_path, {}, check=False)
    assert len(dokku.calls) == 2
    converge(dokku, tmp_path, {"interval": 30}, check=False)
    assert len(dokku.calls) == 2, "what follows is the same app, and its jobs look"


@pytest.mark.parametrize("is_watched", [False, True])
def test_names_and_ports_that_are_not_declared_are_those_of_dokku(
    tmp_path: Path, is_watched: bool
) -> None:
    world = {
        "domains:report shop --format json": {
            "app-vhosts": "shop.example.net",
            "app-enabled": "true",
            "global-vhosts": "",
            "vhosts": "shop.example.net",
            "enabled": "true",
        },
        "ports:report shop --ports-map": "",
        "ports:report shop --ports-map-detected": "http:8080:5000",
    }
    if is_watched:
        run(tmp_path)
    (change,) = run(tmp_path, world=world, domains=[], ports=[]).changes
    assert change.subject == "http://shop.example.net:8080/up every 60s"


def test_what_jobs_found_out_goes_too(tmp_path: Path) -> None:
    run(tmp_path)
    kinds = ("deploy", "maintenance", "state", "status-failed", "nightly", "nightly-failed")
    for app in ("shop", "shop_deploy"):
        for kind in kinds:
            (tmp_path / f"metrics/{app}_{kind}.prom").touch()
    run(tmp_path, state="absent")
    left = sorted(path.name for path in (tmp_path / "metrics").iterdir())
    assert left == sorted(f"shop_deploy_{kind}.prom" for kind in kinds)


@pytest.mark.parametrize(
    "text", ["\U0001f680 OK", "caf\u00e9 #1: \"yes\" 'no' \\ {}", "&a *b !c %d @e `f`"]
)
def test_blackbox_takes_every_text(tmp_path: Path, text: str) -> None:
    run(tmp_path, contains=text)
    words = ["prometheus-blackbox-exporter", "--config.check"]
    words.append(f"--config.file={tmp_path / 'blackbox.yml'}")
    checked = subprocess.run(words, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("ports", "is_https", "expected"),
    [
        (["http:80:5000"], False, "http://shop.example.org/"),
        (["http:80:5000"], True, "https://shop.example.org/"),
        (["http:8080:5000", "tcp:22:22"], False, "http://shop.example.org:8080/"),
        (["https:8443:5000"], True, "https://shop.example.org:8443/"),
        (["https:443:5000", "https:8443:6000"], True, "https://shop.example.org/"),
        (["tcp:22:22"], False, ""),
        (["http:8080:5000"], True, "http://shop.example.org:8080/"),
        ([], False, "http://shop.example.org/"),
        ([], True, "https://shop.example.org/"),
    ],
)
def test_address(ports: list[str], is_https: bool, expected: str) -> None:
    assert address(["shop.example.org"], ports, "/", is_https=is_https) == expected
