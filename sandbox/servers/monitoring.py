"""What watches the sandbox's host: which servers, at which ports, and with which files.

All keep their ports for good. `etc/monitoring.json` says where they are, for people, tests and the
demo. They need what role monitoring_host has written (`sandbox/watching.py` runs it).
"""

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from sandbox.dokku import nginx_server
from sandbox.dokku.host import Host
from sandbox.servers import daemon, internet, outage, watchers
from sandbox.servers.daemon import Daemon
from sandbox.servers.ports import LOOPBACK, choose_port
from sandbox.servers.watchers import KINDS, Watcher

STATUS = nginx_server.STATUS_NAMES[0]
PLUGIN_DATA = "data/ansible-deploy/monitoring"


def prepare(host: Host) -> None:
    """Choose ports where there are none yet, and write down where all is."""
    known = {
        name: int(facts(host)[name].rpartition(":")[2]) for name in KINDS if name in facts(host)
    }
    taken = {*known.values(), *internet.facts(host)["ports"].values()}
    for name in KINDS:
        if name not in known:
            known[name] = choose_port(f"{host.root} {name}", taken)
            taken.add(known[name])
    written = {name: f"{LOOPBACK}:{port}" for name, port in known.items()}
    scratch = facts_file(host).with_suffix(".new")
    scratch.write_text(json.dumps({**written, "status": STATUS}, indent=2) + "\n", encoding="utf-8")
    scratch.rename(facts_file(host))


def facts_file(host: Host) -> Path:
    """Return the file that says where the servers are."""
    return host.root / "etc/monitoring.json"


def facts(host: Host) -> dict[str, str]:
    """Read where the servers are; nothing before the first start."""
    try:
        found: dict[str, str] = json.loads(facts_file(host).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def is_prepared(host: Host) -> bool:
    """Tell whether ports are chosen; they are not before the first start with the plugin."""
    return set(KINDS) <= set(facts(host))


def data(host: Host) -> Path:
    """Return the folder that the plugin writes for the servers."""
    return host.lib / PLUGIN_DATA


def textfiles(host: Host) -> Path:
    """Return the folder of metrics in text files; the role links ours beside it."""
    return host.root / "var/lib/node-exporter"


def watcher(host: Host, name: str) -> Watcher:
    """Return one of the servers."""
    known = facts(host)
    ports = {f"{kind}-port": known[kind].rpartition(":")[2] for kind in KINDS}
    places = {
        "etc": str(host.root / "etc/prometheus"),
        "lib": str(host.root / "var/lib"),
        "log": str(host.root / "log"),
        "data": str(data(host)),
        "textfiles": str(textfiles(host)),
        "ports": str(nginx_server.ports_file(host)),
        "dns-port": str(internet.facts(host)["ports"]["dns"]),
    }
    roots = internet.facts(host)["acme"]["roots"]
    environment = {"DOKKU_SANDBOX_ROOT": str(host.root), "SSL_CERT_FILE": roots}
    return watchers.make(name, {**known, **ports, **places}, environment)


def start(host: Host) -> None:
    """Start all that do not run, at once."""
    with ThreadPoolExecutor(len(START)) as pool:
        for begun in [pool.submit(task, host) for task in START.values()]:
            begun.result()


def stop(host: Host) -> None:
    """Stop all, at once."""
    with ThreadPoolExecutor(len(START)) as pool:
        for ended in [pool.submit(outage.stop, processes(host, name)) for name in START]:
            ended.result()


def start_one(host: Host, *, name: str) -> None:
    """Start one server unless it runs."""
    found = watcher(host, name)
    if name == "blackbox" and not _trusts_newest_root(host, found):
        daemon.stop(found.daemon, signal.SIGTERM)
    watchers.start(found)


def trust_again(host: Host) -> None:
    """Let probes know the new root of an ACME server that was started again."""
    if is_prepared(host) and daemon.is_running(watcher(host, "blackbox").daemon):
        start_one(host, name="blackbox")


def _trusts_newest_root(host: Host, found: Watcher) -> bool:
    # Roots are read once, by the first probe.
    roots = Path(internet.facts(host)["acme"]["roots"])
    try:
        return found.daemon.pid_file.stat().st_mtime > roots.stat().st_mtime
    except FileNotFoundError:
        return True


START = {name: partial(start_one, name=name) for name in KINDS}


def processes(host: Host, name: str) -> tuple[Daemon]:
    """Return the process behind a server's name."""
    return (watcher(host, name).daemon,)


def status(host: Host) -> list[str]:
    """Say in one line a server what it is and where."""
    if not is_prepared(host):
        return []
    known = facts(host)
    return [
        f"{KINDS[name].title} is http://{known[name]}, {outage.word(processes(host, name))}"
        for name in START
    ]
