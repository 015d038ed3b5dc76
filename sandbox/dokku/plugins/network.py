"""The plugin `network`: networks as names only (there are no containers), and who listens where."""

import json
import os

from sandbox.dokku import containers, properties, report, say, settings, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps
from sandbox.dokku.settings import Setting
from sandbox.dokku.words import Call

BUILT_IN = ("bridge", "host", "none")
SETTINGS = (
    Setting("attach-post-create"),
    Setting("attach-post-deploy"),
    Setting("bind-all-interfaces", "false"),
    Setting("initial-network"),
    Setting("static-web-listener", "", "o"),
    Setting("tld"),
)
CLOSED = "127.0.0.1:1"  # nobody listens there, as on a port that a container does not open


def names(host: Host) -> list[str]:
    """Return all networks."""
    return sorted([*BUILT_IN, *properties.lines(host, "network", properties.GLOBAL, "networks")])


def web_containers(host: Host, app: str) -> list[containers.Container]:
    """Return the web processes that take requests, by index."""
    found = []
    files = sorted(
        host.app(app).glob("CONTAINER.web.*"), key=lambda path: int(path.name.split(".")[2])
    )
    for file in files:
        container = containers.load(host, file.read_text(encoding="utf-8").strip())
        if container:
            found.append(container)
    return found


def address(container: containers.Container, inside: int) -> str:
    """Return where a port of a container really is."""
    port = container.ports.get(str(inside))
    return f"127.0.0.1:{port}" if port else CLOSED


def web_listeners(host: Host, app: str) -> list[str]:
    """Return `ip:port` of every web process, as Dokku writes them: with the container's port."""
    found = []
    for container in web_containers(host, app):
        first = next(iter(container.ports), "5000")
        found.append(f"127.0.0.1:{first}")
    return found


def exists(call: Call) -> None:
    """Answer `network:exists`."""
    if call.word(0) not in names(call.host):
        raise Fail("Network does not exist")
    say.info1_quiet("Network exists")


def create(call: Call) -> None:
    """Answer `network:create`."""
    name = call.word(0)
    say.info1_quiet(f"Creating network {name}")
    if name in names(call.host):
        error = f"Error response from daemon: network with name {name} already exists"
        raise Fail(f"Unable to create network: {error}\n")
    kept = [n for n in names(call.host) if n not in BUILT_IN]
    write(call.host, [*kept, name])


def destroy(call: Call) -> None:
    """Answer `network:destroy`."""
    name = words.parse(call, "force").words[0]
    if name not in names(call.host):
        raise Fail("Network does not exist")
    if os.environ.get("DOKKU_APPS_FORCE_DELETE") != "1":
        apps.confirm(name, "network")
    say.info1_quiet(f"Destroying network {name}")
    write(call.host, [n for n in names(call.host) if n not in (*BUILT_IN, name)])


def write(host: Host, items: list[str]) -> None:
    """Write the list of networks."""
    properties.put_lines(host, "network", properties.GLOBAL, key="networks", items=items)


def list_networks(call: Call) -> None:
    """Answer `network:list`."""
    if words.parse(call, valued="format").get("format") == "json":
        rows = [
            {"Name": name, "Driver": "bridge", "DokkuManaged": False} for name in names(call.host)
        ]
        say.out(json.dumps(rows, separators=(",", ":")))
        return
    say.info2_quiet("Networks")
    for name in names(call.host):
        say.out(name)


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `network:report` knows."""
    listeners = " ".join(web_listeners(host, app)) if app != properties.GLOBAL else ""
    return {**settings.read_all(host, "network", app, SETTINGS), "web-listeners": listeners}


def show_report(call: Call) -> None:
    """Answer `network:report`."""
    report.run(call, report.Report("network", read, legacy="network-"))


def set_property(call: Call) -> None:
    """Answer `network:set`."""
    settings.put(call, "network", SETTINGS)


def rebuild(call: Call) -> None:
    """Answer `network:rebuild`: nothing can be out of sync."""
    apps.verify(call.host, call.word(0))


COMMANDS = {
    "network": list_networks,
    "list": list_networks,
    "exists": exists,
    "create": create,
    "destroy": destroy,
    "report": show_report,
    "set": set_property,
    "rebuild": rebuild,
}
