"""Certificates of pushed apps, from a real ACME server that asks a real DNS server and nginx."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e.hosts import web_app
from tests.e2e.names import Names

APP = "e2e-tls"
ONE = "port: 5000\ndomains: [e2e-tls.example.org]\n"
TWO = "port: 5000\ndomains: [e2e-tls.example.org, e2e-www.example.org]\n"


def app(tree: Path, deploy: str, **files: str) -> Path:
    return web_app(tree, {"deploy.d/deploy.yml": deploy, **files})


@pytest.fixture
def certified(names: Names) -> Names:
    """The host with an address for the certificate authority."""
    names.host.dokku("ansible-deploy:set", "--global", "acme-email", "ops@example.org")
    return names


def test_the_common_case_answers_over_https(certified: Names, tree: Path) -> None:
    answer = certified.host.push(APP, app(tree, ONE))
    assert answer.exit == 0, answer.output
    assert "tls        + certificate for e2e-tls.example.org, valid until" in answer.output
    assert "=====> e2e-tls is provisioned: https://e2e-tls.example.org" in answer.ours()
    assert certified.https("e2e-tls.example.org") == (200, "hello")
    assert certified.certificate("e2e-tls.example.org")["names"] == ["e2e-tls.example.org"]
    assert certified.host.get("e2e-tls.example.org")[0] == 301, "not sent on to https"
    assert "strict-transport-security" in certified.headers("e2e-tls.example.org")
    assert certified.host.json("ports:report", APP)["map"] == "http:80:5000 https:443:5000"
    report = certified.host.json("ansible-deploy:report", APP)
    assert report["certificate-names"] == "e2e-tls.example.org"
    assert "Pebble" in report["certificate-issuer"]
    assert report["certificate-expires-at"] > report["certificate-renewed-from"]
    calls, serial = len(certified.host.calls()), certified.serial()
    answer = certified.host.push(APP)
    assert answer.ours() == [
        "-----> deploy.d is unchanged, e2e-tls is provisioned: https://e2e-tls.example.org"
    ]
    assert (certified.orders(calls), certified.serial()) == (0, serial)
    assert certified.https("e2e-tls.example.org") == (200, "hello")


def test_a_certificate_follows_the_domains_and_https_follows_the_port(
    certified: Names, tree: Path
) -> None:
    certified.host.push(APP, app(tree, ONE))
    first = certified.certificate("e2e-tls.example.org")["serial"]
    answer = certified.host.push(APP, app(tree, ONE + "env: {A: '1'}\n"))
    assert "tls          unchanged" in answer.output
    answer = certified.host.push(APP, app(tree, TWO.replace("5000", "6000")))
    assert answer.exit == 0, answer.output
    found = certified.certificate("e2e-www.example.org")
    assert found["names"] == ["e2e-tls.example.org", "e2e-www.example.org"]
    assert found["serial"] != first
    assert certified.host.json("ports:report", APP)["map"] == "http:80:6000 https:443:6000"
    answer = certified.host.push(APP, app(tree, ONE))
    assert answer.exit == 0, answer.output
    assert certified.certificate("e2e-tls.example.org")["names"] == ["e2e-tls.example.org"]


def test_redirects_hold_over_https(certified: Names, tree: Path) -> None:
    redirects = "redirects: {e2e-www.example.org: e2e-tls.example.org}\n"
    answer = certified.host.push(APP, app(tree, TWO + redirects))
    assert answer.exit == 0, answer.output
    assert certified.https("e2e-www.example.org", "/a?b=c")[0] == 301
    assert certified.https("e2e-tls.example.org")[0] == 200


def test_a_wildcard_is_proven_by_a_dns_record(certified: Names, tree: Path) -> None:
    deploy = "port: 5000\ndomains: [e2e-tls.example.org, '*.e2e-tls.example.org']\n"
    answer = certified.host.push(APP, app(tree, deploy))
    assert answer.exit == 0, answer.output
    found = certified.certificate("any.e2e-tls.example.org")
    assert found["names"] == ["*.e2e-tls.example.org", "e2e-tls.example.org"]
    assert certified.https("any.e2e-tls.example.org") == (200, "hello")
    assert certified.ask("_acme-challenge.e2e-tls.example.org", "TXT") == []
    assert certified.secret not in answer.output
    assert certified.secret not in (certified.host.root / "log/calls.jsonl").read_text()


def test_a_challenge_that_this_host_cannot_meet_is_refused(certified: Names, tree: Path) -> None:
    certified.host.dokku("ansible-deploy:set", "--global", "dns-provider", "--unset")
    answer = certified.host.push(APP, app(tree, ONE + "tls: {challenge: dns-01}\n"))
    assert answer.exit != 0
    assert "dokku ansible-deploy:set --global dns-provider NAME" in answer.output


def test_an_acme_server_that_is_down_is_told_and_the_next_push_completes(
    certified: Names, tree: Path
) -> None:
    with certified.stopped("acme"):
        answer = certified.host.push(APP, app(tree, ONE))
        assert answer.exit == 0, answer.output
        assert " !     tls: not done yet: no new certificate: " in answer.output
        assert "e2e-tls is provisioned but for tls: http://" in answer.output
        assert certified.host.get("e2e-tls.example.org") == (200, "hello"), "https came too early"
    assert certified.host.json("ansible-deploy:report", APP)["pending-tls"]
    answer = certified.host.push(APP)
    assert "-----> deploy.d is unchanged" in answer.output
    assert "tls        + certificate for e2e-tls.example.org" in answer.output
    assert certified.https("e2e-tls.example.org") == (200, "hello")


def test_no_order_for_a_name_that_does_not_lead_here(certified: Names, tree: Path) -> None:
    calls = len(certified.host.calls())
    answer = certified.host.push(APP, app(tree, ONE + "dns: off\n"))
    assert answer.exit == 0, answer.output
    assert " !     tls: not done yet: no certificate was ordered" in answer.output
    certified.change("e2e-tls.example.org", "A", "192.0.2.7")
    answer = certified.host.push(APP)
    assert "e2e-tls.example.org leads to 192.0.2.7, not to 127.0.0.1" in answer.output
    assert certified.orders(calls) == 0
    certified.change("e2e-tls.example.org", "A", "127.0.0.1")
    certified.host.push(APP)
    assert certified.https("e2e-tls.example.org") == (200, "hello")
    certified.change("e2e-tls.example.org", "A")


def test_failed_orders_pause_before_a_rate_limit_is_met(certified: Names, tree: Path) -> None:
    domain = certified.facts["acme"]["refuses"]
    deploy = f"port: 5000\ndomains: [{domain}]\n"
    calls = len(certified.host.calls())
    answer = certified.host.push(APP, app(tree, deploy))
    assert " !     tls: not done yet: no new certificate: " in answer.output
    certified.host.push(APP)
    certified.host.push(APP)
    assert certified.orders(calls) == 3
    answer = certified.host.push(APP)
    assert answer.exit == 0, answer.output
    assert "3 orders failed, the last at " in answer.output
    assert certified.orders(calls) == 3
    answer = certified.host.push(APP, app(tree, ONE))
    assert "tls        + certificate for e2e-tls.example.org" in answer.output


def test_what_a_later_step_breaks_is_recorded_all_the_same(certified: Names, tree: Path) -> None:
    certified.host.dokku("apps:create", APP)
    certified.host.made.append(APP)
    certified.host.dokku("ansible-deploy:set", APP, "custom-plays", "allow")
    failing = "- hosts: localhost\n  gather_facts: false\n  tasks: [{ansible.builtin.fail: }]\n"
    plays = {"deploy.d/post-deploy.yml": failing}
    domain = certified.facts["acme"]["refuses"]
    certified.host.push(APP, app(tree, f"port: 5000\ndomains: [{domain}]\n", **plays))
    state = json.loads((certified.host.data(APP) / "state.json").read_text())
    assert state["orders"]["failed"] == 1
    assert "tls" not in state["owned"]
    answer = certified.host.push(APP, app(tree, ONE, **plays))
    assert "tls        + certificate for e2e-tls.example.org" in answer.output
    state = json.loads((certified.host.data(APP) / "state.json").read_text())
    assert (state["orders"], state["owned"]["tls"]) == ({}, ["certificate"])
    (tree / "deploy.d/post-deploy.yml").unlink()
    answer = certified.host.push(APP, app(tree, ONE + "tls: off\n"))
    assert "tls        - certificate for e2e-tls.example.org" in answer.output


def test_dns_01_needs_the_same_grant_as_records(certified: Names, tree: Path) -> None:
    deploy = "port: 5000\ndomains: [e2e.sandbox.test]\ntls: {challenge: dns-01}\n"
    answer = certified.host.push(APP, app(tree, deploy))
    assert answer.exit != 0
    grant = "ansible-deploy:set e2e-tls dns-zones example.org,sandbox.test"
    assert f"dokku {grant}" in answer.output


def test_an_app_without_a_domain_is_left_in_peace(certified: Names, tree: Path) -> None:
    certified.host.push(APP, app(tree, "port: 5000\n"))
    certified.host.dokku("domains:clear", APP)
    certified.host.push(APP, app(tree, "port: 5000\nenv: {A: '1'}\n"))
    answer = certified.host.push(APP)
    assert "not done yet" not in answer.output


def test_off_takes_a_certificate_of_ours_away(certified: Names, tree: Path) -> None:
    certified.host.push(APP, app(tree, ONE))
    certified.host.dokku("ansible-deploy:set", "--global", "acme-email", "--unset")
    answer = certified.host.push(APP, app(tree, ONE + "env: {A: '1'}\n"))
    assert answer.exit == 0, answer.output
    assert certified.https("e2e-tls.example.org") == (200, "hello"), "lost with the address"
    answer = certified.host.push(APP, app(tree, ONE + "tls: off\n"))
    assert answer.exit == 0, answer.output
    assert "tls        - certificate for e2e-tls.example.org" in answer.output
    assert certified.host.json("certs:report", APP)["enabled"] == "false"
    assert certified.host.json("ports:report", APP)["map"] == "http:80:5000"
    assert certified.host.get("e2e-tls.example.org") == (200, "hello")


def self_signed(folder: Path, domain: str) -> tuple[str, str]:
    """A certificate and its key, as PEM."""
    key, certificate = folder / "own.key", folder / "own.crt"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    words += ["-nodes", "-days", "60", "-subj", f"/CN={domain}"]
    words += ["-addext", f"subjectAltName=DNS:{domain}"]
    words += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(words, check=True, capture_output=True)
    return certificate.read_text(), key.read_text()


def indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def encrypted(names: Names, text: str) -> str:
    """What ansible-vault makes of a text with the app's own password."""
    names.host.dokku("apps:create", APP, check=False)
    names.host.made.append(APP)
    password = "correct horse battery"
    words = ("ansible-deploy:vault-password", APP)
    names.host.dokku(*words, stdin=password, check=False)
    from ansible.parsing.vault import VaultLib, VaultSecret

    library = VaultLib([("default", VaultSecret(password.encode()))])
    return bytes(library.encrypt(text.encode())).decode()


