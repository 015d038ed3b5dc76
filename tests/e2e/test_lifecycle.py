"""Destroy, rename, clone: what goes, what stays, what is never shared."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.hosts import Host, web_app

FILE = {
    "deploy.d/deploy.yml": "port: 5000\nservices: [redis]\nvolumes: [data:/app/data]\n"
    "env: {A: '1'}\n"
}


def config(host: Host, app: str) -> dict[str, str]:
    value: dict[str, str] = json.loads(host.dokku("config:export", "--format", "json", app).stdout)
    return value


def test_a_destroyed_app_leaves_its_data_and_says_where(host: Host, tree: Path) -> None:
    host.push("e2e-end", web_app(tree, FILE))
    answer = host.dokku("--force", "apps:destroy", "e2e-end")
    assert "kept with its data: redis e2e-end-redis" in answer.output
    assert host.dokku("redis:exists", "e2e-end-redis").exit == 0
    assert (host.lib_root / "data/storage/e2e-end_data").is_dir()
    assert not host.data("e2e-end").exists()


def test_a_renamed_app_keeps_its_data(host: Host, tree: Path) -> None:
    host.push("e2e-old", web_app(tree, FILE))
    address = config(host, "e2e-old")["REDIS_URL"]
    host.made.append("e2e-newer")
    host.dokku("apps:rename", "e2e-old", "e2e-newer")
    answer = host.push("e2e-newer", tree, force=True)
    assert answer.exit == 0, answer.output
    assert config(host, "e2e-newer")["REDIS_URL"] == address
    assert host.dokku("redis:exists", "e2e-newer-redis", check=False).exit == 1
    mounts = json.loads(host.dokku("storage:list", "e2e-newer", "--format", "json").stdout)
    assert [mount["host_path"] for mount in mounts] == [
        str(host.lib_root / "data/storage/e2e-old_data")
    ]
    refused = host.push("e2e-old", tree)
    assert refused.exit != 0, "a new app of the old name would share the data"
    assert "belongs to the app e2e-newer" in refused.output


def test_a_clone_starts_without_the_services_and_volumes(host: Host, tree: Path) -> None:
    host.push("e2e-source", web_app(tree, FILE))
    address = config(host, "e2e-source")["REDIS_URL"]
    host.made.append("e2e-copy")
    host.dokku("apps:clone", "--skip-deploy", "e2e-source", "e2e-copy")
    assert "REDIS_URL" not in config(host, "e2e-copy")
    assert json.loads(host.dokku("storage:list", "e2e-copy", "--format", "json").stdout) == []
    answer = host.push("e2e-copy", tree, force=True)
    assert answer.exit == 0, answer.output
    assert config(host, "e2e-copy")["REDIS_URL"] != address
    assert config(host, "e2e-source")["REDIS_URL"] == address


def test_a_service_of_somebody_else_is_refused(host: Host, tree: Path) -> None:
    host.made.append("e2e-claim")
    host.dokku("redis:create", "e2e-claim-redis")
    answer = host.push("e2e-claim", web_app(tree, FILE))
    assert answer.exit != 0
    assert "redis e2e-claim-redis exists already and is linked to no app" in answer.output


def test_a_domain_of_another_app_is_refused(host: Host, tree: Path) -> None:
    files = {"deploy.d/deploy.yml": "port: 5000\ndomains: [e2e-mine.example.org]\n"}
    host.push("e2e-first", web_app(tree, files))
    answer = host.push("e2e-second", tree)
    assert answer.exit != 0
    assert "e2e-mine.example.org belongs to the app e2e-first" in answer.output
