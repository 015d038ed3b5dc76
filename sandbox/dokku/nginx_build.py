"""Builds an app's nginx file from what Dokku knows, tests it, and lets nginx read it."""

import os
import re

from sandbox.dokku import (
    deployed,
    nginx_config,
    nginx_server,
    nginx_settings,
    say,
    settings,
    vhosts,
)
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import certs, network, ports, proxy


def build(host: Host, app: str) -> None:
    """Build an app's nginx file and reload nginx, or delete it where the proxy is disabled."""
    if not proxy.is_enabled(host, app):
        delete(host, app)
        return
    listeners = network.web_listeners(host, app)
    ports.configure(host, app)
    secure = certs.exists(host, app)
    mappings = usable(host, app, secure=secure)
    if not listeners:
        say.warn(f"No web listeners specified for {app}") if not say.is_quiet() else None
    if not mappings:
        return
    names = vhosts.of_app(host, app)
    if secure:
        tell_mismatch(host, app, names)
    for name in sorted(names):
        say.info1(f"Configuring {name}...(using built-in template)")
    say.info1(f"Creating {'https' if secure else 'http'} nginx.conf")
    write(host, app, site(host, app, mappings, secure=secure))


def tell_mismatch(host: Host, app: str, names: list[str]) -> None:
    """Say so when the certificate is for none of the app's names."""
    from sandbox.dokku.plugins import certs_report

    covered = certs_report.hostnames(certs.folder(host, app))
    pattern = "|".join(name.replace(".", r"\.").replace("*", r"[^\.]*") for name in covered)
    if any(re.search(f"^{pattern}$", name) for name in names):
        return
    start = f"No matching configured domains for {app} found in SSL certificate."
    say.info1(f"{start} Your app will show as insecure in a browser if accessed via SSL")
    say.info1("Please add appropriate domains via the dokku domains command")
    for title, found in (
        ("Configured domains for app:", names),
        ("Domains found in SSL certificate:", covered),
    ):
        say.info1(title) if found else None
        for name in found:
            say.info2(name)


def site(host: Host, app: str, mappings: list[ports.Mapping], *, secure: bool) -> nginx_config.Site:
    """Gather what the file says."""
    containers = network.web_containers(host, app)
    inside = sorted({m.container for m in mappings}) if containers else []
    return nginx_config.Site(
        app=app,
        folder=str(host.app(app)),
        mappings=mappings,
        names=vhosts.of_app(host, app),
        listen={n: nginx_server.port(host, str(n)) for n in {443, *(m.host for m in mappings)}},
        servers={port: [network.address(item, port) for item in containers] for port in inside},
        options={s.key: settings.computed(host, "nginx", app, s) for s in nginx_settings.SETTINGS},
        secure=secure,
    )


def usable(host: Host, app: str, *, secure: bool) -> list[ports.Mapping]:
    """Return the mappings that can be served; https needs a certificate."""
    found = []
    for mapping in ports.effective(host, app):
        if mapping.scheme == "https" and not secure:
            text = "Ignoring detected https port mapping without an accompanying ssl certificate"
            say.warn(f"{text} ({mapping})")
        else:
            found.append(mapping)
    return found


def write(host: Host, app: str, content: nginx_config.Site) -> None:
    """Put the file in place; when nginx does not like it, put the old one back and fail."""
    file = host.app(app) / "nginx.conf"
    old = file.read_text(encoding="utf-8") if file.exists() else None
    (host.app(app) / "nginx.conf.d").mkdir(exist_ok=True)
    scratch = file.with_name(f".nginx.conf.{os.getpid()}")
    scratch.write_text(nginx_config.render(content), encoding="utf-8")
    scratch.rename(file)
    if network.web_listeners(host, app) and deployed.is_deployed(host, app):
        manage_hsts(host, app, secure=content.secure)
    say.verbose("Reloading nginx")
    complaint = nginx_server.test(host)
    if complaint:
        file.unlink() if old is None else file.write_text(old, encoding="utf-8")
        say.write(2, complaint + "\n")
        raise Fail()
    nginx_server.reload(host)


def manage_hsts(host: Host, app: str, *, secure: bool) -> None:
    """Write or remove nginx.conf.d/hsts.conf."""
    value = {
        s.key: settings.computed(host, "nginx", app, s)
        for s in nginx_settings.SETTINGS
        if "hsts" in s.key
    }
    file = host.app(app) / "nginx.conf.d/hsts.conf"
    if not secure or value["hsts"] == "false":
        file.unlink(missing_ok=True)
        return
    say.verbose_quiet("Enabling HSTS (using built-in template)")
    words = [f"max-age={value['hsts-max-age']}"] if value["hsts-max-age"] else []
    words += ["includeSubdomains"] if value["hsts-include-subdomains"] == "true" else []
    words += ["preload"] if value["hsts-preload"] == "true" else []
    text = f'add_header Strict-Transport-Security "{"; ".join(words)}" always;\n'
    file.write_text(text, encoding="utf-8")


def delete(host: Host, app: str) -> None:
    """Remove the file of an app whose proxy is disabled."""
    say.info1(f"Nginx support is disabled for app ({app})")
    file = host.app(app) / "nginx.conf"
    if file.exists():
        say.info1("Deleting nginx.conf")
        file.unlink()
        if deployed.is_deployed(host, app):
            say.info1("Reloading nginx after nginx.conf deletion")
            nginx_server.reload(host)
