"""Certificates from a real ACME server, which asks a real DNS server and the host's nginx.

Nothing here is deployed: dokku-letsencrypt answers the challenge on its own.
"""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import letsencrypt
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.certificates import (
    Certificate,
    parse,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import answer
from tests.made_certificates import make
from tests.modules.playbook import REPOSITORY, Host, Task, run_playbook
from tests.unit.library.test_cases import parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

EMAIL = "admin@example.org"
ENABLE = "letsencrypt:enable"


@dataclass(frozen=True)
class Site:
    """One app on the host, and the Internet around it."""

    host: Host
    folder: Path
    app: str

    @property
    def internet(self) -> dict[str, Any]:
        """Returns where the servers are."""
        text = (self.host.root / "etc/internet.json").read_text("utf-8")
        found: dict[str, Any] = json.loads(text)
        return found

    def name(self, label: str = "") -> str:
        """Returns a name of the app in a zone of the DNS server."""
        return f"{label}{'.' if label else ''}{self.app}.example.org"

    def sandbox(self, *words: str, text: str = "") -> None:
        """Calls the sandbox's own command."""
        command = [str(REPOSITORY / "script/sandbox"), *words]
        environment = {**os.environ, "DOKKU_SANDBOX": str(self.host.root)}
        subprocess.run(command, env=environment, input=text, text=True, check=True)

    def lead(self, *names: str, address: str = "127.0.0.1") -> None:
        """Lets these names lead somewhere."""
        lines = [f"update add {name}. 60 A {address}\n" for name in names]
        self.sandbox("zone", "example.org", "change", text="".join(lines))

    def serve(self, *names: str) -> None:
        """Makes these the domains of the app."""
        self.host.dokku("domains:set", self.app, *names)

    def ask(self, module: str = "dokku_letsencrypt", **options: Any) -> dict[str, Any]:
        """Runs a module for the app, as Ansible's action does."""
        check = options.pop("check", False)
        asked = self.options(module, options)
        return answer(module, self.library(), parameters(module, asked), check=check)

    def play(self, **options: Any) -> dict[str, Any]:
        """Runs the module by a playbook."""
        self.folder.mkdir(exist_ok=True)
        task = Task("dokku_letsencrypt", self.options("dokku_letsencrypt", options))
        (told,) = run_playbook(self.host, self.folder, [task])
        return told

    def options(self, module: str, given: dict[str, Any]) -> dict[str, Any]:
        """Adds to options what an order needs here."""
        resolver = self.internet["dns"]["address"]
        here = {"email": EMAIL, "resolver": resolver, "addresses": ["127.0.0.1"], "wait": 2}
        return {"app": self.app, **(here if module == "dokku_letsencrypt" else {}), **given}

    def library(self) -> Dokku:
        """Returns the library's way to the host."""
        kept = {key: self.host.environment[key] for key in ("PATH", "DOKKU_LIB_ROOT")}
        home = str(self.host.root / "home/dokku")
        return Dokku(str(self.host.root / "bin/dokku"), environment={**kept, "DOKKU_ROOT": home})

    def certificate(self) -> Certificate:
        """Returns what is installed."""
        return parse(self.host.dokku("certs:show", self.app, "crt"))

    def orders(self) -> tuple[int, int]:
        """Returns how often the client was started, and how many orders the server has seen."""
        calls = [call for call in self.host.calls() if call == [ENABLE, self.app]]
        log = (self.host.root / "log/acme.log").read_text("utf-8")
        return len(calls), log.count("order-plz")


@pytest.fixture
def site(host: Host, tmp_path: Path, request: pytest.FixtureRequest) -> Site:
    """Returns a new app, named after the test."""
    app = request.node.originalname.removeprefix("test_").replace("_", "-")[:30].strip("-")
    host.dokku("apps:create", app)
    return Site(host, tmp_path / "play", app)


@contextmanager
def without(site: Site, server: str, fault: str = "stop", repair: str = "start") -> Iterator[None]:
    """Lets a server of the Internet be away for a while."""
    site.sandbox(fault, server)
    try:
        yield
    finally:
        site.sandbox(repair, server)


def lines(told: dict[str, Any]) -> list[str]:
    """Writes changes as one line each, without the date."""
    return [f"{change['sign']} {change['subject']}" for change in told["changes"]]


def test_exact_names(site: Site) -> None:
    """A chain that leads to the server's root, for all names and no other; then nothing more."""
    names = ready(site, "", "www")
    planned, placed = site.ask(domains=names, check=True), site.orders()
    assert placed[0] == 0
    issued = site.play(domains=names)
    assert lines(issued) == lines(planned)
    assert lines(issued)[0] == f"+ certificate for {', '.join(names)}"
    assert set(site.certificate().names) == set(names)
    assert_verified(site)
    facts = issued["letsencrypt"]
    assert (facts["ordered"], facts["succeeded"], facts["names"]) == (True, True, names)
    assert facts["issuer"].startswith("Pebble Intermediate")
    assert site.host.dokku("letsencrypt:active", site.app).strip() == "true"
    assert "auto-renew" in site.host.dokku("cron:list", "--global")

    before = site.orders()
    again = site.ask(domains=names)
    assert not again["changed"]
    assert "pending" not in again
    assert site.orders() == before == (1, placed[1] + 1)
    seen = letsencrypt.observed(site.library(), site.app)
    assert seen.certificate == site.certificate()
    assert seen.renew_after == seen.certificate.not_after - timedelta(days=30)


def test_names_come_and_go(site: Site) -> None:
    """The set of names decides, so each change of it is one order."""
    one, two = site.name(), site.name("www")
    site.lead(one, two)
    for names in ([one], [one, two], [two, one], [two]):
        site.serve(*names)
        before = site.orders()
        told = site.ask(domains=names)
        assert told["letsencrypt"]["succeeded"], told
        assert set(site.certificate().names) == set(names)
        assert site.orders()[1] == before[1] + 1
        assert site.host.dokku("letsencrypt:active", site.app).strip() == "true"
        assert not site.ask(domains=names)["changed"]


def test_silent_name(site: Site) -> None:
    """No order before the DNS server answers, and with our address."""
    names = [site.name("a"), site.name("b")]
    site.serve(*names)
    site.lead(names[0])
    before = site.orders()
    told = site.ask(domains=names)
    assert names[1] in told["pending"]
    assert names[0] not in told["pending"]
    site.lead(names[1], address="192.0.2.1")
    told = site.ask(domains=names)
    assert f"{names[1]} leads to 192.0.2.1, not to 127.0.0.1" in told["pending"]
    with without(site, "dns"):
        assert all(name in site.ask(domains=names)["pending"] for name in names)
    assert not told["letsencrypt"]["ordered"]
    assert site.orders() == before
    site.sandbox("zone", "example.org", "change", text=f"update delete {names[1]}. A\n")
    site.lead(names[1])
    assert site.ask(domains=names)["letsencrypt"]["succeeded"]


def test_pause(site: Site) -> None:
    """Before its time nothing is ordered, and the words say why."""
    names = ready(site)
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="seconds")
    before = site.orders()
    told = site.ask(domains=names, not_before=later, backoff="3 orders failed")
    assert told["pending"].startswith("the next order is placed after")
    assert told["pending"].endswith(": 3 orders failed")
    assert site.orders() == before
    earlier = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
    assert site.ask(domains=names, not_before=earlier)["letsencrypt"]["succeeded"]


