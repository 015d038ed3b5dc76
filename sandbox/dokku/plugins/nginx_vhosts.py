"""The plugin `nginx-vhosts`: builds the nginx file of each app and lets nginx read it."""

import os

from sandbox.dokku import (
    deployed,
    nginx_config,
    nginx_server,
    plugn,
    properties,
    report,
    say,
    settings,
)
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps, certs, domains, network, ports, proxy
from sandbox.dokku.settings import GLOBAL, Setting
from sandbox.dokku.words import Call

SETTINGS = tuple(
    Setting(*row)
    for row in (
        ("access-log-format", ""),
        ("access-log-path", "{root}/var/log/nginx/{app}-access.log"),
        ("bind-address-ipv4", ""),
        ("bind-address-ipv6", "::"),
        ("client-body-timeout", "60s"),
        ("client-header-timeout", "60s"),
        ("client-max-body-size", "1m"),
        ("disable-custom-config", "false"),
        ("error-log-path", "{root}/var/log/nginx/{app}-error.log"),
        ("hsts", "true"),
        ("hsts-include-subdomains", "true"),
        ("hsts-preload", "false"),
        ("hsts-max-age", "15724800"),
        ("keepalive-timeout", "75s"),
        ("lingering-timeout", "5s"),
        ("nginx-conf-sigil-path", "nginx.conf.sigil"),
        ("nginx-service-command", ""),
        ("proxy-buffer-size", "4k"),
        ("proxy-buffering", "on"),
        ("proxy-buffers", "8 4k"),
        ("proxy-busy-buffers-size", "8k"),
        ("proxy-connect-timeout", "60s"),
        ("proxy-read-timeout", "60s"),
        ("proxy-send-timeout", "60s"),
        ("proxy-keepalive", ""),
        ("send-timeout", "60s"),
        ("underscore-in-headers", "off"),
        ("x-forwarded-for-value", "$remote_addr"),
        ("x-forwarded-port-value", "$server_port"),
        ("x-forwarded-proto-value", "$scheme"),
        ("x-forwarded-ssl", ""),
    )
)
REFUSAL = "Invalid key specified, valid keys include: " + ", ".join(s.key for s in SETTINGS)


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
    names = domains.of_app(host, app)
    for name in sorted(names):
        say.info1(f"Configuring {name}...(using built-in template)")
    say.info1(f"Creating {'https' if secure else 'http'} nginx.conf")
    write(host, app, site(host, app, mappings, secure=secure))


