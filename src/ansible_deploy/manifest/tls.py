"""The concern *tls*: where the app's certificate comes from.

Reads ``tls``. A certificate of one's own comes from vault.yml or is encrypted in place; it is
never a variable of the app.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..secret import Secret
from .app import App
from .domains import Domains
from .fragments import Format, Schema, switch
from .tree import Mapping, Node, Scalar
from .wish import Wish, get, text
from .words import did_you_mean, quote

CHALLENGES = ("http-01", "dns-01")
PARTS = {"certificate": "BEGIN CERTIFICATE", "key": "PRIVATE KEY"}
FROM_VAULT = "name of an entry of vault.yml, or the text itself encrypted in place with `!vault |`"

SCHEMA: Schema = {
    "tls": switch(
        {
            "challenge": {
                "description": "How the certificate authority is shown that the names are ours."
                " Wildcards need `dns-01`.",
                "type": "string",
                "enum": list(CHALLENGES),
            },
            "certificate": {
                "description": "A certificate of one's own in place of an issued one:"
                f" {FROM_VAULT}.",
                "type": "string",
                "minLength": 1,
            },
            "key": {
                "description": f"The key of that certificate: {FROM_VAULT}.",
                "type": "string",
                "minLength": 1,
            },
        },
        description="Certificates for the domains. `auto`: one is issued and renewed, by"
        " `http-01`, or `dns-01` when"
        " there is a wildcard. `off`: none. A map says how, or brings a certificate of one's own.",
        default="auto",
        examples=[
            "auto",
            {"challenge": "dns-01"},
            {"certificate": "TLS_CERTIFICATE", "key": "TLS_KEY"},
        ],
    )
}
FORMATS: dict[str, Format] = {}


@dataclass(frozen=True)
class Tls:
    """An issued certificate with its challenge, or one of the app's own."""

    is_on: bool = True
    is_declared: bool = False
    challenge: str = "http-01"
    certificate: Secret | None = None
    key: Secret | None = None

    def items(self, app: App) -> tuple[str, ...]:
        """Return the certificate, where one is wished for; its names follow from the domains.

        A certificate that is there stays when the operator takes the means away: only ``off``
        ends it.
        """
        is_wished = app.has_acme or app.owns_certificate or self.certificate is not None
        return ("certificate",) if self.is_on and is_wished else ()

    def variables(self, app: App) -> dict[str, object]:
        """Return what the role *tls* needs."""
        return {"tls_certificate": self.certificate, "tls_key": self.key}

    def secrets(self) -> tuple[Secret, ...]:
        """Return the values that must never be shown."""
        return tuple(secret for secret in (self.certificate, self.key) if secret)


def read(wish: Wish, domains: Domains) -> Tls:
    """Read the settings and check that they can hold for these domains."""
    node = wish.get("tls")
    has_wildcard = any(name.startswith("*") for name in domains.names)
    challenge = text(get(node, "challenge"), "dns-01" if has_wildcard else "http-01")
    if isinstance(node, Mapping):
        _check_parts(wish, node)
    chosen = get(node, "challenge")
    if chosen and has_wildcard and challenge == "http-01":
        wish.problems.at(chosen, '"http-01" cannot prove a wildcard of domains', "write dns-01")
    return Tls(
        is_on=text(node) != "off",
        is_declared=node is not None,
        challenge=challenge,
        certificate=_part(wish, node, "certificate"),
        key=_part(wish, node, "key"),
    )


def names_in_vault(wish: Wish) -> frozenset[str]:
    """Return the entries of vault.yml that are parts of a certificate and no variables."""
    nodes = [get(wish.get("tls"), part) for part in PARTS]
    return frozenset(text(node) for node in nodes if isinstance(node, Scalar) and not node.is_vault)


def _check_parts(wish: Wish, node: Mapping) -> None:
    given = [part for part in PARTS if get(node, part)]
    if len(given) == 1:
        missing = "key" if given == ["certificate"] else "certificate"
        wish.problems.at(node, f"{quote(given[0])} needs {quote(missing)} too", "add it")
    if given and get(node, "challenge"):
        what = "has both a challenge and a certificate of your own"
        wish.problems.at(
            node, what, "keep challenge for an issued one, or certificate and key for yours"
        )


def _part(wish: Wish, node: Node | None, part: str) -> Secret | None:
    value = get(node, part)
    if not isinstance(value, Scalar):
        return None
    secret = wish.secret(value) if value.is_vault else wish.vault.get(value.text)
    if secret is None and not value.is_vault and "vault.yml" not in wish.unsound:
        _missing(wish, value)
    if secret and PARTS[part] not in secret.reveal():
        wish.problems.at(
            value,
            f"does not lead to a {part} in PEM form",
            f'it should hold "-----{PARTS[part]}-----"',
        )
    return secret


def _missing(wish: Wish, value: Scalar) -> None:
    if "-----BEGIN" in value.text:
        what = "stands here in plain text"
        remedy = (
            "encrypt it with ansible-vault encrypt_string, and change it: it has been committed"
        )
        wish.problems.at(value, what, remedy)
        return
    remedy = did_you_mean(value.text, wish.vault) or f"add {quote(value.text)} to vault.yml"
    wish.problems.at(value, f"{quote(value.text)} is not in vault.yml", remedy)
