"""Checks the settings against the concerns' schema and says each mistake in plain words.

The only user of the ``jsonschema`` library; nothing of that library's language leaves this file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .explanations import explain, is_name
from .fragments import Format, Schema, Wrong
from .problems import Problems
from .tree import Mapping, Node, Scalar, Sequence, plain

Path = tuple[str | int, ...]
# Of several mistakes in one value the first of these is told; the others follow from it.
ORDER = ("type", "enum", "format", "pattern")


def check(
    settings: Mapping, schema: Schema, formats: dict[str, Format], problems: Problems
) -> set[Path]:
    """Add a problem for every mistake; return the paths of the values that have one."""
    unsound: set[Path] = set()
    misnamed: set[Path] = set()
    for path, errors in _by_place(_errors(settings, schema, formats)).items():
        node = _find(settings, path)
        if isinstance(node, Scalar) and node.is_vault:
            unsound.add(path)
            continue  # what is wrong is its place, which is told where it is decrypted
        if any(path[:length] in misnamed for length in range(len(path))):
            continue  # what is below a wrong name cannot be judged
        for error in _told(errors):
            unsound.add(path)
            explain(error, node, problems)
            if is_name(error):
                misnamed.add(path)
    return unsound


def _errors(settings: Mapping, schema: Schema, formats: dict[str, Format]) -> Iterator[Any]:
    import jsonschema  # here, because only a changed folder is validated

    checker = jsonschema.FormatChecker(formats=())
    for name, function in formats.items():
        checker.checks(name, raises=Wrong)(_accepting(function))
    base = jsonschema.Draft202012Validator
    types = base.TYPE_CHECKER.redefine("integer", _is_whole)
    extend: Any = jsonschema.validators.extend  # its stub has no types
    validator = extend(base, {"pattern": _pattern}, type_checker=types)
    yield from validator(schema, format_checker=checker).iter_errors(plain(settings))


def _accepting(function: Format) -> Callable[[object], bool]:
    def check_text(value: object) -> bool:
        if isinstance(value, bool):
            function(str(value).lower())
        elif isinstance(value, str | int | float):
            function(str(value))
        return True

    return check_text


def _pattern(_validator: Any, pattern: str, instance: object, _schema: Schema) -> Iterator[Any]:
    # The library's own lets a line break follow the end of the pattern.
    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        from jsonschema import ValidationError

        yield ValidationError("")


def _is_whole(_checker: Any, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)  # 8000.0 is not a port


def _by_place(errors: Iterable[Any]) -> dict[Path, list[Any]]:
    found: dict[Path, list[Any]] = {}
    for error in errors:
        path = tuple(error.absolute_path)
        if is_name(error):
            path = (*path, error.instance)
        found.setdefault(path, []).append(error)
    return dict(sorted(found.items(), key=lambda item: len(item[0])))


def _told(errors: list[Any]) -> list[Any]:
    for keyword in ORDER:
        for error in errors:
            if error.validator == keyword:
                return [error]
    return errors


def _find(settings: Mapping, path: Path) -> Node:
    node: Node = settings
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.entries[step]
        elif isinstance(node, Sequence) and isinstance(step, int):
            node = node.items[step]
    return node
