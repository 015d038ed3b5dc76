"""Encrypted values are read with the stored password, and Ansible obeys nobody else meanwhile."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_deploy.errors import VaultError
from ansible_deploy.vault import (
    Vault,
    generate_password,
    is_encrypted,
    read_password,
    store_password,
)

DECRYPT = """
import sys, pathlib
from ansible_deploy.errors import VaultError
from ansible_deploy.vault import Vault
try:
    Vault(pathlib.Path(sys.argv[1]), "shop").decrypt(sys.argv[2])
except VaultError as error:
    sys.exit(str(error))
"""


@pytest.fixture
def password(tmp_path: Path) -> Path:
    """The file of a stored password."""
    path = tmp_path / "data/vault-password"
    store_password(path, "correct horse")
    return path


def encrypt(text: str, password: str) -> str:
    """The text as ansible-vault writes it."""
    from ansible.parsing.vault import VaultLib, VaultSecret

    library = VaultLib([("default", VaultSecret(password.encode()))])
    return bytes(library.encrypt(text.encode())).decode()


def test_a_value_is_read_with_the_stored_password(password: Path) -> None:
    text = encrypt("größe\n", "correct horse")
    assert is_encrypted(text)
    assert Vault(password, "shop").decrypt(text) == "größe\n"


def test_another_password_is_an_error_that_tells_no_secret(password: Path) -> None:
    with pytest.raises(VaultError) as caught:
        Vault(password, "shop").decrypt(encrypt("open sesame", "other words"))
    assert "ansible-deploy:vault-password shop --rotate" in str(caught.value)
    assert "correct horse" not in str(caught.value)


def test_without_a_password_the_command_that_stores_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match=r"run: dokku ansible-deploy:vault-password shop$"):
        Vault(tmp_path / "missing", "shop").decrypt("$ANSIBLE_VAULT;1.1;AES256\n00\n")


def test_an_ansible_cfg_of_the_pushed_tree_is_not_obeyed(password: Path, tmp_path: Path) -> None:
    """Dokku calls post-extract in the tree that was pushed."""
    tree, home = tmp_path / "tree", tmp_path / "home"
    tree.mkdir()
    home.mkdir()
    config = f"[defaults]\nlog_path = {tmp_path}/log\nlocal_tmp = {tmp_path}/made\n"
    (tree / "ansible.cfg").write_text(config)
    before = sorted(tmp_path.rglob("*"))
    words = [sys.executable, "-I", "-c", DECRYPT, str(password), "$ANSIBLE_VAULT;1.1;AES256\n61\n"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    run = subprocess.run(
        words, cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    assert "cannot be decrypted with the vault password on the server" in run.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_the_password_is_kept_for_us_alone(password: Path) -> None:
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert read_password(password) == "correct horse"
    assert read_password(password.with_name("missing")) == ""


def test_generated_passwords_are_long_and_never_the_same() -> None:
    made = {generate_password() for _ in range(20)}
    assert len(made) == 20
    assert min(map(len, made)) >= 43
