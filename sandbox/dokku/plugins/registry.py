"""The plugin `registry`: no registry is reached; it fires the deprecated `pre-deploy`."""

import os

from sandbox.dokku import core_triggers, plugn, properties, report, say, settings
from sandbox.dokku.host import Host
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

SETTINGS = (
    Setting("image-repo", "dokku/{app}", "oc"),
    Setting("image-repo-template"),
    Setting("push-extra-tags"),
    Setting("push-on-release", "false"),
    Setting("server"),
)


def post_release(call: Call) -> int:
    """Fire `pre-deploy` where any plugin has it, with Dokku's warning."""
    _, app, image = call.words[:3]
    name = "pre-deploy"
    has = [p for p in plugn.enabled(call.host) if os.access(call.host.enabled / p / name, os.X_OK)]
    if not has and not core_triggers.TRIGGERS.get(name):
        return 0
    text = "please upgrade plugin to use 'pre-release-builder' plugin trigger instead of pre-deploy"
    say.warn(f"Deprecated: {text}")
    return plugn.trigger(call.host, name, app, image.rpartition(":")[2])


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `registry:report` knows."""
    values = settings.read_all(host, "registry", app, SETTINGS)
    if app != properties.GLOBAL:
        values["tag-version"] = properties.get(host, "registry", app, "tag-version")
    else:
        values.pop("computed-image-repo")
    return values


def show_report(call: Call) -> None:
    """Answer `registry:report`."""
    report.run(call, report.Report("registry", read, legacy="registry-"))


def set_property(call: Call) -> None:
    """Answer `registry:set`."""
    settings.put(call, "registry", SETTINGS)


COMMANDS = {"registry": show_report, "report": show_report, "set": set_property}
