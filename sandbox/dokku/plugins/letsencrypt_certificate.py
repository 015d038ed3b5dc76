"""The certificate that an app has from letsencrypt: is it in use, how long, is another one due."""

import time
from collections.abc import Iterator
from pathlib import Path

from sandbox.dokku.host import Host
from sandbox.dokku.plugins import certs
from sandbox.dokku.plugins import letsencrypt_settings as settings

INSTALLED = ("server.letsencrypt.crt", "server.crt")
UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def root(host: Host, app: str) -> Path:
    """Return the directory of an app's orders."""
    return host.app(app) / "letsencrypt"


def current(host: Host, app: str) -> Path:
    """Return the link to the directory of the order whose certificate was installed last."""
    return root(host, app) / "certs/current"


def file(folder: Path, name: str, suffix: str) -> Path:
    """Return a file of an order; the first name stands for all, a wildcard's star is `_`."""
    return folder / "certificates" / f"{name.replace('*', '_', 1)}.{suffix}"


def installed(host: Host, app: str) -> Path | None:
    """Return the certificate that nginx serves, if there is one."""
    found = (certs.folder(host, app) / name for name in INSTALLED)
    return next((path for path in found if path.is_file()), None)


def is_active(host: Host, app: str) -> bool:
    """Say whether the certificate in use is the one of the current order."""
    served, names = installed(host, app), [*settings.names(host, app), ""]
    if not certs.exists(host, app) or served is None:
        return False
    if not file(current(host, app), names[0], "pem").is_file():
        return False
    ordered = file(current(host, app), names[0], "crt")
    return ordered.is_file() and ordered.read_bytes() == served.read_bytes()


def expiry(host: Host, app: str) -> int | None:
    """Return when the certificate in use ends, in seconds since 1970."""
    served = installed(host, app)
    if served is None:
        return None
    import calendar
    import subprocess

    words = ["openssl", "x509", "-in", str(served), "-enddate", "-noout"]
    text = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    moment = time.strptime(text.partition("=")[2].strip(), "%b %d %H:%M:%S %Y GMT")
    return calendar.timegm(moment)


def expiries(host: Host) -> Iterator[tuple[str, int]]:
    """Yield the apps with a certificate of this plugin, and when it ends."""
    for app in host.apps():
        ends = expiry(host, app) if is_active(host, app) else None
        if ends is not None:
            yield app, ends


def seconds_to_renewal(host: Host, app: str, ends: int) -> int:
    """Return how long a certificate may stay, negative when another one is due."""
    return ends - int(settings.computed(host, app, "graceperiod")) - int(time.time())


def is_due(host: Host, app: str) -> bool:
    """Say whether `enable` has to place an order."""
    link = current(host, app)
    if not is_active(host, app) or not link.is_symlink():
        return True
    if link.readlink().name != settings.digest(host, app):
        return True
    ends = expiry(host, app)
    return ends is None or seconds_to_renewal(host, app, ends) < 0


def duration(seconds: int) -> str:
    """Return a time in words: `59d, 23h, 59m, 52s`; one that has passed ends in `ago`."""
    rest, parts = abs(seconds), []
    for unit, size in UNITS:
        count, rest = divmod(rest, size)
        parts += [f"{count}{unit}"] if count else []
    return ", ".join(parts) + (" ago" if seconds < 0 else "")
