"""The JSON Schema of ``deploy.yml`` for editors, made from what the concerns themselves check.

What only this project understands is left out, so that any validator takes it.
"""

from __future__ import annotations

import json
from typing import Any

from .manifest import concerns

DRAFT = "https://json-schema.org/draft/2020-12/schema"
OWN_FORMATS = "deploy-"


def document() -> dict[str, Any]:
    """Return the schema."""
    described = {
        "$schema": DRAFT,
        "title": "deploy.d/deploy.yml",
        "description": "What an app asks of its Dokku host; read on every push.",
    }
    published = _public(concerns.schema())
    assert isinstance(published, dict)
    return described | published


def text() -> str:
    """Return the schema as JSON."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _public(part: object) -> object:
    if isinstance(part, list):
        return [_public(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {key: _public(value) for key, value in part.items() if not _is_own(key, value)}


def _is_own(key: str, value: object) -> bool:
    return key == "format" and isinstance(value, str) and value.startswith(OWN_FORMATS)
