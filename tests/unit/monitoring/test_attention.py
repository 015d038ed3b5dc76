"""What is to be looked at is told once: in words for everybody, with details for the operator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ansible_deploy.backups.record import Record
from ansible_deploy.monitoring import thresholds
from ansible_deploy.monitoring.attention import USUAL, Notice, notices, spoken
from ansible_deploy.monitoring.backups_reading import Backups
from ansible_deploy.monitoring.overview import Overview
from ansible_deploy.monitoring.prometheus import Alert
from ansible_deploy.monitoring.readings import Deploy, Nightly, Processes

NOW = datetime(2026, 11, 27, 14, 3, tzinfo=UTC)
FAILED = Record(failed="no route", failed_at="F", disproven="3 rows", disproven_at="D")


@pytest.mark.parametrize(
    ("app", "said"),
    [
        (Overview("a", alerts=(Alert("AppDown", "page", "h", "a"),)), "alert: app down"),
        (
            Overview("a", deploys=(Deploy(NOW, 1), Deploy(NOW, 0))),
            "the last deploy failed: 2026-11-27 14:03",
        ),
        (Overview("a", pending={"tls": "no answer"}), "tls is not done yet: no answer"),
        (
            Overview("a", certificate=NOW + timedelta(days=13, hours=1)),
            "the certificate ends in 13 days",
        ),
        (Overview("a", certificate=NOW + timedelta(days=1)), "the certificate ends in 1 day"),
        (Overview("a", certificate=NOW), "the certificate has ended"),
        (
            Overview("a", nightly=Nightly(NOW, domains={"x.org": NOW + timedelta(days=9)})),
            "the domain x.org ends in 9 days",
        ),
        (
            Overview("a", nightly=Nightly(NOW, ("ports - http:80:5000", "domains + x"))),
            "differs from deploy.d in 2 things: ports - http:80:5000; domains + x",
        ),
        (Overview("a", processes=Processes(NOW, 3, 1)), "processes running: 1 of 3"),
        (
            Overview("a", backups=Backups(Record(), missed="M")),
            "a backup is late: the clock made none at M",
        ),
        (
            Overview("a", backups=Backups(Record(), missed_proof="M")),
            "a proof is late: no backup was proven at M",
        ),
        (
            Overview("a", backups=Backups(Record(damaged="a pack", damaged_at="D"))),
            "the repository is damaged: a pack (D)",
        ),
        (
            Overview("a", backups=Backups(Record(upkeep_failed="full", upkeep_failed_at="U"))),
            "the last upkeep of backups failed: full (U)",
        ),
        (
            Overview("a", backups=Backups(Record(), is_undecided=True)),
            "a restore is not decided: dokku ansible-deploy:restore a --confirm, or --undo",
        ),
        (Overview("a", unreadable={"drift": "why"}), "drift cannot be read: why"),
    ],
)
def test_what_is_to_be_looked_at(app: Overview, said: str) -> None:
    assert [str(notice) for notice in notices(app, NOW)] == [said]


def test_what_failed_is_not_called_late_too() -> None:
    found = notices(Overview("a", backups=Backups(FAILED, missed="M", missed_proof="P")), NOW)
    assert found == [
        Notice("the last backup failed", "no route (F)"),
        Notice("the last proof failed", "3 rows (D)"),
    ]


@pytest.mark.parametrize(
    "app",
    [
        Overview("a"),
        Overview("a", certificate=NOW + timedelta(days=15)),
        Overview("a", nightly=Nightly(NOW, domains={"x.org": NOW + timedelta(days=31)})),
        Overview("a", deploys=(Deploy(NOW, 0), Deploy(NOW, 1))),
        Overview("a", processes=Processes(NOW - timedelta(minutes=59), 2, 2)),
        Overview("a", backups=Backups(Record())),
    ],
)
def test_what_is_well_is_not_told(app: Overview) -> None:
    assert notices(app, NOW) == []


def test_the_bounds_of_an_app_are_those_of_its_alerts() -> None:
    limits = {"certificate": timedelta(days=5), "domain": timedelta(days=60)}
    ends = {"x.org": NOW + timedelta(days=50, hours=1)}
    found = Overview(
        "a",
        certificate=NOW + timedelta(days=6),
        nightly=Nightly(NOW, domains=ends),
        limits=limits,
    )
    assert [notice.text for notice in notices(found, NOW)] == ["the domain x.org ends in 50 days"]


def test_what_was_seen_long_ago_tells_nothing_of_now() -> None:
    old = NOW - timedelta(days=3)
    app = Overview("a", nightly=Nightly(old, ("x",)), processes=Processes(old, 2, 0))
    assert [notice.text for notice in notices(app, NOW)] == [
        "processes were not looked at lately",
        "no nightly look lately",
    ]


def test_names_of_alerts_as_people_say_them() -> None:
    names = ("AppDown", "CertificateExpires", "watchdog", "TLS")
    assert [spoken(name) for name in names] == [
        "app down",
        "certificate expires",
        "watchdog",
        "tls",
    ]


def test_the_usual_bounds_are_those_of_the_alerts() -> None:
    told = {subject: timedelta(seconds=thresholds.USUAL[subject]) for subject in USUAL}
    assert told == USUAL
