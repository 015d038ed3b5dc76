"""`letsencrypt:enable` and `letsencrypt:revoke`: an order, from its words to the installed file.

dokku-letsencrypt calls `dokku` for other plugins' commands, and so does this module: such a call is
in the log, and a fault can strike there.
"""

import os
import shutil
import subprocess
from pathlib import Path

from sandbox.dokku import plugn, say
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import certs, letsencrypt_lego
from sandbox.dokku.plugins import letsencrypt_certificate as certificate
from sandbox.dokku.plugins import letsencrypt_challenge as proxy
from sandbox.dokku.plugins import letsencrypt_settings as settings


def enable(host: Host, app: str, *, force: bool) -> None:
    """Place an order for an app unless its certificate is still right, and install what comes."""
    settings.verify(host, app)
    if not settings.names(host, app):
        raise Fail(f"No domains detected for {app}")
    say.info2(f"Enabling letsencrypt for {app}")
    check_email(host, app)
    if not force and not certificate.is_due(host, app):
        say.info1(f"Certificate is still valid for {app}, skipping certificate request")
        say.info1("Pass --force to letsencrypt:enable to request a new certificate anyway")
        return
    proxy.ensure_http_port(host, app)
    proxy.open_challenge(host, app)
    status = order(host, app)
    proxy.close_challenge(host, app)
    if status:
        say.warn("Failed to setup letsencrypt")
        raise Fail("Check log output for further information on failure", status)
    say.info1("Done")


def check_email(host: Host, app: str) -> None:
    """Refuse to order without an address for the account."""
    if not settings.computed(host, app, "email"):
        say.warn("ERROR: Cannot request a certificate without an e-mail address!")
        say.warn("  please provide your e-mail address using")
        raise Fail(f"  dokku letsencrypt:set {app} email <e-mail>")


def order(host: Host, app: str) -> int:
    """Get a certificate and install it; returns lego's status."""
    is_temporary = proxy.make_root(host, app)
    way = settings.challenge(host, app)
    say.info1(f"Getting letsencrypt certificate for {app} via {way}")
    folder = write_order(host, app)
    status = letsencrypt_lego.run(host, app, folder, "run")
    if is_temporary:
        (host.app(app) / "nginx.conf").unlink(missing_ok=True)
    if status:
        say.info1("Certificate retrieval failed!")
        return status
    say.info1("Certificate retrieved successfully.")
    install(host, app, folder)
    return plugn.trigger(host, "proxy-build-config", app)


def write_order(host: Host, app: str) -> Path:
    """Write down what is ordered, in the directory that is named by it."""
    for name in settings.names(host, app):
        say.write(2, f"        - Domain '{name}'\n")
    folder = certificate.root(host, app) / "certs" / settings.digest(host, app)
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    if settings.challenge(host, app) == "DNS-01":
        for owner in (settings.GLOBAL, app):
            for key, value in settings.variables(host, owner).items():
                lines.append(f"{key.removeprefix(settings.VARIABLE)}={value}\n")
    (folder / "docker.env").write_text("".join(lines), encoding="utf-8")
    (folder / "docker.env").chmod(0o755)  # as dokku-letsencrypt leaves it
    options = settings.computed(host, app, "lego-docker-options")
    (folder / "config").write_text(settings.arguments(host, app) + "\n", encoding="utf-8")
    (folder / "docker_options").write_text(options + "\n", encoding="utf-8")
    return folder


def install(host: Host, app: str, folder: Path) -> None:
    """Let the app use a new certificate."""
    say.info1("Installing let's encrypt certificates")
    link = certificate.current(host, app)
    link.unlink(missing_ok=True)
    link.symlink_to(folder)
    name = settings.names(host, app)[0]
    pair = [str(certificate.file(folder, name, suffix)) for suffix in ("pem", "key")]
    call_dokku(host, "certs:add", app, *pair)
    for target in certificate.INSTALLED:
        place = certs.folder(host, app) / target
        place.unlink(missing_ok=True)
        shutil.copy(certificate.file(folder, name, "crt"), place)


def revoke(host: Host, app: str) -> None:
    """Declare an app's certificate invalid, and remove it; what fails is only said."""
    settings.verify(host, app)
    say.info2(f"Revoke letsencrypt certificate from {app}...")
    check_email(host, app)
    proxy.make_root(host, app)
    way = settings.challenge(host, app)
    say.info1(f"Revoking letsencrypt certificate for {app} via {way}")
    status = letsencrypt_lego.run(host, app, write_order(host, app), "revoke")
    if status:
        say.info1(f"Certificate revocation failed (code {status})!")
    else:
        say.info1("Certificate revoked successfully.")
        call_dokku(host, "certs:remove", app)
    say.info1("Done")


def call_dokku(host: Host, *words: str) -> None:
    """Run another command of dokku as one of its plugins would."""
    environment = {key: value for key, value in os.environ.items() if key != "DOKKU_APP_NAME"}
    subprocess.run([str(host.root / "bin/dokku"), *words], check=False, env=environment)
