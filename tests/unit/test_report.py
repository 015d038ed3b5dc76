"""The lines that a pusher reads."""

from __future__ import annotations

import io

import pytest

from ansible_deploy.errors import ManifestError, Problem
from ansible_deploy.events import Change, Event
from ansible_deploy.report import Progress, Report, merged, quantity

MADE = Change("+", "postgres shop-postgres 17")
LINKED = Change("+", "postgres shop-postgres", "linked as DATABASE_URL")


@pytest.fixture
def stream() -> io.StringIO:
    """What was printed."""
    return io.StringIO()


def lines(stream: io.StringIO) -> list[str]:
    return stream.getvalue().splitlines()


def test_lines_are_in_the_style_of_dokku(stream: io.StringIO) -> None:
    report = Report(stream)
    report.heading("a")
    report.closing("b")
    report.detail("c")
    report.warning("d")
    assert lines(stream) == ["-----> a", "=====> b", "       c", " !     d"]


def test_a_quiet_report_prints_warnings_only(stream: io.StringIO) -> None:
    report = Report(stream, quiet=True)
    report.heading("a")
    report.concern("config", [])
    report.warning("d")
    assert lines(stream) == [" !     d"]


def test_what_did_not_change_is_one_word(stream: io.StringIO) -> None:
    Report(stream).concern("config", [], 1.0)
    assert lines(stream) == ["       config       unchanged"]


def test_the_time_stands_in_its_column_on_the_first_line(stream: io.StringIO) -> None:
    changes = [Change("+", "a.example.org"), Change("-", "b.example.org", "no longer wished")]
    Report(stream).concern("domains", changes, 2.04)
    first, second = lines(stream)
    assert first == f"{'       domains    + a.example.org':<66}  2.0s"
    assert second == "                  - b.example.org, no longer wished"


def test_a_long_line_pushes_the_time_and_loses_nothing(stream: io.StringIO) -> None:
    Report(stream).concern("domains", [Change("+", "a" * 200)], 2.0)
    assert lines(stream) == [f"       domains    + {'a' * 200}  2.0s"]


def test_a_long_name_pushes_its_changes_in_every_line(stream: io.StringIO) -> None:
    Report(stream).concern("a-play-of-the-app", [Change("+", "x"), Change("+", "y")])
    assert lines(stream) == [
        "       a-play-of-the-app + x",
        "                         + y",
    ]


def test_a_service_and_its_link_are_one_line() -> None:
    assert merged([MADE, LINKED]) == [
        Change("+", "postgres shop-postgres 17", "linked as DATABASE_URL")
    ]


def test_what_only_looks_alike_is_not_merged() -> None:
    other = Change("+", "postgres shop-postgres2 17")
    gone = Change("-", "postgres shop-postgres", "unlinked")
    detailed = Change("+", "postgres shop-postgres 17", "restored")
    assert merged([other, LINKED]) == [other, LINKED]
    assert merged([MADE, gone]) == [MADE, gone]
    assert merged([detailed, LINKED]) == [detailed, LINKED]
    assert merged([LINKED, MADE]) == [LINKED, MADE]


def test_two_services_are_merged_with_their_own_links() -> None:
    made = [MADE, Change("+", "redis shop-redis 8")]
    links = [Change("+", "redis shop-redis", "linked as REDIS_URL"), LINKED]
    assert merged([*made, *links]) == [
        Change("+", "postgres shop-postgres 17", "linked as DATABASE_URL"),
        Change("+", "redis shop-redis 8", "linked as REDIS_URL"),
    ]


def test_the_events_of_a_concern_are_one_entry(stream: io.StringIO) -> None:
    progress = Progress(Report(stream))
    progress(Event("services", "Service is there", (MADE,), seconds=4.0))
    progress(Event("services", "Service is linked", (LINKED,), seconds=2.1))
    assert lines(stream) == [], "printed before the concern was done"
    progress(Event("config", "Variables are set"))
    assert lines(stream) == [
        f"{'       services   + postgres shop-postgres 17, linked as DATABASE_URL':<66}  6.1s"
    ]
    progress.finish()
    progress.finish()
    assert lines(stream)[1:] == ["       config       unchanged"]


def test_a_failed_step_is_not_called_unchanged(stream: io.StringIO) -> None:
    progress = Progress(Report(stream))
    progress(Event("domains", "Domains are set", failed=True, message="dokku said no"))
    progress.finish()
    assert lines(stream) == [" !     domains: dokku said no"]


def test_what_was_done_before_a_failure_is_told(stream: io.StringIO) -> None:
    progress = Progress(Report(stream))
    progress(Event("services", "Service is there", (MADE,)))
    progress(Event("services", "Service is linked", failed=True, message="it is locked"))
    assert lines(stream)[1:] == [" !     services: it is locked"]
    assert lines(stream)[0].startswith("       services   + postgres shop-postgres 17")


def test_warnings_are_told_at_once(stream: io.StringIO) -> None:
    Progress(Report(stream))(Event("dns", "Records are set", warnings=("not asked yet",)))
    assert lines(stream) == [" !     dns: not asked yet"]


def test_notes_stand_in_the_entry_of_their_concern(stream: io.StringIO) -> None:
    progress = Progress(Report(stream))
    progress(Event("dns", "Records are set", notes=("create A a.example.org", "and AAAA")))
    progress.finish()
    assert lines(stream) == [
        "       dns          create A a.example.org",
        "                    and AAAA",
    ]


def test_what_is_pending_is_loud_and_not_unchanged(stream: io.StringIO) -> None:
    progress = Progress(Report(stream))
    progress(Event("dns", "Records are set", pending="192.0.2.1 does not answer"))
    progress(Event("domains", "Domains are set"))
    progress.finish()
    assert lines(stream) == [
        " !     dns: not done yet: 192.0.2.1 does not answer",
        "       domains      unchanged",
    ]


def test_every_problem_has_a_line_and_says_where_what_and_what_to_do(stream: io.StringIO) -> None:
    problems = [
        Problem("deploy.d/deploy.yml:3", 'unknown key "prot"', 'did you mean "port"?'),
        Problem("", "nothing to say where"),
        Problem("deploy.d", "two\nlines"),
    ]
    Report(stream).problems(ManifestError(problems))
    assert lines(stream) == [
        ' !     deploy.d/deploy.yml:3: unknown key "prot"; did you mean "port"?',
        " !     nothing to say where",
        " !     deploy.d: two",
        " !     lines",
    ]


def test_one_is_not_many() -> None:
    assert [quantity(count, "play") for count in (0, 1, 2)] == ["0 plays", "1 play", "2 plays"]
