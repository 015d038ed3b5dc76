"""No secret of the full example may be found anywhere but where it belongs."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from tests.e2e.hosts import ROOT, SandboxHost
from tests.e2e.test_examples import grant

SECRETS = {
    "full": ("SMTP_USER", "SMTP_PASSWORD", "SESSION_KEY"),
    "with-plays": ("API_TOKEN",),
}


class ProcessList(threading.Thread):
    """Collects the command lines of all processes while a push is running."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[bytes] = set()
        self.is_over = threading.Event()

    def run(self) -> None:
        while not self.is_over.is_set():
            for folder in Path("/proc").glob("[0-9]*"):
                try:
                    self.seen.add((folder / "cmdline").read_bytes())
                except OSError:
                    continue
            time.sleep(0.005)

    def text(self) -> str:
        """All command lines."""
        return b"\n".join(self.seen).decode(errors="replace")


@pytest.mark.parametrize("name", ["full", "with-plays"])
def test_no_secret_appears(sandbox: SandboxHost, name: str) -> None:
    folder = ROOT / "examples" / name
    sandbox.made.append(name)
    sandbox.dokku("apps:create", name)
    grant(sandbox, folder, name)
    watcher = ProcessList()
    watcher.start()
    answer = sandbox.push(name, folder)
    watcher.is_over.set()
    watcher.join()
    assert answer.exit == 0, answer.output
    secrets = known_secrets(sandbox, name, folder)
    assert len(secrets) >= 3
    said = [
        sandbox.dokku("ansible-deploy:report", name, "--format", "json").output,
        sandbox.dokku("ansible-deploy:history", name, "--format", "json").output,
        sandbox.dokku("ansible-deploy:plan", name, check=False).output,
    ]
    texts = {"push": answer.output, "processes": watcher.text(), "commands": "\n".join(said)}
    texts |= recorded(sandbox, name)
    for secret in secrets:
        found = [place for place, text in texts.items() if secret in text]
        assert not found, f"a secret ({secret[:3]}…) stands in {found}"


def known_secrets(sandbox: SandboxHost, name: str, folder: Path) -> list[str]:
    """The values from the encrypted files, the service's password, and the vault password."""
    password = (folder / "vault-password.example").read_text().strip()
    config = sandbox.json("config:export", name)
    values = [config[key] for key in SECRETS[name]]
    urls = [value for key, value in config.items() if key.endswith("_URL") and "@" in value]
    return [password, *values, *urls, *(url.split("@")[0].rpartition(":")[2] for url in urls)]


def recorded(sandbox: SandboxHost, name: str) -> dict[str, str]:
    """Everything that the plugin and the log of calls keep about the app."""
    files = [p for p in sandbox.data(name).rglob("*") if p.is_file() and p.name != "vault-password"]
    files = [p for p in files if "data" not in p.relative_to(sandbox.data(name)).parts]
    files += [sandbox.root / "log/calls.jsonl"]
    files += [p for p in (sandbox.lib_root / "data/builds").rglob("*") if p.is_file()]
    for path in files:
        if path.is_relative_to(sandbox.data(name)):
            assert os.stat(path).st_mode & 0o077 == 0, path
    return {str(path): path.read_text(errors="replace") for path in files}
