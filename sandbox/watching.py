"""Sets monitoring up as the operator does: by playbook host.yml, and by what the plugin is told.

The role monitoring_host and the plugin write what the servers read; here they are only called, and
only when something about them has changed.
"""

import http.client
from pathlib import Path

from sandbox import host_playbook
from sandbox.dokku.host import Host
from sandbox.servers import monitoring
from sandbox.servers.errors import ServerError

RELOADED = ("prometheus", "alertmanager", "blackbox")  # the others have nothing to read


def up(host: Host) -> None:
    """Set up what is not set up yet, and start what does not run."""
    monitoring.prepare(host)
    link_status_page(host)
    wanted = host_playbook.digest(host)
    if not is_set_up(host, wanted):
        print("-----> Setting up what watches the host", flush=True)
        stamp(host).unlink(missing_ok=True)
        tell_plugin(host)
        host_playbook.run(host)
        monitoring.start(host)
        for name in RELOADED:
            reload(host, name)
        stamp(host).write_text(wanted, encoding="utf-8")
    monitoring.start(host)


def link_status_page(host: Host) -> None:
    """Have nginx serve the plugin's page."""
    place = host.root / "var/www/status"
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.is_symlink():
        place.symlink_to(monitoring.data(host) / "status")


def tell_plugin(host: Host) -> None:
    """Set what only the sandbox needs: probes by its DNS server, and alerts without a wait."""
    settings = {"probe-proxy": f"http://{monitoring.facts(host)['proxy']}", "alert-wait": "1"}
    for key, value in settings.items():
        words = [str(host.root / "bin/dokku"), "ansible-deploy:set", "--global", key, value]
        host_playbook.must(words)


def reload(host: Host, name: str) -> None:
    """Have a server that ran already read its files again."""
    connection = http.client.HTTPConnection(monitoring.facts(host)[name], timeout=10)
    try:
        connection.request("POST", "/-/reload")
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise ServerError(f"{name} does not take its files: {answer.read().decode()}")
    finally:
        connection.close()


def is_set_up(host: Host, wanted: str) -> bool:
    """Tell whether the playbook ran already, with the same files and variables."""
    written = host.root / "etc/prometheus/prometheus.yml"
    return written.exists() and stamp(host).exists() and stamp(host).read_text("utf-8") == wanted


def stamp(host: Host) -> Path:
    """Return the file that says what the playbook last ran with."""
    return host.root / "etc/monitoring.stamp"
