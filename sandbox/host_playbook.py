"""Runs playbook host.yml as the operator of a host does, with what is different in a sandbox."""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from sandbox.dokku import environment, nginx_server
from sandbox.dokku.host import Host
from sandbox.servers import monitoring
from sandbox.servers.errors import ServerError

COLLECTION = Path("ansible_collections/ansible_deploy/dokku")


def run(host: Host) -> None:
    """Run playbook host.yml with the plugin's own Ansible."""
    file = host.root / "etc/monitoring_host.json"
    file.write_text(json.dumps(variables(host), indent=2) + "\n", encoding="utf-8")
    for name in ("etc/prometheus", "etc/default"):  # on a real host the packages make them
        (host.root / name).mkdir(parents=True, exist_ok=True)
    words = [str(plugin(host) / "script/host"), "--extra-vars", f"@{file}"]
    known = {
        **os.environ,
        "DOKKU_ROOT": str(host.home),
        "DOKKU_LIB_ROOT": str(host.lib),
        "PATH": environment.with_program_directory(host, os.environ["PATH"]),
    }
    must(words, known)


def variables(host: Host) -> dict[str, object]:
    """Return what differs from a real host: packages are there, and no service manager is."""
    known = monitoring.facts(host)
    return {
        "monitoring_host_packages": [],
        "monitoring_host_services": [],
        "monitoring_host_etc": str(host.root / "etc/prometheus"),
        "monitoring_host_defaults": str(host.root / "etc/default"),
        "monitoring_host_data": str(monitoring.data(host)),
        "monitoring_host_textfiles": str(monitoring.textfiles(host)),
        "monitoring_host_owner": environment.user_name(),
        "monitoring_host_reader": environment.group_name(),
        "monitoring_host_prometheus": known["prometheus"],
        "monitoring_host_alertmanager": known["alertmanager"],
        "monitoring_host_blackbox": known["blackbox"],
        "monitoring_host_node": known["node"],
        "monitoring_host_proxy_targets": [
            f"127.0.0.1:{nginx_server.port(host, name)}" for name in ("80", "443")
        ],
        "monitoring_host_interval": "1s",
        "monitoring_host_hurry": 60,
    }


def digest(host: Host) -> str:
    """Return what stands for all that the playbook's result depends on."""
    found = hashlib.sha256(json.dumps(variables(host), sort_keys=True).encode())
    for file in sources(plugin(host)):
        found.update(f"{file}\n".encode() + file.read_bytes())
    return found.hexdigest()


def sources(plugin: Path) -> Iterator[Path]:
    """Yield the files of the playbook and its role, in order."""
    yield plugin / "script/host"
    yield plugin / COLLECTION / "playbooks/host.yml"
    role = plugin / COLLECTION / "roles/monitoring_host"
    yield from (path for path in sorted(role.rglob("*")) if path.is_file())


def plugin(host: Host) -> Path:
    """Return where the plugin is installed."""
    return host.lib / "plugins/available/ansible-deploy"


def must(words: list[str], variables: Mapping[str, str] | None = None) -> None:
    """Run a command; raises ServerError with what it said where it fails."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=variables)
    if done.returncode:
        raise ServerError(f"{' '.join(words)}:\n{done.stdout}{done.stderr}".rstrip())