def test_a_certificate_of_ones_own_comes_from_the_vault(
    certified: Names, tree: Path, tmp_path: Path
) -> None:
    deploy = ONE + "tls: {certificate: TLS_CERTIFICATE, key: TLS_KEY}\n"
    serials, calls = [], len(certified.host.calls())
    for _ in range(2):
        certificate, key = self_signed(tmp_path, "e2e-tls.example.org")
        vault = f"TLS_CERTIFICATE: |\n{indented(certificate)}TLS_KEY: |\n{indented(key)}"
        files = {"deploy.d/vault.yml": encrypted(certified, vault)}
        answer = certified.host.push(APP, app(tree, deploy, **files))
        assert answer.exit == 0, answer.output
        serials.append(certified.certificate("e2e-tls.example.org")["serial"])
    assert serials[0] != serials[1], "the second certificate was not installed"
    assert certified.orders(calls) == 0
    assert "e2e-tls is provisioned: https://e2e-tls.example.org" in answer.output
    assert "PRIVATE KEY" not in answer.output
    assert key.splitlines()[1] not in (certified.host.root / "log/calls.jsonl").read_text()
    assert certified.host.dokku("config:keys", APP).stdout.split().count("TLS_KEY") == 0


def test_a_certificate_installed_by_hand_stays_until_the_file_says_otherwise(
    certified: Names, tree: Path, tmp_path: Path
) -> None:
    certified.host.push(APP, app(tree, ONE + "tls: off\n"))
    self_signed(tmp_path, "e2e-tls.example.org")
    files = [str(tmp_path / name) for name in ("own.crt", "own.key")]
    certified.host.dokku("certs:add", APP, *files)
    mine = certified.certificate("e2e-tls.example.org")["serial"]
    answer = certified.host.push(APP, app(tree, ONE))
    assert answer.exit == 0, answer.output
    assert certified.certificate("e2e-tls.example.org")["serial"] == mine
    assert "the one that was installed by hand stays" in answer.output
    answer = certified.host.push(APP, app(tree, ONE + "tls: auto\n"))
    assert answer.exit == 0, answer.output
    assert certified.https("e2e-tls.example.org") == (200, "hello")


