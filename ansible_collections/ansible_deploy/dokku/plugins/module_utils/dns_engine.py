"""Chooses how a provider's zones are reached, and opens the way with the operator's credentials."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from .dns_credentials import check_credentials, read_credentials
from .dns_model import Access, DnsError
from .dns_providers import PROVIDERS, install_command, is_installed
from .dns_rdata import library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .dns_deadline import Deadline
    from .dns_plan import Observed, Wish, Write


class Engine(Protocol):
    """A way to look at zones and to write to them."""

    shortest_ttl: int

    def observe(self, wish: Wish, *, is_sure: bool = False) -> Observed:
        """Returns what stands in the zone; raises DnsError."""

    def confirm(self, wish: Wish) -> None:
        """Raises DnsError where the credentials are known to be wrong, though the zone was read."""

    def write(self, wish: Wish, writes: Sequence[Write]) -> None:
        """Writes what was planned; raises Changed, or DnsError."""


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
    if not access.credentials_file:
        command = "dokku ansible-deploy:set --global dns-credentials < FILE"
        raise DnsError(f"there are no credentials for the provider; the operator runs: {command}")
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
