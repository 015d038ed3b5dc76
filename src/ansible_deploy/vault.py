"""Read values that are encrypted with ansible-vault, and keep the app's vault password.

The one place of ``src`` that imports Ansible, and only when something encrypted is really read:
the import costs a tenth of a second.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import files
from .errors import Problem, VaultError

HEADER = "$ANSIBLE_VAULT;"


@dataclass(frozen=True)
class Vault:
    """Decrypts with the password in one file; the file may be missing until it is needed."""

    password_file: Path
    app: str

    def decrypt(self, text: str) -> str:
        """Return the clear text; raises VaultError, which says what to do and holds no secret."""
        password = read_password(self.password_file)
        if not password:
            raise VaultError([self._missing()])
        with _own_settings():
            from ansible.errors import AnsibleError
            from ansible.parsing.vault import VaultLib, VaultSecret

        library = VaultLib([("default", VaultSecret(password.encode()))])
        try:
            return bytes(library.decrypt(text.encode())).decode()
        except (AnsibleError, UnicodeDecodeError, ValueError):
            raise VaultError([self._wrong()]) from None

    def _missing(self) -> Problem:
        command = f"dokku ansible-deploy:vault-password {self.app}"
        return Problem("", "is encrypted, and the server has no vault password", f"run: {command}")

    def _wrong(self) -> Problem:
        command = f"dokku ansible-deploy:vault-password {self.app} --rotate"
        what = "cannot be decrypted with the vault password on the server"
        return Problem("", what, f"encrypt it with that password, or run: {command}")


@contextmanager
def _own_settings() -> Iterator[None]:
    """Choose what Ansible reads, which it does while it is imported.

    Dokku calls us in the pushed tree, whose ansible.cfg it would obey (a log file or a folder
    anywhere); and without a word it makes a folder in the home of the user dokku.
    """
    before = dict(os.environ)
    temporary = tempfile.gettempdir()
    os.environ["ANSIBLE_CONFIG"] = str(Path(__file__).resolve().parents[2] / "ansible.cfg")
    os.environ |= {"ANSIBLE_HOME": temporary, "ANSIBLE_LOCAL_TEMP": temporary}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def read_password(path: Path) -> str:
    """Return the password in ``path``, empty where there is none."""
    return path.read_text("utf-8").strip("\n") if path.is_file() else ""


def store_password(path: Path, password: str) -> None:
    """Keep the password, readable by the owner alone."""
    files.write(path, password + "\n")


def generate_password() -> str:
    """Return a new password of 256 bits."""
    return secrets.token_urlsafe(32)


def is_encrypted(text: str) -> bool:
    """Whether the text is a whole file that ansible-vault wrote."""
    return text.startswith(HEADER)
