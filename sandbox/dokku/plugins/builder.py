"""The plugin `builder` and its builders: from a work tree to the image of an app."""

import os
from pathlib import Path

from sandbox.dokku import app_environment, images, plugn, properties, report, say, settings
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import ports
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

SELECTED = Setting("selected")
BUILD_DIR = Setting("build-dir")
SETTINGS = (SELECTED, BUILD_DIR, Setting("skip-cleanup", "false"))
RELEASING = ("dockerfile", "herokuish", "pack", "nixpacks", "railpack", "lambda")


def detect(host: Host, app: str, work: str) -> str:
    """Return the builder for a work tree."""
    chosen = settings.computed(host, "builder", app, SELECTED)
    if chosen:
        return chosen
    return "dockerfile" if (Path(work) / dockerfile(host, app)).is_file() else "herokuish"


def dockerfile(host: Host, app: str) -> str:
    """Return where the Dockerfile of an app is."""
    return properties.get(host, "builder-dockerfile", app, "dockerfile-path") or "Dockerfile"


def build(call: Call) -> int:
    """Answer the trigger `builder-build TYPE APP WORK`; a failure aborts the deploy."""
    kind, app, work = call.words[:3]
    if call.plugin != f"builder-{kind}":
        return 0
    say.info1(f"Building {app} from {NAMES.get(kind, kind)}")
    variables = app_environment.read(call.host, app, merged=True)
    if kind == "herokuish":
        os.environ.update(variables)
    status = plugn.trigger(call.host, "pre-build", kind, app, work)
    if status or kind == "null":
        return status
    os.environ.update(variables)
    images.build(call.host, app, tree(call.host, app, work), dockerfile(call.host, app))
    detect_ports(call.host, app, kind)
    return plugn.trigger(call.host, "post-build", kind, app, work)


NAMES = {"dockerfile": "Dockerfile", "herokuish": "herokuish"}


def tree(host: Host, app: str, work: str) -> Path:
    """Return the part of the work tree that is built."""
    return Path(work) / settings.computed(host, "builder", app, BUILD_DIR)


def detect_ports(host: Host, app: str, kind: str) -> None:
    """Remember the ports that the image exposes: the same on the host, as Dokku has it."""
    exposed = images.settings_of(host, images.current(host, app)).exposed
    mappings = " ".join(mapping(port) for port in exposed if kind == "dockerfile")
    if not mappings:
        ports.configure(host, app)
        mappings = f"http:{properties.get(host, 'proxy', app, 'proxy-port')}:5000"
    plugn.must(host, "ports-set-detected", app, mappings)


def mapping(exposed: str) -> str:
    """Return the mapping of an EXPOSE word."""
    number, _, protocol = exposed.partition("/")
    scheme = "udp" if protocol == "udp" else "https" if number == "443" else "http"
    return f"{scheme}:{number}:{number}"


def release(call: Call) -> int:
    """Answer the trigger `builder-release TYPE APP TAG`."""
    kind, app, tag = call.words[:3]
    if call.plugin != f"builder-{kind}" or kind not in RELEASING:
        return 0
    image = f"dokku/{app}:{tag}"
    return plugn.trigger(call.host, "pre-release-builder", kind, app, image) or plugn.trigger(
        call.host, "post-release-builder", kind, app, image
    )


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `builder:report` knows."""
    detected = {"detected": properties.get(host, "builder", app, "detected")}
    return {**settings.read_all(host, "builder", app, SETTINGS), **detected}


def show_report(call: Call) -> None:
    """Answer `builder:report`."""
    report.run(call, report.Report("builder", read, legacy="builder-"))


def set_property(call: Call) -> None:
    """Answer `builder:set`."""
    settings.put(call, "builder", SETTINGS)


COMMANDS = {"builder": show_report, "report": show_report, "set": set_property}