def test_without_an_address_for_the_authority_nothing_is_ordered(names: Names, tree: Path) -> None:
    answer = names.host.push(APP, app(tree, ONE))
    assert answer.exit == 0, answer.output
    assert "certificate" not in answer.output
    answer = names.host.push(APP, app(tree, ONE + "tls: auto\n"))
    assert "dokku ansible-deploy:set --global acme-email ADDRESS" in answer.output
    assert names.host.get("e2e-tls.example.org") == (200, "hello")


def test_a_destroyed_app_comes_back_with_another_certificate(certified: Names, tree: Path) -> None:
    certified.host.push(APP, app(tree, ONE))
    certified.host.clear_one(APP)
    assert certified.ask("e2e-tls.example.org") == []
    answer = certified.host.push(APP, app(tree, ONE))
    assert "tls        + certificate for e2e-tls.example.org" in answer.output
    assert certified.https("e2e-tls.example.org") == (200, "hello")


def test_killed_at_every_other_call_after_the_deploy(certified: Names, tree: Path) -> None:
    """The next push of the same commit ends as an undisturbed one does."""
    host = certified.host

    def push(name: str) -> str:
        deploy = f"port: 5000\ndomains: [{name}.example.org]\n"
        return host.push(name, app(tree, deploy)).output

    def end(name: str) -> dict[str, object]:
        domain = f"{name}.example.org"
        return {
            "names": [word.replace(name, "APP") for word in certified.certificate(domain)["names"]],
            "page": certified.https(domain),
            "ports": host.json("ports:report", name)["map"],
            "due": host.dokku("ansible-deploy:plan", name, check=False).exit,
            "pending": json.loads((host.data(name) / "state.json").read_text())["pending"],
        }

    push("e2e-first")  # which switches the daily renewal on, for all
    before = len(host.calls())
    push("e2e-kill")
    calls = [call["trigger"] for call in host.calls()[before:] if call["trigger"]]
    expected = end("e2e-kill")
    assert expected["due"] == 0
    numbers = [n for n, trigger in enumerate(calls, 1) if trigger == "post-deploy"]
    assert len(numbers) > 5
    fault = host.root / "fault.json"
    for number in numbers[::2]:
        name = f"e2e-kill-{number}"
        fault.write_text(json.dumps({"at": number, "moment": ("before", "after")[number // 2 % 2]}))
        push(name)
        assert not fault.exists(), f"nothing was killed at call {number}"
        push(name)
        assert end(name) == expected, f"after a kill at call {number}"
        host.clear_one(name)
