"""Opens what is encrypted: the file vault.yml, and single values that are tagged ``!vault``.

Never sees a password: a Vault decrypts, and what it returns becomes a Secret at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ..errors import VaultError
from ..secret import Secret
from . import config, folder
from .document import read_text, read_tree
from .fragments import Wrong
from .problems import Problems
from .tree import Mapping, Node, Scalar, Where, scalars

HEADER = "$ANSIBLE_VAULT;"
PLACES = ("env.", "tls.certificate", "tls.key")
ENCRYPT = (
    "encrypt it with ansible-vault encrypt deploy.d/vault.yml,"
    " and change the secrets: they have been committed"
)


class Vault(Protocol):
    """Decrypts with the app's vault password."""

    def decrypt(self, text: str, /) -> str:
        """Return the clear text; raises VaultError with a message that holds no secret."""
        ...


def read_file(place: Path, vault: Vault, problems: Problems) -> dict[str, Secret] | None:
    """Return the secrets of vault.yml by name; nothing when they cannot be had."""
    path, file = place / folder.VAULT, folder.file_name(folder.VAULT)
    if not path.is_file():
        return {}
    text = read_text(path.read_bytes(), file, problems)
    if text is None:
        return None
    if not text.startswith(HEADER):
        problems.add(Where(file), "is not encrypted", ENCRYPT)
        return None
    clear = _decrypt(Scalar(Where(file), "", None, text), vault, problems)
    return None if clear is None else _read_clear(clear, file, problems)


def read_values(settings: Mapping, vault: Vault, problems: Problems) -> dict[Scalar, Secret]:
    """Return the clear text of every value that is encrypted in place."""
    found: dict[Scalar, Secret] = {}
    for node in scalars(settings):
        if not node.is_vault:
            continue
        if not node.path.startswith(PLACES):
            problems.at(
                node, "cannot be encrypted", "write it in plain text; !vault is for env and tls"
            )
            continue
        clear = _decrypt(node, vault, problems)
        if clear is not None:
            found[node] = Secret(clear)
    return found


def _decrypt(node: Scalar, vault: Vault, problems: Problems) -> str | None:
    text = "".join(f"{line.strip()}\n" for line in node.text.strip().splitlines())
    if not text.startswith(HEADER):
        what = "is tagged !vault and holds no output of ansible-vault"
        problems.at(node, what, "replace it by what ansible-vault encrypt_string prints")
        return None
    try:
        return vault.decrypt(text)
    except VaultError as error:
        problem = error.problems[0]
        if not any(problem.what in known.what for known in problems.found.values()):
            problems.at(node, problem.what, problem.remedy)
        return None


def _read_clear(clear: str, file: str, problems: Problems) -> dict[str, Secret] | None:
    # Problems of the clear text must not quote it, so they are counted and told in our own words.
    hidden = Problems()
    text = read_text(clear.encode(), file, hidden)
    tree = read_tree(text, file, hidden) if text is not None else None
    for line in sorted({where.line for where, _ in hidden.found}):
        what = (
            f"the decrypted text has a mistake in line {line}"
            if line
            else "the decrypted text cannot be read"
        )
        problems.add(
            Where(file),
            what,
            'it should hold "NAME: value" lines; see ansible-vault edit deploy.d/vault.yml',
        )
    if tree is None or hidden.found:
        return None
    found = {name: _secret(name, node, file, problems) for name, node in tree.entries.items()}
    return {name: secret for name, secret in found.items() if secret is not None}


def _secret(name: str, node: Node, file: str, problems: Problems) -> Secret | None:
    try:
        config.check_variable(name)
        return Secret(_text(name, node))
    except Wrong as wrong:
        problems.add(Where(file), wrong.what, wrong.remedy)
        return None


def _text(name: str, node: Node) -> str:
    if not isinstance(node, Scalar):
        raise Wrong(f"{name}: must be one value, not a list or a map", f"write {name}: value")
    if node.is_vault:
        raise Wrong(f"{name}: is encrypted twice", "write its clear text with ansible-vault edit")
    if node.value is None:
        raise Wrong(f"{name}: has no value", f"write {name}: value")
    if "\0" in node.text:
        what = f"{name}: has the character NUL, which no variable can hold"
        raise Wrong(what, "remove it, or encode the value")
    return node.text
