"""A tree that the role has set up, and the real Prometheus and its kin started as it says."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
COLLECTION = REPOSITORY / "ansible_collections/ansible_deploy/dokku"
FOLDERS = ("etc", "default", "data", "nginx")


@dataclass(frozen=True)
class Tree:
    """Places of a host below one folder, and what the role is told of them."""

    root: Path
    variables: dict[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """Where the plugin writes what is watched."""
        return self.root / "data/monitoring"

    def address(self, name: str) -> str:
        """Where a daemon listens."""
        return str(self.variables[f"monitoring_host_{name}"])

    def play(self, *words: str, **variables: Any) -> subprocess.CompletedProcess[str]:
        """Run the playbook as the operator does, but for the settings of the plugin."""
        extra = json.dumps({**self.variables, **variables})
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        playbook = str(COLLECTION / "playbooks/host.yml")
        words = ("--connection", "local", "--skip-tags", "settings", "--diff", *words)
        return subprocess.run(
            [program, "--inventory", "localhost,", "--extra-vars", extra, *words, playbook],
            env={**os.environ, **self._environment()},
            capture_output=True,
            text=True,
        )

    def arguments(self, service: str) -> list[str]:
        """The arguments with which the service of the distribution would start."""
        text = (self.root / "default" / service).read_text("utf-8")
        (words,) = [line for line in text.splitlines() if line.startswith("ARGS=")]
        return shlex.split(shlex.split(words.removeprefix("ARGS="))[0])

    def _environment(self) -> dict[str, str]:
        return {
            "ANSIBLE_CONFIG": str(REPOSITORY / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY),
            "ANSIBLE_STDOUT_CALLBACK": "default",
            "ANSIBLE_HOME": str(self.root / "ansible"),
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
            "ANSIBLE_NOCOLOR": "1",
        }


def make_tree(root: Path, ports: dict[str, int], **variables: Any) -> Tree:
    """Make the places that a host has before the role is run."""
    import grp
    import pwd

    for name in FOLDERS:
        (root / name).mkdir(parents=True)
    addresses = {f"monitoring_host_{name}": f"127.0.0.1:{port}" for name, port in ports.items()}
    told = {
        "name": "alpha",
        "packages": [],
        "services": [],
        "etc": str(root / "etc"),
        "defaults": str(root / "default"),
        "data": str(root / "data/monitoring"),
        "textfiles": str(root / "textfiles"),
        "nginx": str(root / "nginx"),
        "nginx_services": [],
        "owner": pwd.getpwuid(os.getuid()).pw_name,
        "reader": grp.getgrgid(os.getgid()).gr_name,
        **variables,
    }
    return Tree(root, {**addresses, **{f"monitoring_host_{key}": told[key] for key in told}})


@dataclass
class Watching:
    """Daemons that run on a tree."""

    tree: Tree
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *services: str) -> None:
        """Start these services of the distribution, as the files of their arguments say."""
        for service in services:
            with (self.tree.root / f"{service}.log").open("wb") as log:
                words = [service, *self.tree.arguments(service)]
                self.processes.append(subprocess.Popen(words, stdout=log, stderr=log))

    def stop(self) -> None:
        """Stop all of them."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(timeout=30)

    def api(self, path: str, **parameters: str) -> Any:
        """What Prometheus answers; nothing while it does not."""
        query = urllib.parse.urlencode(parameters)
        url = f"http://{self.tree.address('prometheus')}/api/v1/{path}?{query}"
        try:
            with urllib.request.urlopen(url, timeout=30) as response:
                return json.load(response)["data"]
        except urllib.error.HTTPError as error:
            if error.code != HTTPStatus.SERVICE_UNAVAILABLE:  # it is not ready yet
                raise AssertionError(error.read().decode()) from None
        except (ConnectionError, urllib.error.URLError):
            pass
        return None

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The samples of an expression, as Prometheus writes them."""
        answer = self.api("query", query=expression)
        return list(answer["result"]) if answer else []

    def value(self, expression: str) -> float:
        """The one value of an expression; not a number while there is none."""
        samples = self.query(expression)
        return float(samples[0]["value"][1]) if samples else float("nan")
