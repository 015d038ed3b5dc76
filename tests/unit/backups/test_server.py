"""How much room a restore and a proof need: plain dumps as they are, compressed ones by a guess."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_deploy.backups import server
from ansible_deploy.backups.server import check_room
from ansible_deploy.context import Context
from ansible_deploy.errors import HostError
from ansible_deploy.layout import Layout
from ansible_deploy.report import Report
from ansible_deploy.settings import Settings

from .test_contents import CONTENTS, SERVICE


def said(place: Path, kind: str, share: float, *, is_proof: bool = False) -> str:
    """What is said of a dump that has this share of the room that is free."""
    size = int(shutil.disk_usage(place).free * share)
    contents = replace(CONTENTS, services=(replace(SERVICE, kind=kind, size=size),))
    said, layout = io.StringIO(), Layout(place, place, place, place)
    context = Context("shop", layout, Settings({}), Dokku(), Report(said))
    volumes_at = {each.key: place for each in contents.volumes}
    check_room(context, contents, place, volumes_at, is_proof=is_proof)
    return said.getvalue()


@pytest.mark.parametrize("kind", ["mysql", "redis"])
def test_a_plain_dump_is_as_large_as_its_data(tmp_path: Path, kind: str) -> None:
    assert said(tmp_path, kind, 0.6, is_proof=True) == ""


def test_a_guess_stops_a_proof_and_warns_who_restores(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="there is not enough room in"):
        said(tmp_path, "postgres", 0.6, is_proof=True)
    assert "there may not be enough room in" in said(tmp_path, "postgres", 0.6)


@pytest.mark.parametrize("kind", ["postgres", "mysql"])
def test_what_finds_no_room_as_it_is_stops_both(tmp_path: Path, kind: str) -> None:
    for is_proof in (True, False):
        with pytest.raises(HostError, match="there is not enough room in"):
            said(tmp_path, kind, 1.2, is_proof=is_proof)


def test_each_disk_has_to_have_room_for_what_goes_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    for place in (small, large):
        place.mkdir()
    free = {small: 1000, large: 10**9}
    monkeypatch.setattr(server, "_device", lambda place: 1 if place == small else 2)
    monkeypatch.setattr(
        server.shutil, "disk_usage", lambda place: shutil._ntuple_diskusage(0, 0, free[place])
    )
    media = replace(CONTENTS.volumes[0], size=10**6)
    contents = replace(CONTENTS, services=(replace(SERVICE, size=10),), volumes=(media,))
    layout = Layout(tmp_path, tmp_path, tmp_path, tmp_path)
    context = Context("shop", layout, Settings({}), Dokku(), Report(io.StringIO()))
    check_room(context, contents, small, {media.key: large}, is_proof=True)
    with pytest.raises(HostError, match=f"there is not enough room in {small}"):
        check_room(context, contents, large, {media.key: small}, is_proof=True)
