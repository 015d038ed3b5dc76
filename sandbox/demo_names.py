"""What `script/demo` shows of names and certificates."""

import json
import re
from pathlib import Path

from sandbox import lifecycle
from sandbox.demo_words import read, say
from sandbox.dokku.host import Host
from sandbox.servers import internet
from sandbox.servers.programs import find_program

ZONES = "example.org,localhost"


def set_up(host: Host) -> None:
    """Give the plugin what it needs for records and certificates; the key comes from a file."""
    facts = internet.facts(host)
    dokku = [str(host.root / "bin/dokku"), "ansible-deploy:set", "--global"]
    settings = {
        "server-ip": "127.0.0.1",
        "dns-provider": "rfc2136",
        "dns-zones": ZONES,
        "dns-resolver": facts["dns"]["address"],
        "acme-email": "ops@example.org",
    }
    for key, value in settings.items():
        say(f"$ dokku ansible-deploy:set --global {key} {value}")
        read([*dokku, key, value])
    credentials = Path(facts["dns"]["credentials"])
    say(f"$ dokku ansible-deploy:set --global dns-credentials < {credentials.name}")
    read([*dokku, "dns-credentials"], credentials.read_text())


def ask(host: Host, domain: str) -> None:
    """Show the DNS server's answer for a name."""
    address, _, port = internet.facts(host)["dns"]["address"].partition(":")
    words = [f"@{address}", "-p", port, "+noall", "+answer", domain, "A"]
    say("$ kdig " + " ".join(words))
    answer = read([find_program("kdig"), *words]).strip()
    if not answer.endswith("127.0.0.1"):
        raise lifecycle.Problem(f"the DNS server does not know {domain}: {answer}")
    say(answer)


def verify(host: Host, domains: tuple[str, ...]) -> None:
    """Show who issued the certificate, that its chain is whole, and that it is for these names."""
    facts = internet.facts(host)
    words = ["openssl", "s_client", "-connect", facts["https"], "-servername", domains[0]]
    words += ["-CAfile", facts["acme"]["roots"], "-verify_return_error", "-verify_hostname"]
    said = read([*words, domains[0]])
    for line in re.findall(r"^ *(?:\d )?([si]:.*)$", said, re.MULTILINE):
        say(line)
    text = read(["openssl", "x509", "-noout", "-ext", "subjectAltName"], said)
    names = re.findall(r"DNS:(\S+?)(?:,|\s|$)", text)
    if "Verify return code: 0 (ok)" not in said or sorted(names) != sorted(domains):
        raise lifecycle.Problem(f"the certificate is not right; it is for {', '.join(names)}")
    say(f"verified, for exactly {', '.join(sorted(names))}")


def address(host: Host, domain: str) -> str:
    """Return the address of the app's page under a name."""
    return f"https://{domain}:{internet.facts(host)['https'].rpartition(':')[2]}/"


def curl(host: Host, domain: str) -> list[str]:
    """Return the command that gets the page and trusts the ACME server's root alone."""
    facts = internet.facts(host)
    port = facts["https"].rpartition(":")[2]
    words = ["curl", "-sSf", "--cacert", facts["acme"]["roots"]]
    return [*words, "--resolve", f"{domain}:{port}:127.0.0.1", address(host, domain)]


def written(host: Host) -> tuple[int, list[str]]:
    """Return how many certificates were asked for, and the serial numbers of the zones."""
    calls = (host.root / "log/calls.jsonl").read_text().splitlines()
    orders = sum(json.loads(line)["argv"][:1] == ["letsencrypt:enable"] for line in calls)
    server, _, port = internet.facts(host)["dns"]["address"].partition(":")
    words = [find_program("kdig"), f"@{server}", "-p", port, "+short"]
    return orders, [read([*words, zone, "SOA"]) for zone in ZONES.split(",")]
