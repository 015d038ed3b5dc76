"""A restored table has the rows that it had, a busy one about as many."""

from __future__ import annotations

import pytest

from ansible_deploy.backups.bring import differences


@pytest.mark.parametrize(
    ("saved", "rows"),
    [
        ((7, 7), 7),
        ((0, 0), 0),
        ((0, 0), 1),  # a queue: a job came and went while it was dumped
        ((2, 3), 1),
        ((1000, 1000), 1049),
        ((1000, 1100), 960),
    ],
)
def test_about_the_same_rows_are_whole(saved: tuple[int, int], rows: int) -> None:
    assert differences({"public.orders": saved}, {"public.orders": rows}) == []


@pytest.mark.parametrize(
    ("saved", "rows", "said"),
    [
        ((7, 7), 0, "public.orders has 0 rows, and had 7 rows"),
        ((8, 8), 1, "public.orders has 1 row, and had 8 rows"),
        ((1000, 1000), 999, "public.orders has 999 rows, and had 1000 rows"),
        ((1, 1), 0, "public.orders has 0 rows, and had 1 row"),
        ((1000, 1000), 900, "public.orders has 900 rows, and had 1000 rows"),
        ((0, 0), 11, "public.orders has 11 rows, and had 0 rows"),
        ((100, 110), 80, "public.orders has 80 rows, and had 100 to 110 rows"),
    ],
)
def test_other_rows_are_told(saved: tuple[int, int], rows: int, said: str) -> None:
    assert differences({"public.orders": saved}, {"public.orders": rows}) == [said]


def test_a_table_that_is_gone_is_told_even_when_it_was_empty() -> None:
    assert differences({"public.empty": (0, 0)}, {}) == ["public.empty is gone, and had 0 rows"]


def test_a_table_that_was_made_or_dropped_meanwhile_may_be_missing() -> None:
    assert differences({"public.new": (0, 4), "public.old": (3, 0)}, {}) == []


def test_what_was_not_counted_before_is_no_difference() -> None:
    assert differences({}, {"public.later": 3}) == []
