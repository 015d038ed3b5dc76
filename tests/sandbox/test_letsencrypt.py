"""Certificates from the sandbox's ACME server: both challenges, nginx with them, and failures."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.conftest import control
from tests.sandbox.recordings import Answer, dokku
from tests.sandbox.test_internet import change, facts, variables

APP, NAME = "cert", "cert.example.org"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A sandbox with a deployed app whose name is in DNS, and an address for the ACME account."""
    root, page = tmp_path_factory.mktemp("certs") / "host", tmp_path_factory.mktemp("page")
    (page / "index.html").write_text("hello over TLS\n", encoding="utf-8")
    (page / "Dockerfile").write_text("FROM nginx\nEXPOSE 5000\n", encoding="utf-8")
    try:
        started = control(root, "up", "--without-plugin")
        assert started.returncode == 0, started.stderr
        control(root, "image", "page:1", str(page))
        for words in (
            ("letsencrypt:set", "--global", "email", "admin@example.org"),
            ("apps:create", APP),
            ("domains:set", APP, NAME),
            ("ports:set", APP, "http:80:5000"),
            ("git:from-image", APP, "page:1"),
        ):
            answer = dokku(root, *words)
            assert answer.exit == 0, answer
        change(root, "update add cert 60 A 127.0.0.1")
        yield root
    finally:
        control(root, "down", "--remove")


@pytest.fixture(scope="module")
def issued(root: Path) -> Answer:
    """The answer to the first order, by HTTP-01."""
    return dokku(root, "letsencrypt:enable", APP)


def fetch(root: Path, url: str, *options: str) -> str:
    """Fetch something by its name; a certificate must lead to the ACME server's root."""
    port = facts(root)["https" if url.startswith("https") else "http"].partition(":")[2]
    host = url.split("/")[2]
    place = url.replace(host, f"{host}:{port}", 1)
    resolve = ["--resolve", f"{host}:{port}:127.0.0.1", "--noproxy", "*"]
    words = ["curl", "-sS", *resolve, "--cacert", facts(root)["acme"]["roots"], *options, place]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def names_of(root: Path, app: str) -> str:
    """The names of an app's certificate."""
    report = dokku(root, "certs:report", app, "--format", "json").stdout
    return str(json.loads(report)["hostnames"])


def test_a_certificate_is_issued_and_verifies(root: Path, issued: Answer) -> None:
    assert issued.exit == 0, issued
    assert fetch(root, f"https://{NAME}/") == "hello over TLS\n"
    assert names_of(root, APP) == NAME
    assert dokku(root, "ports:report", APP, "--ports-map").stdout == (
        "http:80:5000 https:443:5000\n"
    )


def test_http_leads_to_https_and_https_says_to_stay(root: Path, issued: Answer) -> None:
    head = fetch(root, f"http://{NAME}/some/page?q=1", "--head")
    assert head.startswith("HTTP/1.1 301")
    assert (
        f"Location: https://{NAME}:{facts(root)['https'].partition(':')[2]}/some/page?q=1" in head
    )
    assert "Strict-Transport-Security: max-age=15724800; includeSubdomains" in fetch(
        root, f"https://{NAME}/", "--head"
    )


def test_hsts_follows_its_property(root: Path, issued: Answer) -> None:
    for key, value in (("hsts-max-age", "60"), ("hsts-include-subdomains", "false")):
        dokku(root, "nginx:set", APP, key, value)
    dokku(root, "proxy:build-config", APP)
    head = fetch(root, f"https://{NAME}/", "--head")
    assert "Strict-Transport-Security: max-age=60\n" in head.replace("\r", "")
    dokku(root, "nginx:set", APP, "hsts", "false")
    dokku(root, "proxy:build-config", APP)
    assert "Strict-Transport-Security" not in fetch(root, f"https://{NAME}/", "--head")


def test_a_name_more_is_validated_on_port_80_while_https_is_on(root: Path, issued: Answer) -> None:
    change(root, "update add more 60 A 127.0.0.1")
    dokku(root, "domains:add", APP, "more.example.org")
    answer = dokku(root, "letsencrypt:enable", APP)
    assert (answer.exit, names_of(root, APP)) == (0, f"{NAME} more.example.org")
    assert fetch(root, "https://more.example.org/") == "hello over TLS\n"
    assert "skipping certificate request" in dokku(root, "letsencrypt:enable", APP).stdout
    dokku(root, "domains:remove", APP, "more.example.org")
    assert dokku(root, "letsencrypt:enable", APP).exit == 0
    assert names_of(root, APP) == NAME


