"""The query of a proof: one SELECT, in which nothing else can hide."""

from __future__ import annotations

import pytest

from ansible_deploy.manifest.backup_forms import check_query
from ansible_deploy.manifest.fragments import Wrong


@pytest.mark.parametrize(
    "query",
    [
        "select count(*) from orders",
        "SELECT(1)",
        "With a as (select 1) select * from a",
        "select 'naïve' = 'über' -- nothing more",
    ],
)
def test_a_query_is_taken(query: str) -> None:
    check_query(query)


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("select 1 \\! id", "has a backslash"),
        ("\\copy orders to program 'id'", "has a backslash"),
        ("select 1; drop table orders", "has a semicolon"),
        ("select 1;", "has a semicolon"),
        ("select 1\ndrop table orders", "has an invisible character (line break)"),
        ("select 1\rsystem id", "has an invisible character (line break)"),
        ("select\t1", "has an invisible character (tab)"),
        ("select 1\u2028system id", "has an invisible character (line separator)"),
        ("drop table orders", "does not begin with select or with"),
        (" select 1", "does not begin with select or with"),
        ("selection", "does not begin with select or with"),
        ("/*!50000 select */ 1", "does not begin with select or with"),
        ("explain analyze delete from orders", "does not begin with select or with"),
        ("", "does not begin with select or with"),
    ],
)
def test_anything_else_is_refused(query: str, what: str) -> None:
    with pytest.raises(Wrong) as caught:
        check_query(query)
    assert str(caught.value).endswith(what)
    assert caught.value.remedy.endswith("such as select count(*) from orders")
