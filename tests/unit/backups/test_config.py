"""Config variables come back from a backup; those of services, saved or not, stay out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_deploy.backups import config
from ansible_deploy.backups.contents import Contents

from .test_contents import CONTENTS

SAVED = {
    "TOKEN": "t",
    "GIT_REV": "a",
    "DOKKU_APP_TYPE": "dockerfile",
    "DATABASE_URL": "postgres://postgres:p@127.0.0.1:1/db",
    "CACHE_URL": "redis://:p@127.0.0.1:2",
    "QUEUE_URL": "amqp://shop:p@dokku-rabbitmq-shop-queue:5672/shop",
    "SEARCH_HOST": "dokku-elasticsearch-by-hand",
    "READ_DATABASE_URL": "postgres://elsewhere.example.org/db",
    "DOCS": "https://example.org/dokku-postgres",
}


class FakeDokku:
    """Has these variables, and takes more."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.variables = variables

    def json(self, *_words: str) -> dict[str, str]:
        return dict(self.variables)

    def run(self, *words: str, stdin: str = "") -> None:
        assert "t" not in words
        self.variables |= json.loads(stdin)


@pytest.fixture
def restore(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Restores the config of a backup into an app that has these variables."""

    def restore_one(contents: Contents, **present: str) -> tuple[config.Restored, dict[str, str]]:
        monkeypatch.setattr(config, "read_seal", lambda *_: (contents, SAVED))
        dokku = FakeDokku(present)
        into: Any = type("Into", (), {"dokku": dokku, "app": "shop"})
        backup: Any = type("Backup", (), {"id": "01234567"})
        return config.restore_config(backup, backup, into), dokku.variables

    return restore_one


def test_services_that_are_not_saved_stay_out_by_their_names(restore: Callable[..., Any]) -> None:
    contents = replace(CONTENTS, variables=("DATABASE_URL", "CACHE_URL"))
    restored, variables = restore(contents)
    assert variables == {"TOKEN": "t", "DOCS": SAVED["DOCS"]}
    assert restored.names == ["DOCS", "TOKEN"]
    assert restored.services == ["CACHE_URL", "DATABASE_URL", "QUEUE_URL", "SEARCH_HOST"]
    assert restored.waiting == ["READ_DATABASE_URL"]


def test_an_older_seal_names_those_that_are_saved(restore: Callable[..., Any]) -> None:
    restored, _ = restore(CONTENTS)
    assert restored.names == ["CACHE_URL", "DOCS", "TOKEN"]


def test_what_would_be_in_the_way_of_a_link_comes_after_it(restore: Callable[..., Any]) -> None:
    restored, variables = restore(CONTENTS, DATABASE_URL="postgres://new", TOKEN="set already")
    assert restored.waiting == []
    assert "READ_DATABASE_URL" in restored.names
    assert variables["TOKEN"] == "set already"
