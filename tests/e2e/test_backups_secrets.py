"""No secret of backups stands in an output, a record, the crontab or an argument of a process."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.backups.servers.s3 import s3
from tests.e2e.backups import PASSWORD, Shop, Target
from tests.e2e.hosts import ROOT, SandboxHost
from tests.e2e.test_secrets import ProcessList, recorded

EXAMPLE = ROOT / "examples/with-plays"
WISH = (
    "services: [postgres, redis]\nvolumes: [uploads:/app/uploads]\nsecrets: [API_TOKEN]\n"
    "backups: {target: offsite}\n"
)


@contextmanager
def watched() -> Iterator[ProcessList]:
    """Collect the command lines of all processes meanwhile."""
    watcher = ProcessList()
    watcher.start()
    try:
        yield watcher
    finally:
        watcher.is_over.set()
        watcher.join()


@pytest.fixture
def offsite(home: SandboxHost, tmp_path: Path) -> Iterator[tuple[Shop, Target]]:
    """An app with encrypted values and a target on an S3 server, which is another one's."""
    with s3(tmp_path) as place:
        shop = Shop(home, "e2e-offsite", tmp_path / "tree", WISH)
        target = shop.target(place, "offsite")
        target.set_up()
        vault_password = (EXAMPLE / "vault-password.example").read_text()
        home.dokku("ansible-deploy:vault-password", shop.app, stdin=vault_password)
        (shop.tree / "deploy.d").mkdir(parents=True)
        shutil.copy(EXAMPLE / "deploy.d/vault.yml", shop.tree / "deploy.d")
        yield shop, target
        home.clear_one(shop.app)


def test_on_the_way_to_a_bucket_and_back(offsite: tuple[Shop, Target]) -> None:
    shop, target = offsite
    with watched() as watcher:
        said = shop.push().output
        shop.fill("one")
        before = shop.data()
        for command, words in (
            ("backup", ["--scheduled"]),
            ("verify", []),
            ("restore", []),
            ("restore", ["--config"]),
            ("backups", []),
            ("report", ["--format", "json"]),
            ("history", ["--format", "json"]),
        ):
            said += shop.ours(command, *words).output
    assert shop.data() == before
    assert "is proven to restore" in said
    known = secrets(shop, target)
    fill_in_a_wrong_key(shop)
    said += shop.ours("backup", check=False).output + shop.ours("verify", check=False).output
    crontab = shop.host.root / "var/spool/cron/crontabs/dokku"
    texts = {"output": said, "processes": watcher.text(), "crontab": crontab.read_text()}
    texts |= recorded(shop.host, shop.app)
    found = {place: word[:4] for place, text in texts.items() for word in known if word in text}
    assert not found


def fill_in_a_wrong_key(shop: Shop) -> None:
    """Also a failure must tell nothing."""
    words = ("ansible-deploy:set", shop.app, "backup-password", "offsite")
    shop.host.dokku(*words, stdin=WRONG)


WRONG = "not-the-password-of-any"


def secrets(shop: Shop, target: Target) -> list[str]:
    """Passwords of the repository, the bucket and the services, and the encrypted value."""
    words = ("config:export", "--format", "json", shop.app)
    config = json.loads(shop.host.dokku(*words).stdout)
    urls = [config["DATABASE_URL"], config["REDIS_URL"]]
    passwords = [url.split("@")[0].rpartition(":")[2] for url in urls]
    token = config["API_TOKEN"]
    found = [PASSWORD, WRONG, *target.place.credentials.values(), *urls, *passwords, token]
    assert all(len(word) > 8 for word in found)
    return found
