"""Reads and writes a certificate of one's own: what `certs:add` installs.

The private key goes in by standard input. Of the installed key only the public part is compared,
and nothing is ever shown.
"""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .certificates import (
    Certificate,
    Key,
    Unreadable,
    not_covered,
    parse,
    parse_key,
    problem,
    subject,
    validity,
)
from .change import Change, Plan, Result, Sign, carry_out, command, read_or_empty
from .client import APP_MISSING_EXIT, AppMissing, DokkuError
from .definition import APP, ModuleDefinition, names, state
from .words import InvalidValue, checked, domain_names

if TYPE_CHECKING:
    from .client import Dokku

# Dokku 0.38.27, plugins/certs/subcommands/show: "<app> doesn't have an SSL endpoint defined".
NOT_INSTALLED = "SSL endpoint"


@dataclass(frozen=True)
class Installed:
    """What an app has: whether it is there, and the certificate where it can be read."""

    is_there: bool = False
    certificate: Certificate | None = None


@dataclass(frozen=True)
class DesiredCertificate:
    """A certificate with its key, None for none; and the names that it should be good for."""

    certificate: Certificate | None = None
    key: Key | None = field(default=None, repr=False)
    names: tuple[str, ...] = ()


def read(dokku: Dokku, app: str) -> Installed:
    """Returns the certificate of the app without its key."""
    text = _shown(dokku, app, "crt")
    if text is None:
        return Installed()
    try:
        return Installed(is_there=True, certificate=parse(text))
    except Unreadable:
        return Installed(is_there=True)


def letsencrypt_copy(dokku: Dokku, app: str) -> Path:
    """Returns where dokku-letsencrypt keeps a copy of the certificate that it installed last."""
    root = Path(dokku.environment.get("DOKKU_ROOT", "/home/dokku"))
    return root / app / "tls" / "server.letsencrypt.crt"


def has_key(dokku: Dokku, app: str, key: Key) -> bool:
    """Tells whether the installed key is this one."""
    try:
        return parse_key(_shown(dokku, app, "key") or "").public_key == key.public_key
    except Unreadable:
        return False


def compare(app: str, observed: Installed, desired: DesiredCertificate) -> Plan:
    """Plans to install the certificate, or to remove what is installed."""
    before, after = _facts(observed.certificate), _facts(desired.certificate)
    if desired.certificate is None or desired.key is None:
        if not observed.is_there:
            return Plan((), (), before, after)
        served = observed.certificate.names if observed.certificate else ("unknown names",)
        change = Change("-", subject(served))
        return Plan((change,), (command("certs:remove", app),), before, after)
    sign: Sign = "~" if observed.is_there else "+"
    change = Change(sign, subject(desired.certificate.names), validity(desired.certificate))
    archive = archived(desired.certificate, desired.key)
    return Plan((change,), (command("certs:add", app, stdin=archive),), before, after)


def archived(certificate: Certificate, key: Key) -> str:
    """Returns the tar that `certs:add` reads from standard input.

    It is text: both files are ASCII, and so are the headers of the format ustar.
    """
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, text in (("server.crt", certificate.text), ("server.key", key.text)):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text), 0o600
            archive.addfile(entry, io.BytesIO(text.encode("ascii")))
    return content.getvalue().decode("ascii")


def desired_certificate(params: dict[str, Any]) -> DesiredCertificate:
    """Reads a module's parameters; raises InvalidValue where the two are of no use."""
    if params["state"] == "absent":
        return DesiredCertificate()
    certificate, key = parse(params["certificate"]), parse_key(params["key"])
    if reason := problem(certificate, key, datetime.now(UTC)):
        raise InvalidValue(reason)
    return DesiredCertificate(certificate, key, domain_names(params["domains"]))


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes the certificate of an app this one, or removes it."""
    app, desired = checked("app", params["app"]), desired_certificate(params)
    observed = read_or_empty(lambda: read(dokku, app), Installed(), check=check)
    plan = compare(app, observed, desired)
    if _is_same(dokku, app, observed, desired):
        plan = Plan((), (), plan.after, plan.after)
    result = carry_out(dokku, plan, check=check)
    if desired.certificate and not check:
        _forget_letsencrypt(dokku, app)
    return replace(result, warnings=_warnings(desired))


def _is_same(dokku: Dokku, app: str, observed: Installed, desired: DesiredCertificate) -> bool:
    if desired.certificate is None or desired.key is None:
        return not observed.is_there
    if observed.certificate is None or observed.certificate.digest != desired.certificate.digest:
        return False
    return has_key(dokku, app, desired.key)


def _forget_letsencrypt(dokku: Dokku, app: str) -> None:
    # dokku-letsencrypt 0.25.1 takes its own certificate for the installed one as long as its copy
    # is there (internal-functions, fn-letsencrypt-is-active). `certs:add` leaves it there, and the
    # daily renewal would replace what was installed; also what somebody installed by hand.
    letsencrypt_copy(dokku, app).unlink(missing_ok=True)


def _warnings(desired: DesiredCertificate) -> tuple[str, ...]:
    missing = not_covered(desired.certificate, desired.names) if desired.certificate else ()
    return (f"the certificate is not for {', '.join(missing)}",) if missing else ()


def _facts(certificate: Certificate | None) -> dict[str, Any]:
    if certificate is None:
        return {"certificate": None}
    return {
        "certificate": list(certificate.names),
        "issuer": certificate.issuer,
        "valid": validity(certificate),
        "digest": certificate.digest,
    }


def _shown(dokku: Dokku, app: str, which: str) -> str | None:
    words = ("certs:show", app, which)
    answer = dokku.run(*words, check=False)
    if answer.exit == 0:
        return answer.stdout
    if answer.exit == APP_MISSING_EXIT:
        raise AppMissing(words, answer.exit, answer.stderr)
    if NOT_INSTALLED in answer.stderr:
        return None
    raise DokkuError(words, answer.exit, answer.stderr)


MODULE = ModuleDefinition(
    {
        "app": APP,
        "certificate": {"type": "str", "aliases": ["cert"]},
        "key": {"type": "str", "no_log": True},
        "domains": names(),
        "state": state("present", "absent"),
    },
    converge,
    {"required_if": [("state", "present", ("certificate", "key"))]},
)