def test_files_lie_where_dokku_letsencrypt_has_them(root: Path, issued: Answer) -> None:
    home = root / "home/dokku" / APP
    current = home / "letsencrypt/certs/current"
    files = {path.name for path in (current / "certificates").iterdir()}
    assert files == {f"{NAME}.{kind}" for kind in ("crt", "issuer.crt", "json", "key", "pem")}
    served = (current / f"certificates/{NAME}.crt").read_bytes()
    assert (home / "tls/server.crt").read_bytes() == served
    assert (home / "tls/server.letsencrypt.crt").read_bytes() == served
    assert (root / "var/lib/dokku/config/letsencrypt/--global/email").read_text() == (
        "admin@example.org"
    )
    accounts = root / "var/lib/dokku/data/letsencrypt/--global/accounts"
    assert stat.S_IMODE(accounts.stat().st_mode) == 0o700
    assert list(accounts.glob("127.0.0.1_*/admin@example.org/account.json"))


def test_a_wildcard_is_issued_by_dns(root: Path) -> None:
    dokku(root, "apps:create", "wild")
    dokku(root, "domains:set", "wild", "*.wild.example.org", "wild.example.org")
    file = facts(root)["dns"]["credentials"]
    dokku(root, "letsencrypt:set", "wild", "dns-provider", "rfc2136")
    dokku(root, "letsencrypt:set", "wild", "lego-docker-options", f"--env-file={file}")
    answer = dokku(root, "letsencrypt:enable", "wild")
    assert answer.exit == 0, answer
    assert "via DNS-01" in answer.stdout
    assert names_of(root, "wild") == "*.wild.example.org wild.example.org"
    assert fetch(root, "https://any.wild.example.org/", "-o", "/dev/null") == ""
    secret = variables(file)["RFC2136_TSIG_SECRET"]
    assert secret not in answer.stdout + answer.stderr
    assert "_acme-challenge" not in control(root, "zone", "example.org").stdout  # cleaned up


def test_the_client_gets_no_variable_of_the_caller(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in the caller's environment does not reach a container."""
    dokku(root, "apps:create", "bare")
    dokku(root, "domains:set", "bare", "bare.example.org")
    dokku(root, "letsencrypt:set", "bare", "dns-provider", "rfc2136")
    access = variables(facts(root)["dns"]["credentials"])
    call = [str(root / "bin/dokku"), "letsencrypt:enable", "bare"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(root), **access}
    done = subprocess.run(call, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    assert "RFC2136_NAMESERVER" in done.stdout  # the client misses it
    for name, value in access.items():
        dokku(root, "letsencrypt:set", "bare", f"dns-provider-{name}", value)
    assert dokku(root, "letsencrypt:enable", "bare").exit == 0


def test_an_unreadable_environment_file_is_told(root: Path) -> None:
    dokku(root, "apps:create", "blind")
    dokku(root, "domains:set", "blind", "blind.example.org")
    dokku(root, "letsencrypt:set", "blind", "lego-docker-options", "--env-file /no/such/file")
    answer = dokku(root, "letsencrypt:enable", "blind")
    assert answer.exit == 125
    assert "docker: open /no/such/file: no such file or directory." in answer.stdout


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nowhere.example.org", "could not resolve"),
        ("blocked.example.org", "rejectedIdentifier"),
    ],
)
def test_a_refused_order_leaves_the_app_as_it_was(root: Path, name: str, reason: str) -> None:
    app = name.partition(".")[0]
    dokku(root, "apps:create", app)
    dokku(root, "domains:set", app, name)
    before = (root / "home/dokku" / app / "nginx.conf").read_text(encoding="utf-8")
    answer = dokku(root, "letsencrypt:enable", app)
    assert answer.exit == 1
    assert reason in answer.stdout
    assert (root / "home/dokku" / app / "nginx.conf").read_text(encoding="utf-8") == before
    assert not (root / "home/dokku" / app / "nginx.conf.d/letsencrypt.conf").exists()
    assert dokku(root, "letsencrypt:active", app).stdout == "false\n"


