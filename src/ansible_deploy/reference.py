"""Writes the reference of ``deploy.d`` out of what the concerns themselves check.

Every sentence comes from the place that acts on it: the schema's descriptions, the table of files,
the first line of each concern. Only the introduction is written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from .manifest import folder
from .manifest.concerns import CONCERNS
from .manifest.explanations import in_yaml, wanted

SHORT = 70

INTRODUCTION = """\
# Reference of `deploy.d`

<!-- Made by script/docs from src/ansible_deploy/manifest; a change here is lost. -->

Every key is optional. A key that is not listed is an error, with a suggestion where one is near;
keys that begin with `x-` are yours, for notes. All mistakes of form are told at once, and then all
that the host refuses, before anything is built or changed. Editors check and complete `deploy.yml`
with [the JSON Schema](deploy.schema.json), which `dokku ansible-deploy:schema` prints too: begin
the file with `# yaml-language-server: $schema=<path or address of the schema>`.

The file is YAML with little room for surprise: `true` and `false` are the only booleans, numbers
are decimal, everything else is text. Anchors, aliases, merge keys and tags other than `!vault` are
refused. Text is never a template: `{{ ... }}` stays as it is written.
"""


def text() -> str:
    """Return the reference as Markdown."""
    parts = [INTRODUCTION, _files()]
    parts += ["\n".join(_concern(name, module)) for name, module in CONCERNS.items()]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _files() -> str:
    rows = [f"| `{name}` | {words} |" for name, words in folder.DESCRIPTIONS.items()]
    return "\n".join(["## Files", "", "| file | what it is |", "| --- | --- |", *rows])


def _concern(name: str, module: ModuleType) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    yield _subject(module) if module.SCHEMA else folder.DESCRIPTIONS[f"{folder.SNIPPETS}/*.conf"]
    for key, schema in module.SCHEMA.items():
        yield ""
        yield f"### `{key}`"
        yield ""
        yield from _key(key, schema)


def _subject(module: ModuleType) -> str:
    summary = (module.__doc__ or "").partition("\n")[0]
    subject = summary.partition(": ")[2].replace("``", "`")
    return subject[:1].upper() + subject[1:]


def _key(key: str, schema: dict[str, Any]) -> Iterator[str]:
    yield schema["description"]
    yield ""
    yield f"Form: {_kind(schema)}.{_default(schema)}"
    for example in schema.get("examples", []):
        yield ""
        yield "```yaml"
        yield _example(key, example)
        yield "```"
    rows = list(_rows("", schema))
    if rows:
        yield ""
        yield "| below it | form | meaning |"
        yield "| --- | --- | --- |"
        yield from rows


def _rows(prefix: str, schema: dict[str, Any]) -> Iterator[str]:
    for name, part in schema.get("properties", {}).items():
        required = ", required" if name in schema.get("required", ()) else ""
        meaning = (part.get("description", "") + _default(part)).strip().replace("|", "\\|")
        yield f"| `{prefix}{name}` | {_kind(part)}{required} | {meaning} |"
        yield from _rows(f"{prefix}{name}.", part)
    if isinstance(schema.get("items"), dict):
        yield from _rows(prefix, schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _rows(f"{prefix}<name>.", schema["additionalProperties"])


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(f"`{choice}`" for choice in schema["enum"])
    kind = wanted(schema)
    if "minimum" in schema and "maximum" in schema:
        kind += f" from {schema['minimum']} to {schema['maximum']}"
    return kind


def _default(schema: dict[str, Any]) -> str:
    if "default" not in schema:
        return ""
    return f" Default: `{in_yaml(schema['default'])}`."


def _example(key: str, value: object) -> str:
    if not isinstance(value, dict) or len(in_yaml(value)) < SHORT:
        return f"{key}: {in_yaml(value)}"
    lines = [f"  {name}: {in_yaml(inner, top=False)}" for name, inner in value.items()]
    return "\n".join([f"{key}:", *lines])
