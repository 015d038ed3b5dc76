"""Explains a YAML syntax error in the words of somebody who has never heard of scanners and tokens.

Reads the parser's message and the lines around it; knows nothing about the manifest.
"""

from __future__ import annotations

import re
from typing import Any

from .tree import Node, Scalar, Where
from .words import quote

Finding = tuple[int, str, str]  # line from 0, what is wrong, what to do
KEY_LINES = 'write "key: value" lines, such as "port: 8000"'
QUOTES = "put the value in quotes"
FLOW = "is never closed by"
LIST = (
    "problem",
    'a list item ("- ") stands on the line of its key',
    "put it on the next line, indented",
)
# Words of the parser, whose mark shows the place, what to say, what to do.
BY_MESSAGE = (
    ("quoted scalar", "context", "the quote that opens here is never closed", "close it"),
    ("block sequence entries are not allowed", *LIST),
    ("sequence entries are not allowed", *LIST),
    (
        "flow sequence",
        "context",
        f'the list that "[" opens here {FLOW} "]"',
        "separate items by commas",
    ),
    (
        "flow mapping",
        "context",
        f'the map that "{{" opens here {FLOW} "}}"',
        "separate entries by commas",
    ),
    (
        "block scalar",
        "problem",
        'text after "|" or ">" must begin on the next line',
        "move it there",
    ),
    (
        "scanning an alias",
        "problem",
        'a value begins with "*", which YAML takes for an alias',
        QUOTES,
    ),
    (
        "scanning an anchor",
        "problem",
        'a value begins with "&", which YAML takes for an anchor',
        QUOTES,
    ),
    ("directive", "problem", 'a line begins with "%", which YAML takes for a directive', QUOTES),
    ("a tag", "problem", 'a value begins with "!", which YAML takes for a tag', QUOTES),
    (
        "block collection",
        "problem",
        "this line does not belong to the list above it",
        'begin it with "- ", or indent it like the key of the list',
    ),
)


def yaml_error() -> type[Exception]:
    """Return the class of the parser's errors."""
    import yaml

    return yaml.YAMLError


def explain(error: Exception, text: str, file: str) -> tuple[Where, str, str]:
    """Return where the file stops being YAML, what is wrong there, and what to do."""
    lines = text.splitlines() or [""]
    line, what, remedy = _find(error, lines)
    return Where(file, min(line, len(lines) - 1) + 1), what, remedy


def explain_top_level(root: Node) -> tuple[str, str]:
    """Return what to say about a file that is a list or a text instead of a map."""
    if not isinstance(root, Scalar):
        return (
            "the file is a list, not a map of keys",
            'write "key: value" lines, such as "port: 8000"',
        )
    glued = re.match(r"([A-Za-z_-]+):(\S+)", root.text)
    if glued:
        return _glued(glued)
    return (
        f"the file is the text {quote(root.text)}, not a map of keys",
        'write "key: value" lines, such as "port: 8000"',
    )


def _find(error: Any, lines: list[str]) -> Finding:
    conflict = [index for index, line in enumerate(lines) if re.match(r"(<{7}|>{7}) ", line)]
    if conflict:
        return conflict[0], "holds an unresolved merge conflict", "resolve it and remove its marks"
    problem, context = str(error.problem or ""), str(error.context or "")
    mark = error.problem_mark
    if "escape character" in problem:
        return (
            mark.line,
            "has a backslash in double quotes that means nothing",
            "use single quotes instead",
        )
    if "cannot start any token" in problem:
        return _bad_character(lines, mark)
    if "mapping values are not allowed" in problem:
        return _misplaced_colon(lines, mark)
    if "simple key" in context or "':'" in problem:
        return _missing_colon(lines, (error.context_mark or mark).line)
    for words, which, what, remedy in BY_MESSAGE:
        if words in problem or words in context:
            place = error.context_mark if which == "context" and error.context_mark else mark
            return place.line, what, remedy
    return _misaligned(lines, mark)


def _bad_character(lines: list[str], mark: Any) -> Finding:
    character = lines[mark.line][mark.column] if mark.line < len(lines) else "\t"
    if character == "\t":
        return mark.line, "is indented with a tab", "YAML wants spaces"
    return mark.line, f"a value cannot begin with {quote(character)}", QUOTES


def _misplaced_colon(lines: list[str], mark: Any) -> Finding:
    line = lines[mark.line]
    if re.search(r"\S:\s", line[: mark.column]):
        return (
            mark.line,
            'has two ": " in one line',
            "put the value in quotes, or each key on its own line",
        )
    above = _line_above(lines, mark.line)
    if above is not None and _indent(lines[above]) >= _indent(line):
        return _missing_colon(lines, above)
    return (
        mark.line,
        "is indented below a line that already has a value",
        "line it up with the key above",
    )


def _missing_colon(lines: list[str], line: int) -> Finding:
    text = lines[line].strip() if line < len(lines) else ""
    glued = re.match(r"([A-Za-z_-]+):(\S+)", text)
    if glued:
        return (line, *_glued(glued))
    return line, f"has no colon after the key: {quote(text)}", 'write "key: value"'


def _misaligned(lines: list[str], mark: Any) -> Finding:
    line = lines[mark.line] if mark.line < len(lines) else ""
    rest = line[mark.column :]
    if rest[:1] in ("]", "}"):
        return mark.line, f"has a {quote(rest[0])} too many", "remove it"
    if mark.column > _indent(line):
        return (
            mark.line,
            f"has text after the end of a value: {quote(rest)}",
            "put the whole value in one pair of quotes",
        )
    return (
        mark.line,
        "does not line up with the lines above",
        "indent it with as many spaces as its neighbours",
    )


def _glued(found: re.Match[str]) -> tuple[str, str]:
    return (
        f"has no space after the colon: {quote(found[0])}",
        f"write {quote(f'{found[1]}: {found[2]}')}",
    )


def _line_above(lines: list[str], line: int) -> int | None:
    for index in range(line - 1, -1, -1):
        if lines[index].strip() and not lines[index].lstrip().startswith("#"):
            return index
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
