"""The VHOST files: domains of apps and of the host, and the addresses made of them."""

import re
from pathlib import Path

from sandbox.dokku import app_environment, properties
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host

VALID = re.compile(r"[a-z0-9.*-]*[a-z0-9*-]")


def vhost_file(host: Host, app: str) -> Path:
    """Return the file of an app's domains."""
    return host.home / "VHOST" if app == properties.GLOBAL else host.app(app) / "VHOST"


def read_file(path: Path) -> list[str]:
    """Return the domains of a VHOST file."""
    return path.read_text(encoding="utf-8").split() if path.exists() else []


def write_file(path: Path, names: list[str]) -> None:
    """Write a VHOST file."""
    path.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")


def is_enabled(host: Host, app: str) -> bool:
    """Say whether an app is reached by name."""
    return app_environment.read(host, app).get("NO_VHOST") != "1"


def of_app(host: Host, app: str) -> list[str]:
    """Return the domains under which an app answers."""
    return read_file(vhost_file(host, app)) if is_enabled(host, app) else []


def defaults(host: Host, app: str) -> list[str]:
    """Return the domains that a new app gets: its name below each global one."""
    if "." in app:
        return [app] if read_file(vhost_file(host, properties.GLOBAL)) else []
    return [f"{app}.{name}" for name in read_file(vhost_file(host, properties.GLOBAL))]


def check(names: list[str]) -> None:
    """Fail when a word cannot be a domain."""
    for name in names:
        if name != "_" and not VALID.fullmatch(name.lower()):
            raise Fail(f"{name} is invalid. exiting...")


def urls(host: Host, app: str) -> list[str]:
    """Return the addresses of an app, sorted: every name with every http port."""
    from sandbox.dokku.plugins import certs, ports, proxy

    names = of_app(host, app) or read_file(vhost_file(host, properties.GLOBAL))
    if not proxy.is_enabled(host, app):
        return []
    secure = certs.exists(host, app)
    maps = [m for m in ports.effective(host, app) if secure or m.scheme != "https"]
    return sorted({url(m.scheme, name, m.host) for name in names for m in maps})


def url(scheme: str, name: str, port: int) -> str:
    """Return one address; the usual ports are left out."""
    if port == 80:
        return f"http://{name}"
    return f"{scheme}://{name}" if (scheme, port) == ("https", 443) else f"{scheme}://{name}:{port}"
