"""The published schema and the reference: made from the concerns, current, and true."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_deploy import reference, schema
from ansible_deploy.manifest import load_manifest
from ansible_deploy.manifest.concerns import CONCERNS
from ansible_deploy.manifest.explanations import in_yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PEM = {
    "TLS_CERTIFICATE": "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n",
    "TLS_KEY": "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n",
}
COMPANY = {
    "domains": ["shop.example.org", "www.shop.example.org"],
    "services": ["postgres"],
    "volumes": ["uploads:/app/uploads"],
}


def examples() -> list[tuple[str, Any]]:
    parts = [item for module in CONCERNS.values() for item in module.SCHEMA.items()]
    return [(key, example) for key, part in parts for example in part["examples"]]


class OpenVault:
    """Stands in for the app's vault: what it holds is not encrypted."""

    def decrypt(self, _text: str) -> str:
        return json.dumps(PEM)


@pytest.mark.parametrize(("key", "example"), examples())
def test_every_example_of_the_reference_is_accepted(
    tmp_path: Path, key: str, example: object
) -> None:
    settings = {**COMPANY, key: example}
    lines = [f"{name}: {in_yaml(value)}\n" for name, value in settings.items()]
    (tmp_path / "deploy.yml").write_text("".join(lines))
    (tmp_path / "vault.yml").write_text("$ANSIBLE_VAULT;1.1;AES256\n00\n")
    assert key in load_manifest(tmp_path, "shop", OpenVault()).given


def test_the_schema_takes_every_example() -> None:
    import jsonschema

    document = schema.document()
    jsonschema.Draft202012Validator.check_schema(document)
    for key, example in examples():
        jsonschema.validate({key: example}, document)


def test_the_schema_says_nothing_that_only_this_project_understands() -> None:
    assert '"format": "deploy-' not in schema.text()


def test_the_published_schema_is_current() -> None:
    assert (DOCS / "deploy.schema.json").read_text("utf-8") == schema.text(), "run script/docs"


def test_the_reference_is_current() -> None:
    assert (DOCS / "reference.md").read_text("utf-8") == reference.text(), "run script/docs"


def test_the_reference_has_a_heading_for_each_concern() -> None:
    headings = re.findall(r"^## (.+)$", reference.text(), re.MULTILINE)
    assert headings == ["Files", *CONCERNS]


def test_each_concern_has_a_file_of_its_name() -> None:
    folder = ROOT / "src/ansible_deploy/manifest"
    assert all((folder / f"{name}.py").is_file() for name in CONCERNS)


def test_every_key_of_the_schema_is_described() -> None:
    assert not list(undescribed("", schema.document()))


def undescribed(path: str, part: dict[str, Any]) -> list[str]:
    """Return the keys below a part of the schema that have no description."""
    missing = []
    for name, child in part.get("properties", {}).items():
        missing += [] if child.get("description") else [f"{path}.{name}"]
        missing += undescribed(f"{path}.{name}", child)
    for inner in (part.get("items"), part.get("additionalProperties")):
        missing += undescribed(path, inner) if isinstance(inner, dict) else []
    return missing
