"""Reads certificates and their keys: names, issuer, dates, and whether the two belong together.

Pure: text in, plain data out. No text of a key is in what it returns or in its errors. The library
`cryptography` is loaded on first use, for most modules on a host do without it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from .words import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
KEY = re.compile(
    r"-----BEGIN (?P<kind>(?:[A-Z]+ )?PRIVATE KEY)-----.+?-----END (?P=kind)-----", re.DOTALL
)
NO_CERTIFICATE = "the certificate is not in PEM form (-----BEGIN CERTIFICATE-----)"
NO_KEY = "the key is not a private key in PEM form without a passphrase"
NO_LIBRARY = (
    "the Python library `cryptography` is missing where this module runs; install it there,"
    " on Debian with `apt-get install python3-cryptography`"
)


class Unreadable(InvalidValue):
    """Says that a text holds no certificate, or no key, that can be read."""


@dataclass(frozen=True)
class Certificate:
    """A certificate with its chain; `public_key` and `digest` are sums to compare by."""

    names: tuple[str, ...]
    issuer: str
    not_before: datetime
    not_after: datetime
    public_key: str = ""
    digest: str = ""
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class Key:
    """A private key in PEM form, and the sum of its public part."""

    text: str = field(repr=False)
    public_key: str


def parse(pem: str) -> Certificate:
    """Returns the first certificate of a text, which is the server's.

    Its `text` holds it and its chain in PEM form, and nothing else that stood around them. Raises
    Unreadable, or InvalidValue where the library is missing.
    """
    _need_library()
    from cryptography.x509 import load_pem_x509_certificate

    blocks = [match[0] for match in CERTIFICATE.finditer(pem)]
    try:
        chain = [load_pem_x509_certificate(block.encode("ascii")) for block in blocks]
        return _certificate(chain, "".join(f"{block}\n" for block in blocks))
    except (ValueError, IndexError):
        raise Unreadable(NO_CERTIFICATE) from None


def parse_key(pem: str) -> Key:
    """Returns the private key of a text; raises Unreadable, which says nothing of it."""
    _need_library()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    match = KEY.search(pem)
    text = match[0] if match else ""
    try:
        key = load_pem_private_key(text.encode("ascii"), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Unreadable(NO_KEY) from None
    return Key(f"{text}\n", _sum_of_public_key(key.public_key()))


def problem(certificate: Certificate, key: Key, now: datetime) -> str:
    """Returns why the two are of no use now, "" when they are good."""
    if certificate.public_key != key.public_key:
        return (
            "the key does not belong to the certificate"
            " (where there is a chain, the server's own certificate comes first)"
        )
    if certificate.not_after <= now:
        return f"the certificate ended on {day(certificate.not_after)}"
    if certificate.not_before > now:
        return f"the certificate is not valid before {day(certificate.not_before)}"
    return ""


def not_covered(certificate: Certificate, names: Sequence[str]) -> tuple[str, ...]:
    """Returns those of the names that the certificate is not for."""
    covered = set(certificate.names)
    wildcards = {name: f"*.{name.partition('.')[2]}" for name in names}
    return tuple(name for name in names if not covered & {name, wildcards[name]})


def subject(names: Sequence[str]) -> str:
    """Returns how a change names a certificate."""
    return f"certificate for {', '.join(names)}"


def validity(certificate: Certificate) -> str:
    """Returns how a change says until when a certificate is valid."""
    return f"valid until {day(certificate.not_after)}"


def day(moment: datetime) -> str:
    """Returns the date of a moment as people write it."""
    return moment.strftime("%Y-%m-%d")


def _need_library() -> None:
    try:
        import cryptography  # noqa: F401
    except ImportError:
        raise InvalidValue(NO_LIBRARY) from None


def _certificate(chain: Sequence[x509.Certificate], text: str) -> Certificate:
    from cryptography.hazmat.primitives.serialization import Encoding

    first = chain[0]
    return Certificate(
        names=_names(first),
        issuer=_issuer(first.issuer),
        not_before=_moment(first, "not_valid_before"),
        not_after=_moment(first, "not_valid_after"),
        public_key=_sum_of_public_key(first.public_key()),
        digest=sha256(b"".join(each.public_bytes(Encoding.DER) for each in chain)).hexdigest(),
        text=text,
    )


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509

    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return tuple(str(name.value).lower() for name in common)
    alternative = extension.value
    addresses = [str(each) for each in alternative.get_values_for_type(x509.IPAddress)]
    return (*map(str.lower, alternative.get_values_for_type(x509.DNSName)), *addresses)


def _issuer(name: x509.Name) -> str:
    from cryptography import x509

    def first(kind: x509.ObjectIdentifier) -> str:
        return next((str(each.value) for each in name.get_attributes_for_oid(kind)), "")

    common = first(x509.NameOID.COMMON_NAME)
    organization = first(x509.NameOID.ORGANIZATION_NAME)
    if not common or not organization:
        return common or organization or name.rfc4514_string()
    return f"{organization} {common}"


def _moment(certificate: x509.Certificate, which: str) -> datetime:
    # Before cryptography 42 (Debian 12 has 38) moments knew no zone, and were in UTC.
    name = f"{which}_utc"
    moment: datetime = getattr(certificate, name if hasattr(certificate, name) else which)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _sum_of_public_key(key: PublicKeyTypes) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    form = PublicFormat.SubjectPublicKeyInfo
    return sha256(key.public_bytes(Encoding.DER, form)).hexdigest()
