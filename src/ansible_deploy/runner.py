"""Run Ansible: the only place of ``src`` that starts it.

A run has a folder of its own (variables while it lasts, events, the log). The callback's lines are
masked before anybody sees or keeps them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from . import files
from .errors import HostError
from .events import Event, parse_event
from .layout import Layout
from .mask import Mask
from .secret import Secret

COLLECTION = Path("ansible_collections/ansible_deploy/dokku")


@dataclass(frozen=True)
class Run:
    """One run of Ansible: our playbook of a stage, then the app's own plays."""

    app: str
    folder: Path
    playbook: str
    variables: dict[str, object]
    plays: tuple[Path, ...] = ()
    skipped: tuple[str, ...] = ()
    check: bool = False
    vault_password: Path | None = None
    galaxy: Path | None = None
    mask: Mask = field(default_factory=Mask)
    learn: Callable[[], Iterable[str]] = tuple
    """Called after a task that changed something: secrets that did not exist before, such as the
    address of a service that was just made."""


def run_playbook(layout: Layout, run: Run, watch: Callable[[Event], None]) -> list[Event]:
    """Run it and hand each event to ``watch`` as it comes; return all of them.

    Raises HostError when a task failed (the event has been watched by then) or Ansible itself did.
    """
    events: list[Event] = []
    path = run.folder / "ansible.log"
    files.write(path, "")
    with _variables_file(run) as variables, path.open("a") as log:
        process = subprocess.Popen(
            _words(layout, run, variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(layout, run),
            cwd=run.folder,
            encoding="utf-8",
            errors="replace",
        )
        assert process.stdout
        with process:
            for line in process.stdout:
                event = parse_event(line)
                if event is None:
                    log.write(run.mask(line))
                    continue
                if event.changes:
                    run.mask.add(run.learn())
                events.append(event.masked(run.mask))
                watch(events[-1])
    if process.returncode and not any(event.failed for event in events):
        raise HostError(f"Ansible stopped with exit {process.returncode}: {_last_words(log.name)}")
    if process.returncode:
        raise HostError("the step above failed, and what follows it was left out")
    return events


def _last_words(log: str) -> str:
    lines = [line.strip() for line in Path(log).read_text("utf-8").splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _words(layout: Layout, run: Run, variables: Path) -> list[str]:
    playbooks = layout.plugin / COLLECTION / "playbooks"
    extra = {
        "ansible_deploy_variables": str(variables),
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
    }
    words = [sys.executable, str(Path(sys.executable).with_name("ansible-playbook"))]
    words += ["--inventory", "localhost,", "--extra-vars", json.dumps(extra)]
    if run.check:
        words += ["--check", "--diff"]
    if run.skipped:
        words += ["--skip-tags", ",".join(f"concern_{concern}" for concern in run.skipped)]
    if run.vault_password and run.vault_password.is_file():
        words += ["--vault-password-file", str(run.vault_password)]
    return [*words, str(playbooks / run.playbook), *map(str, run.plays)]


def _environment(layout: Layout, run: Run) -> dict[str, str]:
    collection = layout.plugin / COLLECTION
    collections = [str(layout.plugin)] + ([str(run.galaxy)] if run.galaxy else [])
    roles = [str(run.galaxy / "roles")] if run.galaxy else []
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import (
        clean_environment,
    )

    return {
        **clean_environment(os.environ),
        "ANSIBLE_CONFIG": str(layout.plugin / "ansible.cfg"),
        "ANSIBLE_HOME": str(layout.data / "ansible"),
        "ANSIBLE_LOCAL_TEMP": str(run.folder / "tmp"),
        "ANSIBLE_REMOTE_TEMP": str(run.folder / "tmp"),
        "ANSIBLE_COLLECTIONS_PATH": ":".join(collections),
        "ANSIBLE_ROLES_PATH": ":".join(roles),
        "ANSIBLE_LIBRARY": str(collection / "plugins/modules"),
        "ANSIBLE_ACTION_PLUGINS": str(collection / "plugins/action"),
        "ANSIBLE_DEPLOY_RUNNING": run.app,
    }


@contextmanager
def _variables_file(run: Run) -> Iterator[Path]:
    """The run's variables in a file that only we can read, and only while the run lasts."""
    path = run.folder / "variables.yml"
    files.write(path, dump_variables(run.variables))
    try:
        yield path
    finally:
        files.remove(path)
        files.remove(run.folder / "tmp")


class _Dumper(yaml.SafeDumper):
    """Writes every text in quotes, so that it stays text, and secrets as what they are."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _quoted(dumper: _Dumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


def _revealed(dumper: _Dumper, secret: Secret) -> yaml.Node:
    return _quoted(dumper, secret.reveal())


_Dumper.add_representer(str, _quoted)
_Dumper.add_representer(Secret, _revealed)


def dump_variables(variables: dict[str, object]) -> str:
    """``variables`` as YAML in which no value can be a template.

    The tag stands once, on the whole: on a single value it would make Ansible guess the value's
    type anew, quotes or not, and ``"off"`` would become false (ansible-core 2.19, _constructor.py).
    """
    return "!unsafe " + yaml.dump(variables, Dumper=_Dumper, default_flow_style=True, width=10**9)
