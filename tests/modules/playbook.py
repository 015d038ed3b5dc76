"""Turns tasks into one playbook, runs it once, and returns what every task answered."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[2]
PLUGINS = REPOSITORY / "ansible_collections/ansible_deploy/dokku/plugins"


@dataclass(frozen=True)
class Host:
    """A stand-in host that is up, and the environment to reach it in."""

    root: Path
    environment: dict[str, str]

    @property
    def storage(self) -> Path:
        """Returns Dokku's storage directory."""
        return self.root / "var/lib/dokku/data/storage"

    def dokku(self, *words: str) -> str:
        """Runs dokku there and returns what it printed."""
        program = str(self.root / "bin/dokku")
        run = subprocess.run(
            [program, *words], env=self.environment, capture_output=True, text=True, check=True
        )
        return run.stdout

    def calls(self) -> list[list[str]]:
        """Returns the words of every call so far."""
        log = self.root / "log/calls.jsonl"  # appears with the first call
        text = log.read_text("utf-8") if log.exists() else ""
        return [json.loads(line)["argv"] for line in text.splitlines()]


@dataclass(frozen=True)
class Task:
    """One call of a module in the playbook; `action` is the module as the playbook names it."""

    action: str
    asked: dict[str, Any]
    check: bool = False
    proof: tuple[str, ...] = ()
    keywords: tuple[tuple[str, Any], ...] = ()


def run_playbook(host: Host, folder: Path, tasks: list[Task]) -> list[dict[str, Any]]:
    """Runs the tasks in one process; each answer holds its `proof`, what dokku then printed."""
    answers = folder / "answers.json"
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "tasks": [*_task_list(tasks), _last_task(len(tasks), answers)],
    }
    playbook = folder / "playbook.yml"
    playbook.write_text(yaml.dump([play], Dumper=UnsafeDumper, sort_keys=False), "utf-8")
    program = str(Path(sys.executable).parent / "ansible-playbook")
    words = [program, "--inventory", "localhost,", "--diff", "-vvv", str(playbook)]
    run = subprocess.run(
        words, cwd=folder, env=host.environment, capture_output=True, text=True, check=False
    )
    (folder / "output.txt").write_text(run.stdout + run.stderr, "utf-8")
    assert run.returncode == 0, (run.stdout + run.stderr)[-3000:]
    content: list[dict[str, Any]] = json.loads(answers.read_text("utf-8"))
    return content


def ansible_environment(folder: Path, *, with_action: bool = True) -> dict[str, str]:
    """Returns variables under which Ansible finds the modules by short and by full name."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    action = {"ANSIBLE_ACTION_PLUGINS": str(PLUGINS / "action")} if with_action else {}
    return {
        **kept,
        **action,
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY),
        "ANSIBLE_LIBRARY": str(PLUGINS / "modules"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "local"),
        "ANSIBLE_REMOTE_TEMP": str(folder / "remote"),
        "ANSIBLE_ASYNC_DIR": str(folder / "async"),
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


class Unsafe(str):
    """A text that is no template."""


class UnsafeDumper(yaml.SafeDumper):
    """Writes what looks like a template as `!unsafe`, for a table is data."""


UnsafeDumper.add_representer(
    Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text), style='"')
)
UnsafeDumper.ignore_aliases = lambda *_: True  # type: ignore[method-assign]


def _task_list(tasks: list[Task]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = []
    for number, task in enumerate(tasks):
        listed.append(
            {
                "name": f"Step {number}",
                task.action: _unsafe(task.asked),
                "check_mode": task.check,
                "ignore_errors": True,
                "register": f"step_{number}",
                **dict(task.keywords),
            }
        )
        if task.proof:
            commands = [json.dumps(f"dokku {line} 2>&1 || true") for line in task.proof]
            shown = [f"lookup('pipe', {command})" for command in commands]
            fact = {f"proof_{number}": f"{{{{ [{', '.join(shown)}] }}}}"}
            name = f"Proof {number}"
            listed.append({"name": name, "ansible.builtin.set_fact": fact, "no_log": True})
    return listed


def _last_task(count: int, answers: Path) -> dict[str, Any]:
    each = [
        f"step_{number} | combine({{'proof': proof_{number} | default([])}})"
        for number in range(count)
    ]
    content = f"{{{{ [{', '.join(each)}] | to_json }}}}"
    return {
        "name": "Answers are written",
        "ansible.builtin.copy": {"content": content, "dest": str(answers), "mode": "0600"},
        "diff": False,
        "no_log": True,
    }


def _unsafe(value: Any) -> Any:
    # Not every text: ansible-core 2.19 makes nothing of `!unsafe "null"` and 7 of `!unsafe "7"`.
    if isinstance(value, str):
        return Unsafe(value) if re.search(r"\{[{%#]", value) else value
    if isinstance(value, list):
        return [_unsafe(element) for element in value]
    if isinstance(value, dict):
        return {key: _unsafe(element) for key, element in value.items()}
    return value