def test_outage(site: Site) -> None:
    """While the server is away the app stays as it is; a later run completes it."""
    names = ready(site)
    with without(site, "acme"):
        told = site.ask(domains=names)
        assert "connection refused" in told["pending"]
        assert told["letsencrypt"]["ordered"]
        assert not told["letsencrypt"]["succeeded"]
    with without(site, "acme", "freeze", "thaw"):
        told = site.ask(domains=names, timeout=2)
        assert told["pending"] == "no new certificate: no answer within 2 seconds"
        assert told["letsencrypt"]["ordered"]
    told = site.ask(domains=names)
    assert told["letsencrypt"]["succeeded"]
    assert "pending" not in told
    served = site.certificate()
    names = ready(site, "", "www")
    with without(site, "acme"):
        assert "connection refused" in site.ask(domains=names)["pending"]
    assert site.certificate() == served


def test_forbidden_name(site: Site) -> None:
    """The server's own words are the reason, and the first certificate is served on."""
    names = ready(site)
    assert site.ask(domains=names)["letsencrypt"]["succeeded"]
    refused = site.internet["acme"]["refuses"]
    site.lead(refused)
    site.serve(*names, refused)
    told = site.ask(domains=[*names, refused])
    assert "issuance is forbidden by policy" in told["pending"]
    assert "\n" not in told["pending"]
    assert site.certificate().names == tuple(names)
    site.serve(*names)
    assert not site.ask(domains=names)["changed"]


