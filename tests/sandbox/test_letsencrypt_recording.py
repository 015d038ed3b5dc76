"""dokku-letsencrypt 0.25.1 as recorded, replayed with a real ACME client and a real ACME server.

The recorded host had no ACME server: a stand-in for the client wrote a self-signed certificate, and
refused the address refuse@example.com. Here the refused order is one whose name is not in DNS yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.dokku import properties, vhosts
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import letsencrypt_settings
from tests.sandbox.conftest import control
from tests.sandbox.pushes import structure
from tests.sandbox.recordings import Answer, Step, dokku, normalise, read
from tests.sandbox.test_internet import change, facts
from tests.sandbox.test_pushes import GOOD

SERVER = "https://acme.example.com/directory"
NAMES = r"(?<![@.])\b(rec-l|rec-u|second)\.example\."
# The recorded order of steps, and what happens in the world outside meanwhile.
REFUSED, UNDEPLOYED = 47, 84
DEPLOY, REVOKED = 45, 72

# What differs by nature, beside the list in recordings.py, each with the reason.
MARKS = (
    # only the name of the zone: the sandbox is the authority for example.org
    (NAMES + "org", r"\1.example.com"),
    # the recorded host's init script says so at each reload of nginx; others say nothing
    (r"^       Reloading nginx configuration: nginx\.\n", ""),
    # the client's own words: the recorded one was a stand-in
    (r"(?<=via HTTP-01\n)(?:(?!----->|=====>).*\n)+", "       (the client's words)\n"),
    # times
    (r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "DATE"),
    (r"\b\d+d, (?:\d+h, )?(?:\d+m, )?(?:\d+s)? *", "DURATION"),
    (r'("expiration":)"\d+"', r'\1"TIME"'),
    (r'("(?:expires|starts)-at":)"[^"]+"', r'\1"TIME"'),
    # the recorded certificate was its own issuer; newer ACME servers leave the subject empty
    (r'("subject":)"[^"]*"', r'\1"SUBJECT"'),
    (r'("issuer":)"CN = [^"]+"', r'\1"ISSUER"'),
    (r'("verified":)"(?:self signed|verified by a certificate authority)"', r'\1"VERDICT"'),
    # made of the order's words, among them the server; its making is tested below
    (r"\b[0-9a-f]{40}\b", "HASH"),
)


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[Step, Answer, str]]]:
    """The steps, and what a fresh sandbox answers; with the address of its ACME server."""
    root = tmp_path_factory.mktemp("letsencrypt") / "host"
    image = tmp_path_factory.mktemp("image")
    (image / "Dockerfile").write_text(GOOD, encoding="utf-8")
    try:
        started = control(root, "up", "--without-plugin")
        assert started.returncode == 0, started.stderr
        control(root, "image", "img:1", str(image))
        be_the_recorded_host(root)
        yield [play(root, number, step) for number, step in enumerate(read("letsencrypt"))]
    finally:
        control(root, "down", "--remove")


def be_the_recorded_host(root: Path) -> None:
    """Set and unset what differs before the first step."""
    dokku(root, "domains:set-global", "dk.local")
    dokku(root, "letsencrypt:cron-job", "--add")
    for key in ("server", "lego-args"):
        dokku(root, "letsencrypt:set", "--global", key)


def play(root: Path, number: int, step: Step) -> tuple[Step, Answer, str]:
    """Run a recorded command against the sandbox's ACME server and zone."""
    directory = facts(root)["acme"]["directory"]
    if number == UNDEPLOYED:
        dokku(root, "letsencrypt:set", "rec-u", "server", directory)
    words = [word.replace(SERVER, directory) for word in step.argv]
    answer = dokku(root, *(re.sub(NAMES + "com", r"\1.example.org", word) for word in words))
    if number == REFUSED:
        for name in ("rec-l", "rec-u", "second"):
            change(root, f"update add {name} 60 A 127.0.0.1")
    texts = (text.replace(str(root), "") for text in (answer.stdout, answer.stderr))
    return step, replace(answer, **dict(zip(("stdout", "stderr"), texts, strict=True))), directory


def equal(answer: Answer, step: Step, directory: str) -> Answer:
    """Make an answer comparable."""
    found = normalise(answer, Path("/no-root"), step.argv)
    texts = [found.stdout.replace(directory, SERVER), found.stderr]
    for pattern, mark in MARKS:
        texts = [re.sub(pattern, mark, text, flags=re.MULTILINE) for text in texts]
    return Answer(found.exit, *texts)


def test_everything_is_answered_as_recorded(replayed: list[tuple[Step, Answer, str]]) -> None:
    wrong = []
    for number, (step, answer, directory) in enumerate(replayed):
        if number in (DEPLOY, REVOKED):
            continue
        expected = equal(step.answer, step, directory)
        actual = equal(answer, step, directory)
        if actual != expected:
            line = f"{number}: dokku {' '.join(step.argv)}"
            wrong.append(f"{line}\n  recorded {expected}\n  sandbox  {actual}")
    assert not wrong, "\n".join(wrong)


def test_the_deploy_between_is_answered_as_recorded(
    replayed: list[tuple[Step, Answer, str]],
) -> None:
    step, answer, _ = replayed[DEPLOY]
    told = re.sub(NAMES + "org", r"\1.example.com", answer.stdout)
    assert structure(told) == structure(step.answer.stdout)


def test_revocation_fails_at_the_second_name(replayed: list[tuple[Step, Answer, str]]) -> None:
    """Lego revokes once for each name; the recorded client was none, and knew no names."""
    step, answer, _ = replayed[REVOKED]
    assert step.argv[0] == "letsencrypt:revoke"
    assert "Certificate was revoked." in answer.stdout
    assert answer.stdout.endswith("Certificate revocation failed (code 1)!\n-----> Done\n")


def test_each_order_spoke_to_the_real_server(replayed: list[tuple[Step, Answer, str]]) -> None:
    said = [answer.stdout for step, answer, _ in replayed if step.argv[0] == "letsencrypt:enable"]
    issued = [text for text in said if "Server responded with a certificate." in text]
    assert len(issued) == 5
    assert sum("acme: error: 400" in text for text in said) == 1


@pytest.mark.parametrize(
    ("email", "names"),
    [
        ("refuse@example.com", "rec-l.example.com"),
        ("admin@example.com", "rec-l.example.com"),
        ("admin@example.com", "rec-l.example.com second.example.com"),
    ],
)
def test_the_directory_of_an_order_is_named_as_on_the_recorded_host(
    tmp_path: Path, email: str, names: str
) -> None:
    host = Host(tmp_path)
    host.app("rec-l").mkdir(parents=True)
    vhosts.write_file(vhosts.vhost_file(host, "rec-l"), names.split())
    for key, value in (("email", email), ("server", SERVER)):
        properties.put(host, "letsencrypt", "rec-l", key=key, value=value)
    step = next(step for step in read("letsencrypt") if step.argv[0] == "letsencrypt:cleanup")
    directories = re.findall(r"[0-9a-f]{40}", step.answer.stdout)
    assert letsencrypt_settings.digest(host, "rec-l") in directories
