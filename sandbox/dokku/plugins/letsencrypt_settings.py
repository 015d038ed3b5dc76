"""What `letsencrypt:set` keeps, what counts of it, and the order that follows from it.

Nothing is cached: as in dokku-letsencrypt every call reads the property files again.
"""

import os
from pathlib import Path

from sandbox.dokku import properties, vhosts
from sandbox.dokku.failure import missing_app
from sandbox.dokku.host import Host
from sandbox.dokku.words import Call

PLUGIN = "letsencrypt"
GLOBAL = properties.GLOBAL
SERVERS = {
    "default": "https://acme-v02.api.letsencrypt.org/directory",
    "staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
}
GRACE = 30 * 24 * 60 * 60
VARIABLE = "dns-provider-"


def read(host: Host, app: str, key: str) -> str:
    """Return a property as somebody set it, of an app or of all."""
    return properties.get(host, PLUGIN, app, key)


def computed(host: Host, app: str, key: str) -> str:
    """Return the value that counts for an app."""
    value = read(host, app, key) or read(host, GLOBAL, key)
    if key == "dns-provider":
        return "" if value == "none" else value
    if key == "server":
        return SERVERS.get(value or "default", value)
    return value or (str(GRACE) if key == "graceperiod" else "")


def variables(host: Host, app: str) -> dict[str, str]:
    """Return the variables for the DNS provider that stand in properties of their own."""
    return {
        key: read(host, app, key)
        for key in properties.keys(host, PLUGIN, app)
        if key.startswith(VARIABLE)
    }


def autorenew(host: Host) -> Path:
    """Return the file whose presence means that certificates are renewed every day."""
    return host.data(PLUGIN, GLOBAL) / "autorenew"


def names(host: Host, app: str) -> list[str]:
    """Return the names that a certificate is for; `_` is nginx's word for any."""
    return [name for name in vhosts.of_app(host, app) if name != "_"]


def target(call: Call) -> str:
    """Return the app of a command, which `--app` may name, too."""
    words = [word for word in call.words if word not in ("--force", "-f")]
    named = os.environ.get("DOKKU_APP_NAME")
    return ([*([named] if named else []), *words, ""])[0]


def verify(host: Host, app: str) -> str:
    """Return the name of an app, or fail; no name is a missing app, too."""
    if not app or not host.app(app).is_dir():
        raise missing_app(app)
    return app


def challenge(host: Host, app: str) -> str:
    """Return how an app proves that its names are its own."""
    return "DNS-01" if computed(host, app, "dns-provider") else "HTTP-01"


def arguments(host: Host, app: str) -> str:
    """Return lego's command line, with the paths inside of the original's container."""
    server, email = computed(host, app, "server"), computed(host, app, "email")
    wanted = "".join(f" --domains {name}" for name in names(host, app))
    line = "--pem --accept-tos --cert.timeout 30 --path /certs"
    line += f" --server {server} --email {email} {computed(host, app, 'lego-args')} {wanted}"
    provider = computed(host, app, "dns-provider")
    return (f"--dns {provider} " if provider else "--http --http.webroot /webroot ") + line


def digest(host: Host, app: str) -> str:
    """Return what names the directory of an order: another order, another directory."""
    import hashlib

    text = f"{arguments(host, app)} {computed(host, app, 'lego-docker-options')}\n"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
