"""Chooses how a provider's zones are reached, and opens the way with the operator's credentials."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .dns_model import Access, DnsError
from .dns_providers import (
    PROVIDERS,
    check_credentials,
    install_command,
    is_installed,
    read_credentials,
)
from .dns_rdata import library

if TYPE_CHECKING:
    from .dns_deadline import Deadline
    from .dns_records import Engine


def open_engine(access: Access, deadline: Deadline) -> Engine:
    """Returns the engine for the provider; raises DnsError when something for it is missing."""
    if access.provider not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise DnsError(f"{access.provider!r} is not a DNS provider; possible are {known}")
    library()
    if not is_installed(access.provider):
        title, command = PROVIDERS[access.provider].title, install_command(access.provider)
        raise DnsError(f"the library for {title} is not installed; run: {command}")
    credentials = _credentials(access)
    if access.provider == "rfc2136":
        from .dns_rfc2136 import Rfc2136

        return Rfc2136(access, credentials, deadline)
    from .dns_octodns import OctoDns

    return OctoDns(access, credentials, deadline)


def _credentials(access: Access) -> dict[str, str]:
    try:
        text = Path(access.credentials_file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DnsError(f"the DNS credentials cannot be read: {_reason(error)}") from None
    problems = check_credentials(access.provider, text)
    if problems:
        raise DnsError(f"the DNS credentials are not usable: {'; '.join(problems)}")
    return read_credentials(text)


def _reason(error: Exception) -> str:
    return (error.strerror or "") if isinstance(error, OSError) else "it is not text"
