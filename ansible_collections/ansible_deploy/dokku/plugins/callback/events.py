"""Prints what happens in a run as one JSON object a line, for the plugin to read and to record.

It decides nothing and words nothing: `src/ansible_deploy/events.py` reads the lines and
`report.py` makes them fit for people. Values of results are never printed, only the changes that
our modules name, and the message of a task that failed.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import PurePath
from typing import Any

from ansible.plugins.callback import CallbackBase

# Imported here, in the controller, so that every forked worker has the library already.
from ansible_collections.ansible_deploy.dokku.plugins.module_utils import change, client  # noqa: F401

DOCUMENTATION = """
name: events
type: stdout
short_description: Events of a run as JSON lines
description:
  - Prints one JSON object for each finished task of the plugin's roles and of an app's own plays.
  - Hands the app's environment, once it is known, to the tasks of the app's own plays.
author: dokku-ansible-deploy
"""

OWN_ROLES = "ansible_deploy.dokku."
RECORDED = ("backups", "issuer", "letsencrypt")
"""What modules return about the world, without secrets, and what the plugin keeps in its record."""

SILENT = "facts"
"""The role that only gathers what the app's own plays receive."""

# Names that would change how this controller itself works are not handed on (a play reads them as
# `ansible_deploy.config`); an app may well have a variable of such a name for its own use.
RESERVED = ("ANSIBLE_", "DOCKER_", "DOKKU_", "GIT_", "LC_", "LD_", "PLUGIN_", "PYTHON")
RESERVED_NAMES = ("BASH_ENV", "ENV", "HOME", "IFS", "LANG", "PATH", "SHELL", "TMPDIR", "USER")


class CallbackModule(CallbackBase):
    """Translates Ansible's notifications into our events."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "ansible_deploy.dokku.events"

    def __init__(self) -> None:
        super().__init__()
        self._playbook = ""
        self._started = 0.0

    def v2_playbook_on_start(self, playbook: Any) -> None:
        self._playbook = PurePath(playbook._file_name).name

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._started = time.monotonic()

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        self._started = time.monotonic()

    def v2_runner_on_ok(self, result: Any) -> None:
        facts = result.result.get("ansible_facts", {}).get("ansible_deploy")
        if facts and self._concern(result) == SILENT:
            hand_over(facts["config"])
        self._print(result, failed=False)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        if not ignore_errors:
            self._print(result, failed=True)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._print(result, failed=True)

    def v2_playbook_on_no_hosts_matched(self) -> None:
        self._event("", [], failed=True, message="the play's hosts do not match: use localhost")

    def _print(self, result: Any, *, failed: bool) -> None:
        values = result.result
        if self._concern(result) == SILENT and not failed:
            return
        changes = values.get("changes")
        if changes is None:
            changes = self._loop_changes(values)
        if not changes and values.get("changed") and self._is_own_play(result):
            changes = [{"sign": "~", "subject": result.task.get_name(), "detail": ""}]
        self._event(
            self._concern(result),
            changes,
            task=result.task.get_name(),
            failed=failed,
            message=_message(values) if failed else "",
            warnings=_gathered(values, "warnings"),
            **({} if self._is_own_play(result) else _told(values)),
        )

    @staticmethod
    def _loop_changes(values: Any) -> list[dict[str, str]]:
        return [c for item in values.get("results", ()) for c in item.get("changes", ())]

    def _event(self, concern: str, changes: Any, **rest: Any) -> None:
        event = {
            "concern": concern or self._playbook,
            "task": "",
            "message": "",
            "warnings": [],
            "notes": [],
            "pending": "",
            "recorded": {},
            "changes": changes,
            "seconds": round(time.monotonic() - self._started, 3),
            **rest,
        }
        os.write(1, (json.dumps(event, default=str) + "\n").encode())

    def _concern(self, result: Any) -> str:
        role = result.task._role
        name = role.get_name() if role else ""
        return name.removeprefix(OWN_ROLES) if name.startswith(OWN_ROLES) else self._playbook

    def _is_own_play(self, result: Any) -> bool:
        return self._concern(result) == self._playbook


def hand_over(config: dict[str, str]) -> None:
    """Put the app's variables into the environment that later tasks inherit.

    Not by the `environment` keyword: Ansible writes that onto a shell's command line, where every
    user of the host can read it.
    """
    for name, value in config.items():
        if not name.startswith(RESERVED) and name not in RESERVED_NAMES and "\0" not in value:
            os.environ[str(name)] = str(value)


def _message(values: Any) -> str:
    failed = [item for item in values.get("results", ()) if item.get("failed")]
    source = failed[0] if failed else values
    parts = [str(source.get("msg") or source.get("message") or "it failed without a word")]
    if source.get("stderr"):
        parts.append(str(source["stderr"]).strip()[-2000:])
    return "\n".join(parts)


def _told(values: Any) -> dict[str, Any]:
    """What only our own roles say: notes, what is pending, and what is kept in the record."""
    return {
        "notes": _gathered(values, "notes"),
        "pending": str(values.get("pending", "")),
        "recorded": {name: values[name] for name in RECORDED if name in values},
    }


def _gathered(values: Any, name: str) -> list[str]:
    """Texts of a result and, where the task looped, of each of its items."""
    items = [values, *values.get("results", ())]
    return [text for item in items for text in item.get(name, ())]
