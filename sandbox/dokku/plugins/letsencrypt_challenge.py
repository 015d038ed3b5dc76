"""What nginx does while an app proves that its names are its own: it serves the answers."""

import subprocess

from sandbox.dokku import nginx_server, nginx_settings, say
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import letsencrypt_certificate as certificate
from sandbox.dokku.plugins import letsencrypt_settings as settings
from sandbox.dokku.plugins import ports
from sandbox.dokku.settings import computed

INCLUDE = """location /.well-known/acme-challenge {{
  # allow every ip address
  allow all;

  # disable http-auth for /.well-known/acme-challenge
  auth_basic off;
  root {webroot};
}}
"""
TEMPORARY = """server {{
  listen       127.0.0.1:{port};
  server_name  {names};
  include      {folder}/nginx.conf.d/*.conf;
  access_log   {access};
  error_log    {error};
}}
"""


def ensure_http_port(host: Host, app: str) -> None:
    """Let host port 80 lead to the app, for the ACME server comes by that one."""
    maps = ports.effective(host, app)
    if settings.challenge(host, app) == "DNS-01" or any(
        (m.scheme, m.host) == ("http", 80) for m in maps
    ):
        return
    inside = [m.container for scheme in ("http", "https") for m in maps if m.scheme == scheme]
    if not inside:
        say.warn(
            f"Cannot enable letsencrypt for {app}: no http or https proxy port mapping was found."
        )
        say.warn(
            "  letsencrypt needs an http listener on port 80 to serve the ACME HTTP-01 challenge."
        )
        raise Fail(f"  Add one with: dokku ports:add {app} http:80:<container-port>")
    mapping = f"http:80:{inside[0]}"
    say.info1(f"Adding {mapping} port mapping to {app} for ACME HTTP-01 challenge...")
    words = [str(host.root / "bin/dokku"), "ports:add", app, mapping]
    for line in subprocess.run(words, stdout=subprocess.PIPE, check=False).stdout.splitlines():
        say.verbose(line.decode(errors="replace"))


def open_challenge(host: Host, app: str) -> None:
    """Let nginx serve the answers to the ACME server's questions, on whatever port it asks."""
    say.info1(f"Enabling ACME proxy for {app}...")
    folder = host.app(app) / "nginx.conf.d"
    folder.mkdir(exist_ok=True)
    text = INCLUDE.format(webroot=host.data(settings.PLUGIN, app))
    (folder / "letsencrypt.conf").write_text(text, encoding="utf-8")
    nginx_server.reload(host)


def close_challenge(host: Host, app: str) -> None:
    """Take the answers off nginx again."""
    say.info1(f"Disabling ACME proxy for {app}...")
    (host.app(app) / "nginx.conf.d/letsencrypt.conf").unlink(missing_ok=True)
    nginx_server.reload(host)


def make_root(host: Host, app: str) -> bool:
    """Make the directory of orders; and a site for an app without any, which is then told."""
    certificate.root(host, app).mkdir(exist_ok=True)
    file = host.app(app) / "nginx.conf"
    if file.exists():
        return False
    say.info1("Setting temporary site")
    logs = {s.key: computed(host, "nginx", app, s) for s in nginx_settings.SETTINGS}
    text = TEMPORARY.format(
        port=nginx_server.port(host, "80"),
        names=" ".join(settings.names(host, app)),
        folder=host.app(app),
        access=f"{logs['access-log-path']} {logs['access-log-format']}".rstrip(),
        error=logs["error-log-path"],
    )
    file.write_text(text, encoding="utf-8")
    nginx_server.reload(host)
    return True
