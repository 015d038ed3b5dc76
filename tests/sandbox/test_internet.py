"""The DNS server and the ACME server of a sandbox: what they answer, to whom, and their faults."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sandbox.servers import dns_question
from tests.sandbox.conftest import control
from tests.sandbox.recordings import REPOSITORY

ZONE = "example.org"


def facts(root: Path) -> dict[str, Any]:
    """Where the servers are."""
    found: dict[str, Any] = json.loads((root / "etc/internet.json").read_text(encoding="utf-8"))
    return found


def ask(root: Path, *words: str) -> str:
    """Ask the DNS server; the answer's records in short."""
    address, _, port = facts(root)["dns"]["address"].partition(":")
    command = ["kdig", f"@{address}", "-p", port, "+short", "+timeout=1", "+retry=0", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def change(root: Path, line: str, *, zone: str = ZONE) -> None:
    """Change a zone by hand."""
    words = [REPOSITORY / "script/sandbox", "zone", zone, "change"]
    environment = {**os.environ, "DOKKU_SANDBOX": str(root)}
    subprocess.run(words, input=line, env=environment, text=True, check=True)


def variables(file: str) -> dict[str, str]:
    """Read `NAME=value` lines."""
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def update(root: Path, line: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Change a zone as the plugin may: with the key of the credentials alone."""
    access = variables(facts(root)["dns"]["credentials"])
    address, _, port = access["RFC2136_NAMESERVER"].partition(":")
    key = tmp_path / "key"
    key.write_text(f"hmac-sha256:{access['RFC2136_TSIG_KEY']}:{access['RFC2136_TSIG_SECRET']}\n")
    return subprocess.run(
        ["knsupdate", "-k", key],
        input=f"server {address} {port}\nzone {ZONE}.\n{line}\nsend\n",
        capture_output=True,
        text=True,
        check=False,
    )


def fetch(root: Path, url: str) -> str:
    """Read something from the ACME server, which nothing but its own certificate makes trusted."""
    trust = ["--cacert", facts(root)["acme"]["certificate"]]
    words = ["curl", "--silent", "--max-time", "2", "--noproxy", "*", *trust, url]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("zone", ["example.org", "dokku.sandbox", "localhost", "sandbox.test"])
def test_the_server_is_the_authority_for_each_zone(sandbox_root: Path, zone: str) -> None:
    assert ask(sandbox_root, zone, "NS") == f"ns.{zone}.\n"
    assert ask(sandbox_root, f"ns.{zone}", "A") == "127.0.0.1\n"
    assert ask(sandbox_root, "+tcp", zone, "SOA").endswith(" 1\n")  # what is missing, for a second


def test_a_zone_holds_records_of_its_owner(sandbox_root: Path) -> None:
    shown = control(sandbox_root, "zone", ZONE).stdout
    assert [line.split()[3] for line in shown.splitlines()].count("SOA") == 1
    for words in (("TXT", '"v=spf1 mx -all"'), ("MX", "10 mail.example.org.")):
        assert "\t".join(words) in shown
    assert ask(sandbox_root, "mail.example.org", "A") == "192.0.2.25\n"


def test_an_address_is_found_behind_another_name(sandbox_root: Path) -> None:
    change(sandbox_root, "update add behind.example.org. 60 CNAME ns")
    port = int(facts(sandbox_root)["dns"]["address"].rpartition(":")[2])
    assert dns_question.find_addresses(port, "behind.example.org") == ["127.0.0.1"]
    assert dns_question.find_addresses(port, "example.org") == []
    assert dns_question.find_addresses(port, "absent.example.org") == []
    change(sandbox_root, "update delete behind.example.org.")


def test_the_credentials_may_change_a_zone(sandbox_root: Path, tmp_path: Path) -> None:
    done = update(sandbox_root, "update add made.example.org. 60 A 127.0.0.1", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert ask(sandbox_root, "made.example.org", "A") == "127.0.0.1\n"


def test_the_credentials_may_not_transfer_a_zone(sandbox_root: Path) -> None:
    known = facts(sandbox_root)["dns"]
    access = variables(known["credentials"])
    address, _, port = known["address"].partition(":")
    secret = f"hmac-sha256:{access['RFC2136_TSIG_KEY']}:{access['RFC2136_TSIG_SECRET']}"
    words = ["kdig", f"@{address}", "-p", port, "-y", secret, ZONE, "AXFR"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "SOA" not in done.stdout
    assert "BADKEY" in done.stderr


def test_names_below_protected_are_refused_to_the_credentials(
    sandbox_root: Path, tmp_path: Path
) -> None:
    line = "update add www.protected.example.org. 60 A 127.0.0.1"
    assert update(sandbox_root, line, tmp_path).returncode == 1
    assert ask(sandbox_root, "www.protected.example.org", "A") == ""
    change(sandbox_root, line)
    assert ask(sandbox_root, "www.protected.example.org", "A") == "127.0.0.1\n"
    change(sandbox_root, "update delete www.protected.example.org.")


@pytest.mark.parametrize("file", ["credentials", "operator-credentials", "operator-key"])
def test_secrets_are_for_their_owner_only(sandbox_root: Path, file: str) -> None:
    path = Path(facts(sandbox_root)["dns"][file])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((sandbox_root / "etc/knot.conf").stat().st_mode) == 0o600


def test_what_was_changed_outlives_a_restart_at_the_same_address(sandbox_root: Path) -> None:
    before = facts(sandbox_root)
    change(sandbox_root, "update add kept.sandbox.test. 60 A 127.0.0.2", zone="sandbox.test")
    assert control(sandbox_root, "stop", "dns").returncode == 0
    assert ask(sandbox_root, "kept.sandbox.test", "A") == ""
    assert "stopped, for" in control(sandbox_root, "status").stdout
    assert control(sandbox_root, "start", "dns").returncode == 0
    assert ask(sandbox_root, "kept.sandbox.test", "A") == "127.0.0.2\n"
    assert facts(sandbox_root) == before


def test_a_frozen_server_answers_when_it_is_thawed(sandbox_root: Path) -> None:
    control(sandbox_root, "freeze", "dns")
    assert ask(sandbox_root, ZONE, "SOA") == ""
    control(sandbox_root, "thaw", "dns")
    assert ask(sandbox_root, ZONE, "SOA") != ""


def test_the_acme_server_restarts_with_a_new_root_above_the_old_one(sandbox_root: Path) -> None:
    acme = facts(sandbox_root)["acme"]
    assert "newOrder" in fetch(sandbox_root, acme["directory"])
    first = Path(acme["roots"]).read_text(encoding="utf-8")
    control(sandbox_root, "stop", "acme")
    assert fetch(sandbox_root, acme["directory"]) == ""
    control(sandbox_root, "start", "acme")
    assert "newOrder" in fetch(sandbox_root, acme["directory"])
    both = Path(acme["roots"]).read_text(encoding="utf-8")
    assert both.endswith(first)
    assert both.count("BEGIN CERTIFICATE") == first.count("BEGIN CERTIFICATE") + 1


@pytest.mark.parametrize("words", [("stop",), ("start", "nginx"), ("zone", "example.com")])
def test_an_unknown_server_or_zone_is_named(sandbox_root: Path, words: tuple[str, ...]) -> None:
    answer = control(sandbox_root, *words)
    assert answer.returncode == 1
    assert answer.stderr.startswith("sandbox: name a ")
