"""What is chosen is in the backup and has a place in the app; all that is not is told at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ansible_deploy.backups.choice import Choice, choose_parts
from ansible_deploy.desired import Desired
from ansible_deploy.errors import DeployError
from ansible_deploy.manifest import App, Manifest
from ansible_deploy.manifest.services import Service, Services
from ansible_deploy.manifest.storage import Storage, Volume
from ansible_deploy.record import State

from .test_contents import CONTENTS, SERVICE

MANIFEST = Manifest(
    services=Services((Service("db", "postgres", "DATABASE"),)),
    storage=Storage((Volume("uploads", "/uploads"),)),
)


def desired(manifest: Manifest = MANIFEST) -> Desired:
    return Desired(Path("deploy.d"), App("shop"), manifest, State("shop"))


def test_everything_by_default() -> None:
    assert choose_parts(CONTENTS, "shop", desired(), Choice()) == CONTENTS


def test_services_alone() -> None:
    chosen = choose_parts(CONTENTS, "shop", desired(), Choice(services=("db",)))
    assert (chosen.services, chosen.volumes) == (CONTENTS.services, ())


def test_volumes_alone() -> None:
    chosen = choose_parts(CONTENTS, "shop", desired(), Choice(volumes=("uploads",)))
    assert (chosen.services, chosen.volumes) == ((), CONTENTS.volumes)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(DeployError) as caught:
        choose_parts(CONTENTS, "shop", desired(Manifest()), Choice(("cache", "db"), ("files",)))
    said = str(caught.value)
    assert "the backup has no service cache; it has db" in said
    assert "the backup has no volume files; it has uploads" in said
    assert "shop has no service db (postgres)" in said


def test_a_service_of_another_kind_has_no_place() -> None:
    contents = replace(CONTENTS, services=(replace(SERVICE, kind="mysql"),))
    with pytest.raises(DeployError, match=r"shop has no service db \(mysql\)"):
        choose_parts(contents, "shop", desired(), Choice())


def test_nothing_to_restore_is_told() -> None:
    empty = replace(CONTENTS, services=(), volumes=())
    with pytest.raises(DeployError, match="neither services nor volumes"):
        choose_parts(empty, "shop", desired(), Choice())
