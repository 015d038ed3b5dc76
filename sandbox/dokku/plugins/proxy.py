"""The plugin `proxy`: whether and by what an app is reached from outside."""

from sandbox.dokku import plugn, properties, report, say, settings
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

TYPE = Setting("type", "nginx")
SETTINGS = (TYPE, Setting("proxy-port"), Setting("proxy-ssl-port"))
DISABLED = Setting("disabled", "false", "oc")


def kind(host: Host, app: str) -> str:
    """Return the type of proxy of an app; `null` keeps everything as it is."""
    return settings.computed(host, "proxy", app, TYPE)


def is_enabled(host: Host, app: str) -> bool:
    """Say whether an app has a proxy at all."""
    return properties.get(host, "proxy", app, "disabled") != "true"


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `proxy:report` knows."""
    disabled = properties.get(host, "proxy", app, "disabled")
    return {
        **settings.read_all(host, "proxy", app, SETTINGS),
        "disabled": disabled,
        "computed-disabled": disabled or "false",
        "enabled": "false" if disabled == "true" else "true",
    }


def set_property(call: Call) -> None:
    """Answer `proxy:set`; `proxy:set APP nginx` means the type."""
    app, key, value = call.word(0), call.word(1), call.word(2)
    names = [setting.key for setting in SETTINGS]
    if key and key not in names and not value:
        if ":" in key:
            say.warn("Detected potential port mapping instead of proxy type")
            raise Fail("Consider using ports:set command or specifying a valid proxy")
        call = Call(call.host, call.command, (app, "type", key), call.plugin)
    settings.put(call, "proxy", (*SETTINGS, DISABLED))


def disable(call: Call) -> None:
    """Answer `proxy:disable`; the implementation takes names and nginx file away."""
    app = apps.verify(call.host, call.word(0))
    if not is_enabled(call.host, app):
        say.info1("Proxy is already disable for app")
        return
    say.info1("Disabling proxy for app")
    properties.put(call.host, "proxy", app, key="disabled", value="true")
    plugn.must(call.host, "proxy-disable", app)


def enable(call: Call) -> None:
    """Answer `proxy:enable`."""
    app = apps.verify(call.host, call.word(0))
    if is_enabled(call.host, app):
        say.info1("Proxy is already enabled for app")
        return
    say.info1("Enabling proxy for app")
    properties.put(call.host, "proxy", app, key="disabled", value="")
    plugn.must(call.host, "proxy-enable", app)


def build_config(call: Call) -> None:
    """Answer `proxy:build-config`."""
    for app in wanted(call):
        plugn.must(call.host, "proxy-build-config", app)


def clear_config(call: Call) -> None:
    """Answer `proxy:clear-config`."""
    for app in wanted(call):
        plugn.must(call.host, "proxy-clear-config", app)


def wanted(call: Call) -> list[str]:
    """Return the app of a command, or all with --all."""
    if "--all" in call.words:
        return list(call.host.apps())
    return [apps.verify(call.host, call.word(0))]


def show_report(call: Call) -> None:
    """Answer `proxy:report`."""
    report.run(call, report.Report("proxy", read, legacy="proxy-"))


def print_kind(call: Call) -> None:
    """Answer the trigger `proxy-type`."""
    say.out(kind(call.host, call.word(0)))


def print_enabled(call: Call) -> None:
    """Answer the trigger `proxy-is-enabled`."""
    say.out(str(is_enabled(call.host, call.word(0))).lower())


COMMANDS = {
    "proxy": show_report,
    "build-config": build_config,
    "clear-config": clear_config,
    "disable": disable,
    "enable": enable,
    "report": show_report,
    "set": set_property,
}
