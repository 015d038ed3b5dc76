"""Checks the settings against the concerns' schema and says each mistake in plain words.

The only user of the ``jsonschema`` library; nothing of that library's language leaves this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .elsewhere import elsewhere
from .fragments import Format, Schema, Wrong
from .problems import Problems
from .tree import Mapping, Node, Scalar, Sequence, plain
from .words import did_you_mean, listed, quote

TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "nothing",
}
# Of several mistakes in one value the first of these is told; the others follow from it.
ORDER = ("type", "enum", "format", "pattern")


def check(
    settings: Mapping, schema: Schema, formats: dict[str, Format], problems: Problems
) -> set[str]:
    """Add a problem for every mistake; return the top-level keys that have one."""
    unsound = set()
    for path, errors in _by_place(_errors(settings, schema, formats)).items():
        node = _find(settings, path)
        if isinstance(node, Scalar) and node.is_vault:
            continue  # its place is judged where it is decrypted, its text is secret
        for error in _told(errors):
            unsound.add(str(path[0]) if path else "")
            _explain(error, node, problems)
    return unsound


def _errors(settings: Mapping, schema: Schema, formats: dict[str, Format]) -> Iterator[Any]:
    import jsonschema  # here, because only a changed folder is validated

    checker = jsonschema.FormatChecker(formats=())
    for name, function in formats.items():
        checker.checks(name, raises=Wrong)(_accepting(function))
    base = jsonschema.Draft202012Validator
    types = base.TYPE_CHECKER.redefine("integer", _is_whole)
    extend: Any = jsonschema.validators.extend  # its stub has no types
    validator = extend(base, type_checker=types)
    yield from validator(schema, format_checker=checker).iter_errors(plain(settings))


def _accepting(function: Format) -> Callable[[object], bool]:
    def check_text(value: object) -> bool:
        if isinstance(value, bool):
            function(str(value).lower())
        elif isinstance(value, str | int | float):
            function(str(value))
        return True

    return check_text


def _is_whole(_checker: Any, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)  # 8000.0 is not a port


def _by_place(errors: Iterable[Any]) -> dict[tuple[str | int, ...], list[Any]]:
    found: dict[tuple[str | int, ...], list[Any]] = {}
    for error in errors:
        path = tuple(error.absolute_path)
        if "propertyNames" in error.absolute_schema_path:
            path = (*path, error.instance)
        found.setdefault(path, []).append(error)
    return found


def _told(errors: list[Any]) -> list[Any]:
    for keyword in ORDER:
        for error in errors:
            if error.validator == keyword:
                return [error]
    return errors


def _find(settings: Mapping, path: tuple[str | int, ...]) -> Node:
    node: Node = settings
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.entries[step]
        elif isinstance(node, Sequence) and isinstance(step, int):
            node = node.items[step]
    return node


def _explain(error: Any, node: Node, problems: Problems) -> None:
    EXPLANATIONS.get(str(error.validator), _other)(error, node, problems)


def _unknown_keys(error: Any, node: Node, problems: Problems) -> None:
    assert isinstance(node, Mapping)
    known = error.schema["properties"]
    for key, value in node.entries.items():
        if key in known or key.startswith("x-"):
            continue
        remedy = "" if node.path else elsewhere(key)
        remedy = remedy or did_you_mean(key, known) or f"known here: {listed(known, 'and')}"
        prefix = f"{node.path}: " if node.path else ""
        problems.add(value.where, f"{prefix}unknown key {quote(key)}", remedy)


def _wrong_type(error: Any, node: Node, problems: Problems) -> None:
    wanted = error.validator_value
    wanted = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(node, Scalar) and node.value is None and not node.is_vault:
        problems.at(
            node, "has no value", _remedy(error.schema, node) or "write one or remove the line"
        )
        return
    names = listed(TYPES[name] for name in wanted)
    problems.at(node, f"must be {names}, not {_kind(node)}", _remedy(error.schema, node))


def _kind(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a map"
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node.value, str):
        return f"the text {quote(node.text)}"
    return quote(node.text)[1:-1]


def _missing_key(error: Any, node: Node, problems: Problems) -> None:
    # The name stands only in the library's sentence; the list says which of them are absent.
    assert isinstance(node, Mapping)
    missing = [key for key in error.validator_value if key not in node.entries]
    problems.at(
        node,
        f"{listed(map(quote, missing), 'and')} is missing",
        _remedy(error.schema, node) or "add it",
    )


def _one_of(error: Any, node: Node, problems: Problems) -> None:
    choices = [str(choice) for choice in error.validator_value]
    remedy = did_you_mean(_text(node), choices) or f"write {listed(choices)}"
    problems.at(node, f"{quote(_text(node))} is not known", remedy)


def _wrong_form(error: Any, node: Node, problems: Problems) -> None:
    if isinstance(error.cause, Wrong):
        problems.at(node, error.cause.what, error.cause.remedy)
        return
    words = _words_of_pattern(str(error.validator_value))
    if words:
        suggestion = did_you_mean(_text(node), words)
        kinds = [*words, "a map"] if "object" in error.schema.get("type", ()) else words
        problems.at(
            node, f"{quote(_text(node))} is not known", suggestion or f"write {listed(kinds)}"
        )
        return
    noun = error.schema.get("title", "a valid value")
    named = str(error.instance) if "propertyNames" in error.absolute_schema_path else _text(node)
    problems.at(node, f"{quote(named)} is not {noun}", _remedy(error.schema, node))


def _words_of_pattern(pattern: str) -> list[str]:
    inner = pattern.removeprefix("^(").removesuffix(")$")
    words = inner.split("|")
    return words if all(word.isalnum() for word in words) else []


def _out_of_range(error: Any, node: Node, problems: Problems) -> None:
    low, high = error.schema.get("minimum"), error.schema.get("maximum")
    problems.at(node, f"{_text(node)} is out of range", f"write a number from {low} to {high}")


def _too_few(error: Any, node: Node, problems: Problems) -> None:
    problems.at(node, "is empty", _remedy(error.schema, node) or "write a value or remove the key")


def _too_many(error: Any, node: Node, problems: Problems) -> None:
    noun = "characters" if error.validator == "maxLength" else "entries"
    problems.at(node, f"has more than {error.validator_value} {noun}", "shorten it")


def _other(error: Any, node: Node, problems: Problems) -> None:
    problems.at(node, "is not a valid value", _remedy(error.schema, node))


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else _kind(node)


def _remedy(schema: Schema, node: Node) -> str:
    examples = schema.get("examples")
    if not examples:
        return ""
    return f"for example {node.path.rsplit('.', 1)[-1]}: {in_yaml(examples[0])}"


def in_yaml(value: object, *, top: bool = True) -> str:
    """Return an example as the YAML that a person would write on one line."""
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{key}: {in_yaml(inner, top=False)}" for key, inner in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(in_yaml(inner, top=False) for inner in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    shown = str(value)
    is_ambiguous = isinstance(value, str) and shown.replace(".", "").isdigit()
    has_marks = any(mark in shown for mark in "*{}[],") or shown.count(":") > 1
    return f'"{shown}"' if is_ambiguous or has_marks or (not top and " " in shown) else shown


EXPLANATIONS: dict[str, Callable[[Any, Node, Problems], None]] = {
    "additionalProperties": _unknown_keys,
    "type": _wrong_type,
    "required": _missing_key,
    "enum": _one_of,
    "format": _wrong_form,
    "pattern": _wrong_form,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "minLength": _too_few,
    "minItems": _too_few,
    "minProperties": _too_few,
    "maxLength": _too_many,
    "maxItems": _too_many,
    "maxProperties": _too_many,
}
