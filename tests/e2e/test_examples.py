"""Every example: the plan says what the push then does, and nothing is due after it."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.e2e.hosts import ROOT, Host

EXAMPLES = ROOT / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/deploy.d"))


def prepare(host: Host, name: str) -> Path:
    """Create the app; return the example's folder."""
    host.made.append(name)
    host.dokku("apps:create", name)
    return EXAMPLES / name


@pytest.mark.parametrize("name", NAMES)
def test_plan_is_what_the_push_does(host: Host, name: str) -> None:
    folder = prepare(host, name)
    grant(host, folder, name)
    archive = host.archive(folder)
    words = ("ansible-deploy:plan", name, "-", "--format", "json")
    plan = host.dokku(*words, stdin=archive, check=False)
    assert plan.exit == 2, plan.output
    answer = host.push(name, folder)
    assert answer.exit == 0, answer.output
    made = [
        {"concern": event["concern"], **change}
        for run in host.runs(name)
        for event in run["events"]
        for change in event["changes"]
    ]
    planned = json.loads(plan.stdout)["changes"]
    own = ("pre-deploy.yml", "post-deploy.yml")
    assert [c for c in made if c["concern"] not in own] == [
        c for c in planned if c["concern"] not in own
    ]
    after = host.dokku(*words, stdin=archive, check=False)
    due = [c for c in json.loads(after.stdout)["changes"] if c["concern"] not in own]
    assert due == [], after.output


def grant(host: Host, folder: Path, name: str) -> None:
    """What the example's README tells the operator to run first."""
    if (folder / "deploy.d/pre-deploy.yml").exists() or (
        folder / "deploy.d/post-deploy.yml"
    ).exists():
        host.dokku("ansible-deploy:set", name, "custom-plays", "allow")
    if (folder / "deploy.d/nginx.conf.d").is_dir():
        host.dokku("ansible-deploy:set", name, "nginx-conf", "allow")
    if "alerts: [ops]" in (folder / "deploy.d/deploy.yml").read_text():
        words = ("ansible-deploy:set", name, "alert-channel", "ops")
        host.dokku(*words, stdin="mailto:ops@example.org\n")
    if "target: offsite" in (folder / "deploy.d/deploy.yml").read_text():
        place = host.data(name).parents[1] / "target-of-tests"
        host.dokku("ansible-deploy:set", name, "backup-target", "offsite", str(place))
    password = folder / "vault-password.example"
    if password.is_file():
        host.dokku("ansible-deploy:vault-password", name, stdin=password.read_text())


def test_the_guestbook_keeps_its_entries_in_postgresql(host: Host) -> None:
    host.push("guestbook", EXAMPLES / "guestbook")
    status, page = host.get("guestbook.example.org")
    assert (status, "<form" in page) == (200, True)
    entry = urlencode({"name": "Ada", "message": "An <entry> & more"}).encode()
    status, _ = host.get("guestbook.example.org", "/", entry)
    assert status in (200, 302, 303)
    rows = host.dokku(
        "postgres:connect", "guestbook-postgres", stdin="select * from entries;\n"
    ).stdout
    assert "Ada" in rows
    assert "An <entry> & more" in rows
    assert "An &lt;entry&gt; &amp; more" in host.get("guestbook.example.org")[1]
