"""Looks over the app's own plays and their requirements: YAML or not, and the right shape.

What they do is Ansible's business; tags, anchors and templates are allowed in them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import folder, syntax
from .document import read_text
from .problems import Problems
from .tree import Where

LIST = ("SequenceStartEvent",)
LIST_OR_MAP = ("SequenceStartEvent", "MappingStartEvent")
SHAPES = {
    **dict.fromkeys(folder.PLAYS, (LIST, 'begin with "- hosts: ..."')),
    folder.REQUIREMENTS: (LIST_OR_MAP, "write roles: and collections: as for ansible-galaxy"),
}


def check(place: Path, problems: Problems) -> tuple[str, ...]:
    """Return the names of the plays that are there; adds a problem for each that is no YAML."""
    for name, (shapes, remedy) in SHAPES.items():
        path, where = place / name, Where(folder.file_name(name))
        text = read_text(path.read_bytes(), where.file, problems) if path.is_file() else None
        if text is None or text.startswith("$ANSIBLE_VAULT;"):
            continue
        try:
            shape = _shape(text)
        except syntax.yaml_error() as error:
            problems.add(*syntax.explain(error, text, where.file))
            continue
        if shape not in shapes:
            noun = "a list of plays" if shapes is LIST else "a list or a map"
            problems.add(where, f"is not {noun}", remedy)
    return tuple(name for name in folder.PLAYS if (place / name).is_file())


def _shape(text: str) -> str:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    names = [_name(event) for event in yaml.parse(text, Loader=loader)]
    return next(
        (name for name in names if name.endswith("StartEvent") and name not in ENVELOPE), ""
    )


def _name(event: Any) -> str:
    return type(event).__name__


ENVELOPE = ("StreamStartEvent", "DocumentStartEvent")