def site(host: Host, app: str, mappings: list[ports.Mapping], *, secure: bool) -> nginx_config.Site:
    """Gather what the file says."""
    containers = network.web_containers(host, app)
    inside = sorted({m.container for m in mappings}) if containers else []
    return nginx_config.Site(
        app=app,
        folder=str(host.app(app)),
        mappings=mappings,
        names=domains.of_app(host, app),
        listen={n: nginx_server.port(host, str(n)) for n in {443, *(m.host for m in mappings)}},
        servers={port: [network.address(item, port) for item in containers] for port in inside},
        options={s.key: settings.computed(host, "nginx", app, s) for s in SETTINGS},
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
    value = {s.key: settings.computed(host, "nginx", app, s) for s in SETTINGS if "hsts" in s.key}
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


def is_ours(host: Host, app: str) -> bool:
    """Say whether nginx is the proxy of an app."""
    return proxy.kind(host, app) == "nginx"


def rebuild(call: Call) -> None:
    """Answer the triggers after which the file is built anew."""
    if is_ours(call.host, call.word(0)):
        build(call.host, call.word(0))


def core_post_deploy(call: Call) -> None:
    """Build the file when the new processes are up."""
    if is_ours(call.host, call.word(0)):
        plugn.must(call.host, "proxy-build-config", call.word(0))


def post_deploy_process(call: Call) -> None:
    """Build the file early, as soon as the web processes are up."""
    app, process = call.words[:2]
    if process == "web" and is_ours(call.host, app):
        say.info2("Triggering early nginx proxy rebuild")
        plugn.must(call.host, "proxy-build-config", app)


def build_config(call: Call) -> None:
    """Answer the trigger `proxy-build-config`."""
    app = call.word(0)
    if is_ours(call.host, app):
        if network.web_listeners(call.host, app):
            say.info1(f"Ensuring network configuration is in sync for {app}")
        build(call.host, app)


def clear_config(call: Call) -> None:
    """Answer the trigger `proxy-clear-config`."""
    (call.host.app(call.word(0)) / "nginx.conf").unlink(missing_ok=True)
    nginx_server.reload(call.host)


def vhost_disabled(call: Call) -> None:
    """Forget the usual ports before an app loses its names."""
    app = call.word(0)
    if not is_ours(call.host, app):
        return
    for key, usual in (("proxy-port", "80"), ("proxy-ssl-port", "443")):
        if properties.get(call.host, "proxy", app, key) == usual:
            properties.put(call.host, "proxy", app, key=key, value="")
    clear_usual_ports(call.host, app)


def vhost_enabled(call: Call) -> None:
    """Forget ports before an app gets its names back."""
    app = call.word(0)
    if not is_ours(call.host, app):
        return
    for plugin, key in (
        ("proxy", "proxy-port"),
        ("proxy", "proxy-ssl-port"),
        ("ports", "map-detected"),
    ):
        properties.put(call.host, plugin, app, key=key, value="")
    clear_usual_ports(call.host, app)


def clear_usual_ports(host: Host, app: str) -> None:
    """Forget all mappings when one of them is http:80 or https:443."""
    if any(
        (m.scheme, m.host) in (("http", 80), ("https", 443)) for m in ports.effective(host, app)
    ):
        ports.clear_app(host, app)


def proxy_disabled(call: Call) -> None:
    """Take the names away and restart the app."""
    if is_ours(call.host, call.word(0)):
        domains.disable(call)
        deployed.restart(call.host, call.word(0))


def proxy_enabled(call: Call) -> None:
    """Give the names back and restart the app."""
    app = call.word(0)
    if is_ours(call.host, app):
        if not domains.is_enabled(call.host, app):
            domains.switch_on(call.host, app, restart=False)
        deployed.restart(call.host, app)


def post_delete(call: Call) -> None:
    """Let nginx forget a deleted app."""
    properties.destroy(call.host, "nginx", call.word(0))
    (call.host.app(call.word(0)) / "nginx.conf").unlink(missing_ok=True)
    if nginx_server.is_running(call.host) and not nginx_server.test(call.host):
        nginx_server.reload(call.host)


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `nginx:report` knows."""
    if app == GLOBAL:
        return {f"global-{s.key}": s.read(host, "nginx", app)[f"global-{s.key}"] for s in SETTINGS}
    log = host.root / f"var/log/nginx/{app}-access.log"
    last = str(int(log.stat().st_mtime)) if log.exists() and log.stat().st_size else ""
    return {**settings.read_all(host, "nginx", app, SETTINGS), "last-visited-at": last}


def show_report(call: Call) -> None:
    """Answer `nginx:report`."""
    report.run(call, report.Report("nginx", read))


def set_property(call: Call) -> None:
    """Answer `nginx:set`; an app that is not there is no error (facts, 0.16)."""
    settings.put(call, "nginx", SETTINGS, REFUSAL)


def validate(call: Call) -> None:
    """Answer `nginx:validate-config`."""
    complaint = nginx_server.test(call.host)
    if complaint:
        say.write(2, complaint + "\n")
        raise Fail()


def show_config(call: Call) -> None:
    """Answer `nginx:show-config`."""
    file = call.host.app(apps.verify(call.host, call.word(0))) / "nginx.conf"
    if not file.exists():
        raise Fail("No nginx.conf exists for " + call.word(0))
    say.write(1, file.read_text(encoding="utf-8"))


def show_log(call: Call) -> None:
    """Answer `nginx:access-logs` and `nginx:error-logs`."""
    kind = call.command.partition(":")[2].removesuffix("-logs")
    file = call.host.root / f"var/log/nginx/{apps.verify(call.host, call.word(0))}-{kind}.log"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    say.write(1, "".join(f"{line}\n" for line in lines[-20:]))


def start(call: Call) -> None:
    """Answer `nginx:start` and `nginx:stop`: in the sandbox nginx runs from up to down."""


COMMANDS = {
    "nginx": show_report,
    "report": show_report,
    "set": set_property,
    "validate-config": validate,
    "show-config": show_config,
    "access-logs": show_log,
    "error-logs": show_log,
    "start": start,
    "stop": start,
}
