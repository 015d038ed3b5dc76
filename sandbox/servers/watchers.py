"""The servers that watch: Prometheus, its exporters, Alertmanager, and what they need around them.

Here is how each is started; what they do stands in the files that role monitoring_host and the
plugin have written. All of them listen on loopback only, and are kept small.
"""

import http.client
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.servers import daemon
from sandbox.servers.daemon import Daemon
from sandbox.servers.ports import LOOPBACK, claim_port
from sandbox.servers.programs import find_program

CLONE = Path(__file__).resolve().parents[2]
QUIET = "--log.level=warn"


@dataclass(frozen=True)
class Kind:
    """A kind of server: its program, its words, and the page that answers once it is ready.

    The first word is one that the server of no other sandbox has.
    """

    title: str
    program: str
    words: tuple[str, ...]
    ready: str = "/-/ready"


KINDS = {
    "prometheus": Kind(
        "Prometheus",
        "prometheus",
        (
            "--config.file={etc}/prometheus.yml",
            "--storage.tsdb.path={lib}/prometheus",
            "--storage.tsdb.retention.time=6h",
            "--web.listen-address={prometheus}",
            "--web.external-url=http://{prometheus}/",
            "--web.enable-lifecycle",
            QUIET,
        ),
    ),
    "alertmanager": Kind(
        "Alertmanager",
        "prometheus-alertmanager",
        (
            "--config.file={data}/alerts/alertmanager.yml",
            "--storage.path={lib}/alertmanager",
            "--web.listen-address={alertmanager}",
            "--web.external-url=http://{alertmanager}/",
            "--cluster.listen-address=",  # no gossip with others, and no wait for them
            QUIET,
        ),
    ),
    "blackbox": Kind(
        "Blackbox exporter",
        "prometheus-blackbox-exporter",
        (
            "--config.file={data}/blackbox.yml",
            "--web.listen-address={blackbox}",
            "--timeout-offset=0.1",  # of the one second that a scrape may take here
            QUIET,
        ),
        "/-/healthy",
    ),
    "node": Kind(
        "Node exporter",
        "prometheus-node-exporter",
        (
            "--collector.textfile.directory={textfiles}*",
            "--web.listen-address={node}",
            "--web.disable-exporter-metrics",
            "--collector.disable-defaults",
            *(f"--collector.{name}" for name in ("textfile", "loadavg", "meminfo", "filesystem")),
            "--collector.cpu",  # how many there are, for the rule about load
            QUIET,
        ),
        "/",
    ),
    "proxy": Kind("Proxy of probes", "forward_proxy", ("{ports}", "{dns-port}", "{proxy-port}")),
    "receiver": Kind("Alert receiver", "alert_receiver", ("{log}/alerts.jsonl", "{receiver-port}")),
}


@dataclass(frozen=True)
class Watcher:
    """One server: its kind, the process, its words and its port."""

    kind: Kind
    daemon: Daemon
    words: tuple[str, ...]
    port: int


def make(name: str, places: Mapping[str, str], environment: Mapping[str, str]) -> Watcher:
    """Return the server of a name; `places` fills the words of its kind."""
    kind = KINDS[name]
    words = tuple(word.format_map(places) for word in kind.words)
    process = Daemon(
        folder=Path(places["lib"]) / "monitoring",
        log=Path(places["log"]) / f"{name}.log",
        mark=words[0],
        name=name,
        environment={**environment, "GOMAXPROCS": "1", "PYTHONPATH": str(CLONE)},
    )
    return Watcher(kind, process, words, int(places[f"{name}-port"]))


def start(watcher: Watcher) -> None:
    """Start a server unless it runs, and wait until it is ready."""
    if daemon.is_running(watcher.daemon):
        return
    claim_port(watcher.port)
    watcher.daemon.folder.mkdir(parents=True, exist_ok=True)
    words = (*program(watcher.kind), *watcher.words)
    daemon.start(watcher.daemon, words, lambda: is_ready(watcher))


def program(kind: Kind) -> tuple[str, ...]:
    """Return the words that start a kind's program; those of our own have no dash."""
    if "_" in kind.program:
        return (sys.executable, "-B", "-m", f"sandbox.servers.{kind.program}")
    return (find_program(kind.program),)


def is_ready(watcher: Watcher) -> bool:
    """Tell whether the server says so itself."""
    connection = http.client.HTTPConnection(LOOPBACK, watcher.port, timeout=5)
    try:
        connection.request("GET", watcher.kind.ready)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