def test_an_outage_of_the_acme_server_and_the_order_after_it(root: Path, issued: Answer) -> None:
    control(root, "stop", "acme")
    down = dokku(root, "letsencrypt:enable", APP, "--force")
    control(root, "start", "acme")
    assert down.exit == 1
    assert "connection refused" in down.stdout
    assert fetch(root, f"https://{NAME}/") == "hello over TLS\n"  # by a root of an earlier life
    again = dokku(root, "letsencrypt:enable", APP, "--force")
    assert again.exit == 0
    assert "Registering account" in again.stdout  # the server has forgotten the old one


def test_a_certificate_of_ones_own_comes_as_a_tar(root: Path, tmp_path: Path) -> None:
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=own.example.org"
    files = ["-out", str(tmp_path / "own.crt"), "-keyout", str(tmp_path / "own.key")]
    subprocess.run(["openssl", *words.split(), *files], check=True, capture_output=True)
    tar = ["tar", "-C", str(tmp_path), "-cf", "-"]
    dokku(root, "apps:create", "own")
    half = subprocess.run([*tar, "own.crt"], capture_output=True, check=True).stdout
    assert dokku(root, "certs:add", "own", stdin=half).stderr.endswith("missing .key file\n")
    both = subprocess.run([*tar, "own.crt", "own.key"], capture_output=True, check=True).stdout
    answer = dokku(root, "certs:add", "own", stdin=both)
    assert answer.exit == 0
    assert "No matching configured domains for own found in SSL certificate." in answer.stdout
    assert names_of(root, "own") == "own.example.org"
    assert stat.S_IMODE((root / "home/dokku/own/tls/server.key").stat().st_mode) == 0o640


def test_a_new_name_keeps_the_certificate_and_loses_the_settings(root: Path) -> None:
    """As with dokku-letsencrypt 0.25.1: Dokku's git copies the files, nobody the properties."""
    change(root, "update add old 60 A 127.0.0.1")
    dokku(root, "apps:create", "old")
    dokku(root, "domains:set", "old", "old.example.org")
    dokku(root, "letsencrypt:set", "old", "graceperiod", "86400")
    assert dokku(root, "letsencrypt:enable", "old").exit == 0
    dokku(root, "apps:rename", "old", "new")
    assert names_of(root, "new") == "old.example.org"
    assert dokku(root, "letsencrypt:active", "new").stdout == "false\n"
    report = json.loads(dokku(root, "letsencrypt:report", "new", "--format", "json").stdout)
    assert report["graceperiod"] == ""


def test_renewal_stands_in_the_crontab_after_a_deploy(root: Path) -> None:
    table = root / "var/spool/cron/crontabs/dokku"
    dokku(root, "letsencrypt:cron-job", "--add")
    assert "letsencrypt/cron-job" in table.read_text(encoding="utf-8")
    assert "Updated schedule file" in dokku(root, "ps:rebuild", APP).stdout
    line = "24 6 * * * dokku letsencrypt:auto-renew &>> /var/log/dokku/letsencrypt.log\n"
    assert table.read_text(encoding="utf-8").endswith(line)
    assert (root / "var/lib/dokku/data/letsencrypt/--global/autorenew").exists()


def test_a_certificate_within_its_grace_period_is_renewed(root: Path, issued: Answer) -> None:
    certificate = root / "home/dokku" / APP / "tls/server.crt"
    before = certificate.read_bytes()
    assert "left before renewal" in dokku(root, "letsencrypt:auto-renew", APP).stdout
    dokku(root, "letsencrypt:set", APP, "graceperiod", str(91 * 24 * 60 * 60))
    assert dokku(root, "letsencrypt:auto-renew").exit == 0
    assert certificate.read_bytes() != before
    dokku(root, "letsencrypt:set", APP, "graceperiod")


def test_a_certificate_for_one_name_is_revoked(root: Path, issued: Answer) -> None:
    assert "Certificate revoked successfully." in dokku(root, "letsencrypt:revoke", APP).stdout
    assert dokku(root, "letsencrypt:active", APP).stdout == "false\n"
    assert fetch(root, f"http://{NAME}/") == "hello over TLS\n"
