"""A made-up host with a Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_deploy.layout import Layout
from tests.made_host import Prometheus, make_layout, prometheus


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    layout = make_layout(tmp_path)
    monkeypatch.setenv("DOKKU_LIB_ROOT", str(layout.lib_root))
    monkeypatch.setenv("DOKKU_ROOT", str(layout.dokku_root))
    monkeypatch.delenv("DOKKU_APP_NAME", raising=False)
    return layout


@pytest.fixture
def server(layout: Layout) -> Iterator[Prometheus]:
    with prometheus(layout) as server:
        yield server
