"""Says which providers can keep zones, and whether what they need is there."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from .dns_credentials import check_credentials, read_credentials, secrets_of
from .dns_provider_table import PROVIDERS, Provider

__all__ = [
    "PROVIDERS",
    "Provider",
    "check_credentials",
    "install_command",
    "is_installed",
    "read_credentials",
    "secrets_of",
]


def is_installed(provider: str) -> bool:
    """Tells whether the library for this provider is there."""
    return find_spec(PROVIDERS[provider].package) is not None


def install_command(provider: str) -> str:
    """Returns the command that installs what this provider needs."""
    extra = PROVIDERS[provider].requirements.removeprefix("requirements-").removesuffix(".txt")
    words = ["sudo", str(Path(__file__).parents[5] / "install"), f"dns-{extra}" if extra else ""]
    return " ".join(filter(None, words))