def test_wildcard(site: Site) -> None:
    """By DNS-01 with the credentials in a file, which stand nowhere else."""
    names = [site.name("*"), site.name()]
    site.serve(*names)
    file, secret = credentials(site)
    assert "can be had by DNS-01 only" in site.ask(domains=names)["msg"]
    told = site.play(domains=names, dns_provider="rfc2136", env_file=str(file))
    assert told["letsencrypt"]["succeeded"], told
    assert set(site.certificate().names) == set(names)
    assert_verified(site)
    before = site.orders()
    again = site.ask(domains=names, dns_provider="rfc2136", env_file=str(file))
    assert not again["changed"]
    assert site.orders() == before
    seen = site.host.dokku("letsencrypt:report", site.app, "--format", "json")
    assert str(file) in seen
    written = (path for path in folder_of(site).rglob("*") if path.is_file())
    texts = [seen, *(path.read_text("utf-8", "replace") for path in written)]
    texts += [(site.folder / "output.txt").read_text("utf-8"), json.dumps([told, again])]
    texts += [(site.host.root / "log/calls.jsonl").read_text("utf-8")]
    assert not [text for text in texts if secret in text]


def test_wrong_key(site: Site) -> None:
    """What the DNS server refuses is told without the key; the right key mends it."""
    names = [site.name("*")]
    site.serve(*names)
    file, secret = credentials(site)
    good = file.read_text("utf-8")
    file.write_text(good.replace(secret, f"{secret[:8]}{secret[8:-1].lower()}="), "utf-8")
    ways = {"dns_provider": "rfc2136", "env_file": str(file)}
    told = site.ask(domains=names, **ways)
    assert told["pending"].startswith(f"no new certificate: {names[0]}: ")
    assert "DNS update failed" in told["pending"]
    assert secret[:8] not in told["pending"]
    file.unlink()
    assert "no such file" in site.ask(domains=names, **ways)["pending"]
    file.write_text(good, "utf-8")
    assert site.ask(domains=names, **ways)["letsencrypt"]["succeeded"]


def test_global_dns_provider(site: Site) -> None:
    """One that an operator set for all apps does not make ours answer by DNS."""
    names = ready(site)
    site.host.dokku("letsencrypt:set", "--global", "dns-provider", "rfc2136")
    try:
        told = site.ask(domains=names, dns_provider="none")
        assert lines(told)[2] == "+ letsencrypt dns-provider"
        assert told["letsencrypt"]["succeeded"]
        assert not site.ask(domains=names, dns_provider="none")["changed"]
    finally:
        site.host.dokku("letsencrypt:set", "--global", "dns-provider")


def test_own_certificate(site: Site) -> None:
    """It takes over for good: the daily renewal does not bring the other one back."""
    names = ready(site)
    assert site.ask(domains=names)["letsencrypt"]["succeeded"]
    own = make(tuple(names), end=timedelta(days=5))
    told = site.ask("dokku_certs", certificate=own.certificate, key=own.key)
    assert lines(told) == [f"~ certificate for {names[0]}"]
    assert site.host.dokku("letsencrypt:active", site.app).strip() == "false"
    before = site.orders()
    site.host.dokku("letsencrypt:auto-renew")
    assert site.orders() == before
    assert site.certificate() == parse(own.certificate)
    assert not site.ask(state="absent")["changed"]
    assert lines(site.ask(domains=names)) == [f"~ certificate for {names[0]}"]
    assert site.certificate().issuer.startswith("Pebble")


def test_absent(site: Site) -> None:
    """The certificate goes, and is not there to be removed again."""
    names = ready(site)
    assert not site.ask(state="absent")["changed"]
    assert site.ask(domains=names)["letsencrypt"]["succeeded"]
    for check in (True, False):
        told = site.ask(state="absent", check=check)
        assert lines(told) == [f"- certificate for {names[0]}"]
    assert site.host.dokku("certs:report", site.app, "--ssl-enabled").strip() == "false"
    assert not site.ask(state="absent")["changed"]


def ready(site: Site, *labels: str) -> list[str]:
    """Gives the app these names below its own, and leads them to the host."""
    names = [site.name(label) for label in labels or ("",)]
    site.lead(*names)
    site.serve(*names)
    return names


def credentials(site: Site) -> tuple[Path, str]:
    """Writes the key for the DNS server where the plugin has it; returns file and secret."""
    given = Path(site.internet["dns"]["credentials"]).read_text("utf-8")
    library = Path(site.host.environment["DOKKU_LIB_ROOT"])
    file = library / "data/ansible-deploy/settings" / site.app / "dns-credentials"
    file.parent.mkdir(parents=True)
    file.touch(0o600)
    file.write_text(given, "utf-8")
    return file, given.partition("RFC2136_TSIG_SECRET=")[2].splitlines()[0]


def folder_of(site: Site) -> Path:
    """Returns where Dokku keeps the app, with what dokku-letsencrypt wrote down."""
    return site.host.root / "home/dokku" / site.app


def assert_verified(site: Site) -> None:
    """Checks the installed chain against the root of the ACME server, as a browser would."""
    chain = folder_of(site) / "tls/server.crt"
    words = ["openssl", "verify", "-CAfile", site.internet["acme"]["roots"]]
    done = subprocess.run(
        [*words, "-untrusted", str(chain), str(chain)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
