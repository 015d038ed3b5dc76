"""The DNS server and the ACME server around the sandbox, as tests see and change them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dns.message
import dns.name
import dns.query
import dns.rdatatype
import dns.tsig
import dns.update
import pytest

from tests.e2e.hosts import ROOT, SandboxHost

ZONE = "example.org"
SETTINGS = ("acme-email", "dns-credentials", "dns-provider", "dns-resolver", "dns-zones")


@dataclass(frozen=True)
class Names:
    """The sandbox's Internet: `facts` is its `etc/internet.json`."""

    host: SandboxHost
    facts: dict[str, Any]

    @property
    def address(self) -> tuple[str, int]:
        """Address and port of the DNS server."""
        address, _, port = self.facts["dns"]["address"].rpartition(":")
        return address, int(port)

    @property
    def secret(self) -> str:
        """The secret of the plugin's key."""
        return self.variables("credentials")["RFC2136_TSIG_SECRET"]

    def variables(self, which: str) -> dict[str, str]:
        """A file of credentials, `credentials` or `operator-credentials`."""
        lines = Path(self.facts["dns"][which]).read_text().split()
        return dict(line.split("=", 1) for line in lines)

    def ask(self, name: str, kind: str = "A") -> list[str]:
        """What the DNS server says, without what a wildcard or a CNAME leads to."""
        query = dns.message.make_query(name, kind)
        where, port = self.address
        answer = dns.query.tcp(query, where, port=port, timeout=5)
        found = answer.get_rrset(
            answer.answer,
            dns.name.from_text(name),
            dns.rdataclass.IN,
            dns.rdatatype.from_text(kind),
        )
        return sorted(rdata.to_text() for rdata in found or ())

    def serial(self, zone: str = ZONE) -> int:
        """The zone's serial number, which every update raises."""
        return int(self.ask(zone, "SOA")[0].split()[2])

    def change(self, name: str, kind: str, *values: str) -> None:
        """Change a record set by hand, with the operator's key; no values remove it."""
        variables = self.variables("operator-credentials")
        key = dns.tsig.Key(
            variables["RFC2136_TSIG_KEY"], variables["RFC2136_TSIG_SECRET"], "hmac-sha256"
        )
        update = dns.update.UpdateMessage(ZONE, keyring=key)
        update.delete(f"{name}.", kind)
        for value in values:
            update.add(f"{name}.", 60, kind, value)
        where, port = self.address
        answer = dns.query.tcp(update, where, port=port, timeout=5)
        assert answer.rcode() == 0, answer

    def set_up(self, **changes: str) -> None:
        """Set what an operator sets: an address, a provider, its key and a zone."""
        values = {
            "server-ip": "127.0.0.1",
            "dns-resolver": self.facts["dns"]["address"],
            "dns-provider": "rfc2136",
            "dns-zones": ZONE,
            **{key.replace("_", "-"): value for key, value in changes.items()},
        }
        for key, value in values.items():
            self.host.dokku("ansible-deploy:set", "--global", key, value)
        self.set_credentials(Path(self.facts["dns"]["credentials"]).read_text())

    def set_credentials(self, text: str) -> None:
        """Give the plugin a file of credentials."""
        words = ("ansible-deploy:set", "--global", "dns-credentials")
        self.host.dokku(*words, stdin=text)

    def clear(self) -> None:
        """Take back everything that an operator may have set."""
        for key in (*SETTINGS, "server-ip", "acme-server"):
            self.host.dokku("ansible-deploy:set", "--global", key, "--unset")

    @contextmanager
    def stopped(self, server: str) -> Iterator[None]:
        """Stop `dns` or `acme` for a while."""
        self._sandbox("stop", server)
        try:
            yield
        finally:
            self._sandbox("start", server)

    @contextmanager
    def silent(self, server: str) -> Iterator[None]:
        """Let `dns` or `acme` take requests for a while and never answer."""
        self._sandbox("freeze", server)
        try:
            yield
        finally:
            self._sandbox("thaw", server)

    def _sandbox(self, *words: str) -> None:
        answer = self.host.run(str(ROOT / "script/sandbox"), *words)
        assert answer.exit == 0, answer.output

    def https(self, domain: str, path: str = "/") -> tuple[int, str]:
        """Ask for a page over HTTPS, the chain verified up to the ACME server's root."""
        body, _, status = self._curl(domain, path, "-w", "\n%{http_code}").rpartition("\n")
        return int(status), body

    def headers(self, domain: str) -> str:
        """What the server says about itself over HTTPS, in lower case."""
        return self._curl(domain, "/", "--head").lower()

    def _curl(self, domain: str, path: str, *options: str) -> str:
        port = self.facts["https"].rpartition(":")[2]
        words = ["curl", "-sS", "--max-time", "10", *options]
        words += ["--cacert", self.facts["acme"]["roots"]]
        words += ["--resolve", f"{domain}:{port}:127.0.0.1", f"https://{domain}:{port}{path}"]
        run = subprocess.run(words, capture_output=True, text=True, timeout=30)
        assert run.returncode == 0, run.stderr
        return run.stdout

    def certificate(self, domain: str) -> dict[str, Any]:
        """The certificate that nginx shows for a name: its names, issuer and dates."""
        from cryptography import x509

        port = self.facts["https"].rpartition(":")[2]
        words = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", domain]
        run = subprocess.run(words, input="", capture_output=True, text=True, timeout=20)
        start = run.stdout.index("-----BEGIN CERTIFICATE-----")
        found = x509.load_pem_x509_certificate(run.stdout[start:].encode())
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return {
            "names": sorted(names.value.get_values_for_type(x509.DNSName)),
            "serial": found.serial_number,
            "issuer": found.issuer.rfc4514_string(),
        }

    def orders(self, since: int = 0) -> int:
        """How many certificates were asked for since the given number of calls."""
        words = [call["argv"] for call in self.host.calls()[since:]]
        return sum(1 for word in words if word[:1] == ["letsencrypt:enable"])


@pytest.fixture
def names(sandbox: SandboxHost) -> Iterator[Names]:
    """The sandbox with its DNS server set up for apps, and nothing set up afterwards."""
    facts = json.loads((sandbox.root / "etc/internet.json").read_text())
    found = Names(sandbox, facts)
    found.set_up()
    yield found
    sandbox.clear()
    found.clear()
