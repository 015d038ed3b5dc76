"""Failed orders: three are free, then the pause grows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ansible_deploy.orders import Orders

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NAMES = ("shop.example.org",)


def failed(times: int, names: tuple[str, ...] = NAMES) -> Orders:
    orders = Orders()
    for _ in range(times):
        orders = orders.after(names, is_good=False, now=NOW)
    return orders


def test_nothing_failed_is_nothing_remembered() -> None:
    assert Orders().as_json() == {}
    assert Orders.from_json({}) == Orders()
    assert Orders().not_before(NAMES) == ""


@pytest.mark.parametrize(
    ("times", "hours"), [(1, None), (2, None), (3, 1), (4, 2), (5, 4), (7, 16), (8, 24), (99, 24)]
)
def test_the_pause_grows_from_an_hour_to_a_day(times: int, hours: int | None) -> None:
    expected = "" if hours is None else (NOW + timedelta(hours=hours)).isoformat()
    assert failed(times).not_before(NAMES) == expected


def test_quite_other_names_start_anew() -> None:
    other = ("www.shop.example.org",)
    assert failed(5).not_before(other) == ""
    assert failed(5).after(other, is_good=False, now=NOW).failed == 1


def test_more_names_or_another_order_do_not_start_anew() -> None:
    both = ("www.shop.example.org", *NAMES)
    assert failed(5).not_before(both) == failed(5).not_before(NAMES)
    assert failed(5, both).not_before(both[::-1]) == failed(5, both).not_before(both)
    assert failed(5).after(both, is_good=False, now=NOW).failed == 6


def test_fewer_names_are_tried_at_once_and_still_counted() -> None:
    both = ("www.shop.example.org", *NAMES)
    assert failed(5, both).not_before(NAMES) == ""
    assert failed(5, both).after(NAMES, is_good=False, now=NOW).failed == 6


def test_a_good_order_forgets_the_failed_ones() -> None:
    assert failed(5).after(NAMES, is_good=True, now=NOW) == Orders()


def test_it_is_read_as_it_was_written() -> None:
    assert Orders.from_json(failed(4).as_json()) == failed(4)


def test_people_are_told_how_often_and_when() -> None:
    assert failed(3).words() == "3 orders failed, the last at 2026-11-22 10:00 UTC"
    assert Orders().words() == ""


def test_a_rate_limit_pauses_at_once_and_for_as_long_as_the_authority_says() -> None:
    assert failed(1).limited("").not_before(NAMES) == (NOW + timedelta(hours=1)).isoformat()
    later = "2026-11-25T08:00:00+00:00"
    assert failed(1).limited(later).not_before(NAMES) == later
    assert (
        failed(4).limited("2026-11-22T10:30:00+00:00").not_before(NAMES)
        == (NOW + timedelta(hours=2)).isoformat()
    ), "never sooner than our own pause"
