"""What can go wrong with a backup in a known way, as one of our errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import DokkuError
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.pipes import Broken
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic import ResticError
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import InvalidValue

from ..errors import HostError

KNOWN = (DokkuError, ResticError, Broken, InvalidValue, OSError)


@contextmanager
def explained(subject: str) -> Iterator[None]:
    """Raise HostError, which begins with the subject, for what fails in a known way within."""
    try:
        yield
    except KNOWN as error:
        raise HostError(f"{subject}: {error}") from None
