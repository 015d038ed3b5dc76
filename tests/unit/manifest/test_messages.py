"""What every refusal has in common, whatever it is about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CASES = Path(__file__).parents[2] / "cases"
REFUSALS = sorted(CASES.glob("*/*/expected.txt"))
JARGON = re.compile(
    r"additionalProperties|propertyNames|jsonschema|schema|regex|\^\(|anyOf|oneOf|scanner|token|"
    r"block mapping|flow|NoneType|Traceback|instance|dict\b|\bstr\b|\bint\b|None"
)
QUOTED = re.compile(r'"[^"]*"')


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda path: path.parent.name)
def test_every_line_says_where_and_in_plain_visible_words(refusal: Path) -> None:
    for line in refusal.read_text("utf-8").splitlines():
        assert re.match(r"deploy\.d(/[^:]+)?(:\d+)?: ", line)
        assert line.isprintable()
        assert not JARGON.search(QUOTED.sub("", line))
        assert len(line) < 400


def test_every_line_of_the_manifest_says_what_to_do() -> None:
    lines = [line for path in REFUSALS for line in path.read_text("utf-8").splitlines()]
    assert not [line for line in lines if "; " not in line and "archive" not in line]
