"""The plugin `nginx-vhosts`: builds the nginx file of each app and lets nginx read it."""

from sandbox.dokku import (
    deployed,
    nginx_build,
    nginx_server,
    nginx_settings,
    plugn,
    properties,
    report,
    say,
    settings,
    vhosts,
)
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps, domains, network, ports, proxy
from sandbox.dokku.settings import GLOBAL
from sandbox.dokku.words import Call


def is_ours(host: Host, app: str) -> bool:
    """Say whether nginx is the proxy of an app."""
    return proxy.kind(host, app) == "nginx"


def rebuild(call: Call) -> None:
    """Answer the triggers after which the file is built anew."""
    if is_ours(call.host, call.word(0)):
        nginx_build.build(call.host, call.word(0))


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
        nginx_build.build(call.host, app)


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
        if not vhosts.is_enabled(call.host, app):
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
        return {
            f"global-{s.key}": s.read(host, "nginx", app)[f"global-{s.key}"]
            for s in nginx_settings.SETTINGS
        }
    log = host.root / f"var/log/nginx/{app}-access.log"
    last = str(int(log.stat().st_mtime)) if log.exists() and log.stat().st_size else ""
    return {
        **settings.read_all(host, "nginx", app, nginx_settings.SETTINGS),
        "last-visited-at": last,
    }


def show_report(call: Call) -> None:
    """Answer `nginx:report`."""
    report.run(call, report.Report("nginx", read))


def set_property(call: Call) -> None:
    """Answer `nginx:set`; an app that is not there is no error (facts, 0.16)."""
    settings.put(call, "nginx", nginx_settings.SETTINGS, nginx_settings.REFUSAL)


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
