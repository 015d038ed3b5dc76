"""Reads one file of an untrusted folder: bytes into text, and YAML into a tree.

It knows nothing about what the keys mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from . import syntax
from .problems import Problems
from .tree import Mapping, Scalar, Where
from .tree_builder import Builder, Unreadable

LARGEST = 256 * 1024


def read_text(data: bytes, file: str, problems: Problems) -> str | None:
    """Return the text of a file, or nothing when it is no text that a person wrote."""
    where = Where(file)
    if len(data) > LARGEST:
        problems.add(where, f"is larger than {LARGEST // 1024} KiB", "shorten it")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.add(Where(file, line), "is not UTF-8 text", "save the file as UTF-8")
        return None
    found = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        what = f"has the control character U+{ord(found[0]):04X}"
        problems.add(Where(file, line), what, "remove it")
        return None
    return text


def read_tree(text: str, file: str, problems: Problems) -> Mapping | None:
    """Return the tree of a file whose top level is a map, or nothing after adding problems."""
    before = len(problems.found)
    builder = Builder(file, problems)
    try:
        root = builder.build(_events(text))
    except syntax.yaml_error() as error:
        problems.add(*syntax.explain(error, text, file))
        return None
    except Unreadable:
        return None
    if root is None or (isinstance(root, Scalar) and root.value is None and not root.is_vault):
        return Mapping(Where(file, 1), "")
    if isinstance(root, Mapping):
        return root
    if len(problems.found) == before:
        problems.add(root.where, *syntax.explain_top_level(root))
    return None


def _events(text: str) -> Iterable[Any]:
    import yaml  # here, because an app without deploy.d must not pay for it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return iter(yaml.parse(text, Loader=loader))
