"""Random damage to a full deploy.yml: accepted or refused in words, never anything else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ansible_deploy.errors import ManifestError, VaultError
from ansible_deploy.manifest import App, load_manifest
from ansible_deploy.manifest.concerns import CONCERNS

FULL = Path(__file__).parents[2] / "cases/manifest/everything/deploy.d/deploy.yml"
SNIPPETS = [
    b"\x00", b"\xff", b"\t", b"{", b"}", b"[", b"]", b'"', b"'", b":", b": ", b"- ", b"\n", b"\n  ",
    b"#", b"&a ", b"*a", b"!vault ", b"!!int ", b"|\n", b"~", b"null", b"true", b"{{ x }}", b"-1",
    b"9" * 30, b"1.5", b"0x1f", b"%", b"@", b"\\", b"<<: ", b"---\n", "ü☃\u202e".encode(), b"x-",
    b"a" * 3000, b"[" * 24,
]  # fmt: skip


class NoVault:
    """Has no password."""

    def decrypt(self, _text: str) -> str:
        raise VaultError("is encrypted, and there is no password")


@pytest.mark.parametrize("seed", range(8))
def test_damage_is_accepted_or_refused(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    original = FULL.read_bytes()
    for _ in range(40):
        (tmp_path / "deploy.yml").write_bytes(damage(original, chance))
        refusal = refuse_or_use(tmp_path)
        assert refusal.replace("\n", "").isprintable()


def refuse_or_use(folder: Path) -> str:
    """Return why the folder is refused; use all of it and return nothing when it is accepted."""
    try:
        manifest = load_manifest(folder, "shop", NoVault())
    except ManifestError as error:
        return str(error)
    for name in CONCERNS:
        getattr(manifest, name).variables(App("shop"))
    return ""


def damage(data: bytes, chance: random.Random) -> bytes:
    """Return the bytes with a few pieces put in, taken out or doubled."""
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(data))
        end = place + chance.choice((0, 0, 1, 5, 20))
        piece = chance.choice((*SNIPPETS, data[place : place + 30]))
        data = data[:place] + piece + data[end:]
    return data
