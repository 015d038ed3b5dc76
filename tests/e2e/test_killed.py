"""Killed at any call of `dokku`, a repeated push ends as an undisturbed one does.

With `DOKKU_TEST_KILLS=all` at each, otherwise at every third: each takes two pushes.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.hosts import KILLS_ALL, Host, SandboxHost, web_app

TRIGGERS = (
    "post-extract",
    "pre-build",
    "pre-release-builder",
    "post-deploy",
    "builds-record-finalize",
)
FILE = """\
port: 5000
domains: [{app}.example.org, www.{app}.example.org]
redirects: {{www.{app}.example.org: {app}.example.org}}
services: [redis]
volumes: [data:/app/data]
env: {{A: '1', B: two words}}
resources: {{web: {{memory: 256m}}}}
dokku: {{nginx: {{client-max-body-size: 7m}}}}
"""


def state(host: Host, app: str) -> dict[str, object]:
    """All that Dokku says about the app, with its name and its password taken out."""
    config = json.loads(host.dokku("config:export", "--format", "json", app).stdout)
    address = config.pop("REDIS_URL")
    config.pop("GIT_REV", None)
    proxy = host.json("proxy:report", app)
    found = {
        "config": config,
        "address": "redis://" in address,
        "domains": host.json("domains:report", app)["app-vhosts"],
        "ports": host.json("ports:report", app)["map"],
        "proxy": (proxy["type"], proxy["enabled"]),
        "storage": json.loads(host.dokku("storage:list", app, "--format", "json").stdout),
        "resources": host.json("resource:report", app),
        "nginx": host.json("nginx:report", app)["client-max-body-size"],
        "links": host.dokku("redis:app-links", app).stdout,
        "options": host.json("docker-options:report", app),
        "snippets": sorted(p.name for p in (host.dokku_root / app / "nginx.conf.d").iterdir()),
        "routing": (host.data(app) / "routing.json").exists(),
        "due": host.dokku("ansible-deploy:plan", app, check=False).exit,
    }
    text = json.dumps(found, sort_keys=True).replace(app, "APP")
    value: dict[str, object] = json.loads(text)
    for mount in value["storage"]:  # type: ignore[attr-defined]
        mount.pop("entry_name")
    return value


def test_killed_at_every_call_of_a_first_provisioning(sandbox: SandboxHost, tree: Path) -> None:
    before = len(sandbox.calls())
    push(sandbox, tree, "e2e-kill")
    calls = [c for c in sandbox.calls()[before:] if c["trigger"] in TRIGGERS]
    expected = state(sandbox, "e2e-kill")
    assert expected["due"] == 0
    assert len(calls) > 10
    fault = sandbox.root / "fault.json"
    for number in range(1, len(calls) + 1, 1 if KILLS_ALL else 3):
        app = f"e2e-kill-{number}"
        fault.write_text(json.dumps({"at": number, "moment": ("before", "after")[number % 2]}))
        first = push(sandbox, tree, app)
        assert not fault.exists(), f"nothing was killed at call {number}"
        assert "Traceback" not in first
        push(sandbox, tree, app, must_succeed=True)
        assert state(sandbox, app) == expected, (
            f"after a kill at call {number}: {calls[number - 1]['argv']}"
        )
        sandbox.clear_one(app)


def push(sandbox: SandboxHost, tree: Path, app: str, *, must_succeed: bool = False) -> str:
    answer = sandbox.push(app, web_app(tree, {"deploy.d/deploy.yml": FILE.format(app=app)}))
    assert not must_succeed or answer.exit == 0, answer.output
    return answer.output
