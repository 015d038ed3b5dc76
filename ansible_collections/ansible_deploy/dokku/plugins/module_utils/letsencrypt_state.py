"""Reads what dokku-letsencrypt has got for an app, and tells whether a new order is due.

`letsencrypt:active` alone does not: it stays true when a domain is added or removed, and near the
certificate's end (0.25.1). So the installed certificate itself is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from . import certs
from .certificates import Certificate, Unreadable, day, parse
from .client import APP_MISSING_EXIT, AppMissing, DokkuError
from .letsencrypt_properties import Properties, server_address, text_of
from .words import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .client import Dokku

NEEDS_PLUGIN = (
    "certificates are issued by the plugin dokku-letsencrypt, which this host does not have; an"
    " operator installs it with: sudo dokku plugin:install"
    " https://github.com/dokku/dokku-letsencrypt.git"
)
UNKNOWN_COMMAND = "is not a dokku command"


@dataclass(frozen=True)
class Installed:
    """What an app serves.

    `is_active`: dokku-letsencrypt takes it for its own and renews it. `is_own`: it really is what
    dokku-letsencrypt installed last. `arguments` are those of its order, `--email` and `--server`.
    """

    certificate: Certificate | None = None
    is_active: bool = False
    is_own: bool = False
    arguments: Mapping[str, str] = field(default_factory=dict)
    grace: timedelta = timedelta(days=30)
    has_plugin: bool = True

    @property
    def renew_after(self) -> datetime | None:
        """Returns from when on the certificate is renewed, None where nobody renews it."""
        if self.certificate is None or not self.is_active:
            return None
        return renewal(self.certificate, self.grace)


def read(dokku: Dokku, app: str, properties: Properties) -> Installed:
    """Returns what the app serves, by two cheap calls."""
    is_active = _is_active(dokku, app)
    certificate = certs.read(dokku, app).certificate
    return Installed(
        certificate,
        is_active=is_active is True,
        is_own=_is_own(dokku, app, certificate, is_active=is_active is True),
        arguments=_arguments(dokku, app),
        grace=properties.grace,
        has_plugin=is_active is not None,
    )


def need_plugin(installed: Installed) -> None:
    """Raises InvalidValue with the operator's command where dokku-letsencrypt is not installed."""
    if not installed.has_plugin:
        raise InvalidValue(NEEDS_PLUGIN)


def has_plugin(dokku: Dokku, app: str) -> bool:
    """Returns whether dokku-letsencrypt is installed, by one cheap call."""
    answer = dokku.run("letsencrypt:active", app, check=False)
    return UNKNOWN_COMMAND not in answer.stderr


def why_due(
    installed: Installed, names: Sequence[str], properties: Properties, now: datetime
) -> str:
    """Returns why a certificate is to be ordered, "" when the installed one is right."""
    certificate = installed.certificate
    if certificate is None:
        return "none is installed"
    if set(certificate.names) != set(names):
        return f"the installed one is for {', '.join(certificate.names)}"
    if not installed.is_active:
        return "the installed one is not renewed by dokku-letsencrypt"
    if now >= renewal(certificate, installed.grace):
        return f"the installed one ends on {day(certificate.not_after)}"
    # An order that failed leaves the new properties behind, so what counts is the last good order.
    ordered, wanted = installed.arguments, properties
    if ordered.get("email", wanted.computed("email")) != wanted.computed("email"):
        return f"the installed one was ordered by {ordered['email']}"
    if server_address(ordered.get("server", wanted.server)) != wanted.server:
        return f"the installed one was ordered at {ordered['server']}"
    return ""


def renewal(certificate: Certificate, grace: timedelta) -> datetime:
    """Returns from when on a certificate is renewed.

    One that lives shorter than its grace period would be due at once and for ever; it is renewed in
    the last third of its life.
    """
    life = certificate.not_after - certificate.not_before
    return certificate.not_after - (grace if grace < life else life / 3)


def _is_active(dokku: Dokku, app: str) -> bool | None:
    words = ("letsencrypt:active", app)
    answer = dokku.run(*words, check=False)
    if answer.exit == 0:
        return answer.stdout.strip() == "true"
    if UNKNOWN_COMMAND in answer.stderr:
        return None
    kind = AppMissing if answer.exit == APP_MISSING_EXIT else DokkuError
    raise kind(words, answer.exit, answer.stderr)


def _is_own(dokku: Dokku, app: str, certificate: Certificate | None, *, is_active: bool) -> bool:
    copy = text_of(certs.letsencrypt_copy(dokku, app))
    if certificate is None or not copy:
        return is_active
    try:
        return parse(copy).digest == certificate.digest
    except Unreadable:
        return False


def _arguments(dokku: Dokku, app: str) -> dict[str, str]:
    # What lego was called with, as dokku-letsencrypt wrote it down beside what lego got.
    root = Path(dokku.environment.get("DOKKU_ROOT", "/home/dokku"))
    text = text_of(root / app / "letsencrypt" / "certs" / "current" / "config")
    return dict(re.findall(r"--(email|server) (\S+)", text))
