"""A certificate of one's own is installed when it differs, by standard input, or refused."""

from __future__ import annotations

import io
import tarfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import answer
from tests.made_certificates import NOW, key_text, make
from tests.unit.library.scripted import ScriptedDokku
from tests.unit.library.test_cases import lines, parameters

if TYPE_CHECKING:
    from pathlib import Path

DAY = timedelta(days=1)
NOT_THERE = {"exit": 1, "stderr": " !     shop doesn't have an SSL endpoint defined\n"}
OURS = make(("shop.example.org", "www.shop.example.org"), end=90 * DAY)
OTHER = make(("old.example.org",))
SUBJECT = "certificate for shop.example.org, www.shop.example.org"
UNTIL = f"valid until {NOW + 90 * DAY:%Y-%m-%d}"
INSTALLED = {"certs:show shop crt": OURS.certificate, "certs:show shop key": OURS.key}


def world(certificate: Any = NOT_THERE) -> dict[str, Any]:
    """Returns what `certs:show` says; the key is there to be read when somebody asks."""
    return {"certs:show shop crt": certificate, "certs:show shop key": OURS.key}


def run(dokku: ScriptedDokku, *, check: bool = False, **options: Any) -> dict[str, Any]:
    """Runs the module for the app `shop`, with our certificate unless options say otherwise."""
    asked = {"certificate": OURS.certificate, "key": OURS.key, "app": "shop", **options}
    result = answer("dokku_certs", dokku, parameters("dokku_certs", asked), check=check)
    assert "PRIVATE KEY" not in str(result)
    return result


@pytest.mark.parametrize(("there", "sign"), [(NOT_THERE, "+"), (OTHER.certificate, "~")])
def test_certificate_is_installed_or_replaced(there: Any, sign: str) -> None:
    """Check mode says the same and writes nothing; the key is not read."""
    for check in (True, False):
        dokku = ScriptedDokku(world(there))
        result = run(dokku, check=check)
        assert lines(result["changes"]) == [f"{sign} | {SUBJECT} | {UNTIL}"]
        assert dokku.writes == ([] if check else ["certs:add shop"])
        assert ("certs:show", "shop", "key") not in dokku.calls


def test_archive_holds_both_files_and_goes_in_by_standard_input() -> None:
    """No key stands in an argument."""
    dokku = ScriptedDokku(world())
    run(dokku, certificate=f"comment\n{OURS.certificate}", key=f"\n{OURS.key}\n")
    content = dokku.stdin["certs:add", "shop"].encode("utf-8")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        files = {each.name: archive.extractfile(each) for each in archive.getmembers()}
        texts = {name: file.read().decode() for name, file in files.items() if file}
    assert texts == {"server.crt": OURS.certificate, "server.key": OURS.key}


def test_same_certificate_and_key_change_nothing() -> None:
    """However the text around them looks."""
    dokku = ScriptedDokku(INSTALLED)
    result = run(dokku, certificate=OURS.certificate.replace("\n", "\r\n"))
    assert not result["changed"]
    assert dokku.writes == []


@pytest.mark.parametrize("key", [key_text(5), "broken", NOT_THERE])
def test_same_certificate_with_another_key_is_installed_again(key: Any) -> None:
    """Nobody could use what is there."""
    dokku = ScriptedDokku({**INSTALLED, "certs:show shop key": key})
    assert lines(run(dokku)["changes"]) == [f"~ | {SUBJECT} | {UNTIL}"]
    assert dokku.writes == ["certs:add shop"]


def test_unreadable_certificate_is_replaced() -> None:
    """It is there, whatever it is."""
    assert lines(run(ScriptedDokku(world("garbage")))["changes"]) == [f"~ | {SUBJECT} | {UNTIL}"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"key": key_text(6)}, "the key does not belong to the certificate"),
        ({"key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"}, "the key is not"),
        ({"certificate": "x"}, "the certificate is not in PEM form"),
        ({"certificate": make(("a.org",), end=timedelta(0)).certificate}, "certificate ended on"),
        ({"certificate": make(("a.org",), start=DAY).certificate}, "is not valid before"),
        ({"domains": ["-e"]}, "not a usable domain"),
    ],
)
def test_what_nobody_could_use_is_refused(options: dict[str, Any], reason: str) -> None:
    """Before anything is read or written."""
    for check in (True, False):
        dokku = ScriptedDokku(world())
        result = run(dokku, check=check, **options)
        assert reason in result["msg"]
        assert dokku.calls == []


def test_names_that_are_not_covered_are_a_warning() -> None:
    """Also where nothing has to be written."""
    domains = ["shop.example.org", "blog.example.org"]
    for table in (world(), INSTALLED):
        result = run(ScriptedDokku(table), domains=domains)
        assert result["warnings"] == ["the certificate is not for blog.example.org"]
    assert "warnings" not in run(ScriptedDokku(INSTALLED), domains=domains[:1])


def test_absent_removes_what_is_there() -> None:
    """And asks no more than it has to."""
    dokku = ScriptedDokku(world(OTHER.certificate))
    asked = {"app": "shop", "state": "absent"}
    wish = parameters("dokku_certs", asked)
    result = answer("dokku_certs", dokku, wish, check=False)
    assert lines(result["changes"]) == ["- | certificate for old.example.org"]
    assert dokku.writes == ["certs:remove shop"]
    broken = answer("dokku_certs", ScriptedDokku(world("x")), wish, check=True)
    assert lines(broken["changes"]) == ["- | certificate for unknown names"]
    nothing = ScriptedDokku(world())
    assert not answer("dokku_certs", nothing, wish, check=False)["changed"]
    assert nothing.writes == []


def test_unknown_is_not_absent() -> None:
    """A failing read stops the run, a missing app only in check mode does not."""
    broken = ScriptedDokku(world({"exit": 1, "stderr": " !     disk on fire\n"}))
    assert "disk on fire" in run(broken)["msg"]
    missing = world({"exit": 20, "stderr": " !     App shop does not exist\n"})
    assert "does not exist" in run(ScriptedDokku(missing))["msg"]
    assert run(ScriptedDokku(missing), check=True)["changed"]


def test_failing_write_tells_dokkus_reason_and_nothing_of_the_key() -> None:
    """The archive is not part of an error."""
    table = {**world(), "certs:add shop": {"exit": 1, "stderr": " !     no space left\n"}}
    assert run(ScriptedDokku(table))["msg"].endswith("failed (exit 1): no space left")


def test_letsencrypt_loses_what_it_takes_for_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the daily renewal would replace the certificate, also one installed by hand before."""
    monkeypatch.setenv("DOKKU_ROOT", str(tmp_path))
    copy = tmp_path / "shop/tls/server.letsencrypt.crt"
    copy.parent.mkdir(parents=True)
    copy.write_text(OTHER.certificate, "utf-8")
    run(ScriptedDokku(world(OTHER.certificate)), check=True)
    assert copy.exists()
    for table in (world(OTHER.certificate), INSTALLED):
        copy.write_text(OTHER.certificate, "utf-8")
        run(ScriptedDokku(table))
        assert not copy.exists()
