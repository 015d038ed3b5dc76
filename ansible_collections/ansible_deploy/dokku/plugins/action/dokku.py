"""Runs every `dokku_*` module inside the controller when the host is the controller itself.

Starting a module costs a quarter of a second, calling it a hundredth. Where the task goes to
another host, to another user, or into the background, the module is executed there the ordinary way
with the same arguments. The other files of this folder are links to this one, for Ansible finds an
action by its name.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import MODULES, answer

if TYPE_CHECKING:
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.definition import (
        ModuleDefinition,
    )


class ActionModule(ActionBase):  # type: ignore[misc]
    """The action behind all modules; which one it is says the task."""

    _supports_check_mode = True
    _supports_diff = True
    _requires_connection = False
    _supports_async = True
    TRANSFERS_FILES = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Returns the module's result."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        name = self._task.action.rpartition(".")[2]
        if name not in MODULES:
            raise AnsibleActionFail(f"{name} is not a module of ansible_deploy.dokku")
        if self._is_in_controller():
            result.update(self._answer(name))
        else:
            wrap_async = bool(self._task.async_val)
            content = self._execute_module(task_vars=task_vars, wrap_async=wrap_async)
            result.update(content)
        if self._task.args.get("secrets") and not result.get("failed"):
            result["_ansible_no_log"] = True
        return result

    def _is_in_controller(self) -> bool:
        is_local = self._connection.transport == "local"
        return is_local and not self._task.async_val and not self._play_context.become

    def _answer(self, name: str) -> dict[str, Any]:
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        dokku = Dokku(environment={key: str(value) for key, value in environment.items()})
        return answer(name, dokku, self._parameters(MODULES[name]), check=self._task.check_mode)

    def _parameters(self, definition: ModuleDefinition) -> dict[str, Any]:
        _, parameters = self.validate_argument_spec(definition.arguments, **definition.rules)
        # Ansible marks values with where they came from; the library gets plain ones, as a module
        # on another host would.
        plain: dict[str, Any] = json.loads(json.dumps(parameters, default=str))
        return plain
