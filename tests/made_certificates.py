"""Makes real certificates and keys for tests, quickly and without a program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

NOW = datetime.now(UTC).replace(microsecond=0)
AUTHORITY = x509.Name(
    [
        x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Test Trust"),
        x509.NameAttribute(x509.NameOID.COMMON_NAME, "T1"),
    ]
)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key in PEM form."""

    certificate: str
    key: str


@cache
def private_key(number: int) -> ec.EllipticCurvePrivateKey:
    """Returns the key of this number, the same each time."""
    return ec.generate_private_key(ec.SECP256R1())


def key_text(number: int = 0) -> str:
    """Returns the key of this number in PEM form."""
    form = PrivateFormat.PKCS8
    return private_key(number).private_bytes(Encoding.PEM, form, NoEncryption()).decode("ascii")


def make(
    names: tuple[str, ...],
    *,
    start: timedelta = -timedelta(days=1),
    end: timedelta = timedelta(days=90),
    is_self_signed: bool = False,
) -> Pair:
    """Makes a certificate for these names; `start` and `end` are counted from now."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0] if names else "x")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if is_self_signed else AUTHORITY)
        .public_key(private_key(0).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + start)
        .not_valid_after(NOW + end)
    )
    if len(names) > 1 or not is_self_signed:
        alternative = x509.SubjectAlternativeName([_name(name) for name in names])
        builder = builder.add_extension(alternative, critical=False)
    signed = builder.sign(private_key(0), SHA256())
    return Pair(signed.public_bytes(Encoding.PEM).decode("ascii"), key_text())


def _name(name: str) -> x509.GeneralName:
    if name.replace(".", "").isdigit():
        return x509.IPAddress(ip_address(name))
    return x509.DNSName(name)
