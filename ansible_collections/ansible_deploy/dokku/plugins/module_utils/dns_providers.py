"""Lists the providers that can keep zones, and checks what an operator gives us for them.

The credentials are lines `NAME=value`, by the names that the ACME client lego uses too, so that one
file serves both.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True)
class Provider:
    """A provider: the variables it needs and may have, and what else must be installed for it."""

    name: str
    title: str
    variables: tuple[str, ...]
    optional: tuple[str, ...] = ()
    requirements: str = ""
    lego: str = ""
    package: str = ""


PROVIDERS: dict[str, Provider] = {}


def check_credentials(provider: str, text: str) -> list[str]:
    """Returns what is wrong with the credentials, in words and without their values."""
    raise NotImplementedError


def is_installed(provider: str) -> bool:
    """Tells whether the library for this provider is there."""
    return find_spec(PROVIDERS[provider].package) is not None


def install_command(provider: str) -> str:
    """Returns the command that installs what this provider needs."""
    extra = PROVIDERS[provider].requirements.removeprefix("requirements-").removesuffix(".txt")
    return f"sudo {Path(__file__).parents[5] / 'install'} dns-{extra}"
