"""What is made beside what is in use: its names, and who removes it."""

from __future__ import annotations

import io
from pathlib import Path

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_deploy import files
from ansible_deploy.backups import scratch
from ansible_deploy.backups.scratch import LONGEST, LONGEST_SERVICE, directory_name, service_name
from ansible_deploy.backups.turn import Turn, TurnedService, TurnedVolume
from ansible_deploy.context import Context
from ansible_deploy.layout import Layout
from ansible_deploy.report import Report
from ansible_deploy.settings import Settings

STAMP = "20261122-031700"


def test_a_service_beside_another_bears_its_name() -> None:
    assert service_name("shop-postgres", STAMP) == f"shop-postgres-{STAMP}"


def test_long_names_are_cut_and_stay_apart() -> None:
    long = "a-very-long-name-of-an-app-that-somebody-chose"
    names = {service_name(f"{long}-{key}", STAMP) for key in ("one", "two")}
    assert len(names) == 2
    assert {len(name) for name in names} == {LONGEST_SERVICE}


def test_a_directory_has_a_name_that_dokku_takes() -> None:
    name = directory_name("Shop.example_org" * 5, "Uploads")
    assert len(name) <= LONGEST
    assert name.startswith("restored-shop-example-org")
    assert name == name.lower()
    assert name != directory_name("Shop.example_org" * 5, "Uploads")


def test_a_turn_keeps_what_is_its_own_and_the_rest_goes_later(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)
    context = Context("shop", layout, Settings({}), Dokku(), Report(io.StringIO()))
    proof, restored, place = (tmp_path / name for name in ("proof-0", "restored", "uploads"))
    for path in (proof, restored, place):
        path.mkdir()
    files.make_folder(context.folder.path)
    scratch.claim_directory(context, proof)
    scratch.claim_service(context, "postgres", "shop-db-2026")
    scratch.claim_directory(context, restored)
    service = TurnedService("db", "postgres", "DATABASE", "shop-db-2026", "shop-db")
    volume = TurnedVolume("uploads", str(place), str(restored), 1, 2)
    scratch.keep(context, Turn("0123abcd", "", (service,), (volume,)).parts)
    scratch.sweep(context)
    assert [path.exists() for path in (proof, restored, place)] == [False, True, True]
    assert not context.folder.scratch.exists()
