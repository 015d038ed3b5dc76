"""Says in plain words what an error of the ``jsonschema`` library means.

One function per keyword of the schema; each names the value, what is wrong and what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .elsewhere import elsewhere
from .fragments import Schema, Wrong
from .problems import Problems
from .tree import Mapping, Node, Scalar, Sequence
from .words import closest, did_you_mean, listed, quote, shown

TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "nothing",
}
ONE_VALUE = {
    frozenset(("string", "number")): "text",
    frozenset(("string", "integer")): "a number",
    frozenset(("string", "number", "boolean")): "one value",
    frozenset(("string", "integer", "boolean")): "one value",
}
GENERAL = {
    "boolean": "write true or false",
    "object": 'write "key: value" lines below it',
    "array": 'write "- " and one entry on each line below it',
}


def explain(error: Any, node: Node, problems: Problems) -> None:
    """Add the problem that an error of the library means."""
    EXPLANATIONS.get(str(error.validator), _other)(error, node, problems)


def is_name(error: Any) -> bool:
    """Say whether the error is about the name of an entry and not about its value."""
    return "propertyNames" in error.absolute_schema_path


def _unknown_keys(error: Any, node: Node, problems: Problems) -> None:
    assert isinstance(node, Mapping)
    known = error.schema["properties"]
    for key, value in node.entries.items():
        if key in known or key.startswith("x-"):
            continue
        remedy = did_you_mean(key, known) or ("" if node.path else elsewhere(key))
        remedy = remedy or f"known here: {listed(known, 'and')}"
        prefix = f"{node.path}: " if node.path else ""
        problems.add(value.where, f"{prefix}unknown key {quote(key)}", remedy)


def _wrong_type(error: Any, node: Node, problems: Problems) -> None:
    remedy = _remedy(error, node)
    if isinstance(node, Scalar) and node.value is None and not node.is_vault:
        problems.at(node, "has no value", remedy)
        return
    is_entry = bool(error.absolute_path) and isinstance(error.absolute_path[-1], int)
    subject = "an entry must be" if is_entry else "must be"
    problems.at(node, f"{subject} {wanted(error.schema)}, not {_kind(node)}", remedy)


def wanted(schema: Schema) -> str:
    """Return what a value must be, in words: ``a list``, ``auto, off or a map``."""
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    words = _words_of_pattern(schema.get("pattern", ""))
    if words and "object" in names:
        return listed([*words, "a map"])
    return ONE_VALUE.get(frozenset(names)) or listed(TYPES[name] for name in names)


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
    known = error.schema["properties"]
    misspelt = {closest(key, known) for key in node.entries if key not in known}
    missing = [key for key in error.validator_value if key not in {*node.entries, *misspelt}]
    if not missing:
        return
    problems.at(
        node,
        f"{listed(map(quote, missing), 'and')} is missing",
        _remedy(error, node) or "add it",
    )


def _one_of(error: Any, node: Node, problems: Problems) -> None:
    choices = [str(choice) for choice in error.validator_value]
    remedy = did_you_mean(_text(node), choices) or f"write {listed(choices)}"
    problems.at(node, f"{quote(_text(node))} is not known", remedy)


def _wrong_form(error: Any, node: Node, problems: Problems) -> None:
    parent = node.path.removesuffix(f".{shown(error.instance)}") if is_name(error) else node.path
    named = str(error.instance) if is_name(error) else _text(node)
    if isinstance(error.cause, Wrong):
        problems.add(node.where, f"{parent}: {error.cause.what}", error.cause.remedy)
        return
    words = _words_of_pattern(str(error.validator_value))
    if words:
        remedy = did_you_mean(named, words) or f"write {wanted(error.schema)}"
        problems.add(node.where, f"{parent}: {quote(named)} is not known", remedy)
        return
    noun = error.schema.get("title", "a valid value")
    problems.add(node.where, f"{parent}: {quote(named)} is not {noun}", _remedy(error, node))


def _words_of_pattern(pattern: str) -> list[str]:
    words = pattern.removeprefix("^(").removesuffix(")$").split("|")
    return words if all(word.isalnum() for word in words) else []


def _out_of_range(error: Any, node: Node, problems: Problems) -> None:
    problems.at(node, f"{_text(node)} is out of range", _general_remedy(error.schema))


def _too_few(error: Any, node: Node, problems: Problems) -> None:
    problems.at(node, "is empty", _remedy(error, node))


def _too_many(error: Any, node: Node, problems: Problems) -> None:
    noun = "characters" if error.validator == "maxLength" else "entries"
    problems.at(node, f"has more than {error.validator_value} {noun}", "shorten it")


def _other(error: Any, node: Node, problems: Problems) -> None:
    problems.at(node, "is not a valid value", _remedy(error, node))


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else _kind(node)


def _remedy(error: Any, node: Node) -> str:
    examples = error.schema.get("examples")
    if not examples:
        return _general_remedy(error.schema)
    path = error.absolute_path
    key = "- " if path and isinstance(path[-1], int) else f"{node.path.rsplit('.', 1)[-1]}: "
    return f"for example {key}{in_yaml(examples[0])}"


def _general_remedy(schema: Schema) -> str:
    kinds = schema.get("type", "")
    if "minimum" in schema:
        return f"write a number from {schema['minimum']} to {schema['maximum']}"
    if "enum" in schema:
        return f"write {listed(map(str, schema['enum']))}"
    return GENERAL.get(
        kinds if isinstance(kinds, str) else kinds[0], "write a value or remove the line"
    )


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
    words = str(value)
    is_ambiguous = isinstance(value, str) and words.replace(".", "").isdigit()
    has_marks = any(mark in words for mark in "*{}[],") or words.count(":") > 1
    return f'"{words}"' if is_ambiguous or has_marks or (not top and " " in words) else words


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
