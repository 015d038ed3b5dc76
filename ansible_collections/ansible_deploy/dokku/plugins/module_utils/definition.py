"""Says what a module is: its arguments, the rules between them, and the function behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .change import Result
    from .client import Dokku


class Converge(Protocol):
    """Makes the world as the parameters say, or only tells what it would do in check mode."""

    def __call__(self, dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
        """Returns what changed; raises DokkuError or InvalidValue."""


@dataclass(frozen=True)
class ModuleDefinition:
    """One module: `rules` are Ansible's own (`required_if`, `mutually_exclusive` ...)."""

    arguments: dict[str, dict[str, Any]]
    converge: Converge
    rules: dict[str, Any] = field(default_factory=dict)


APP: dict[str, Any] = {"type": "str", "required": True}


def state(*choices: str) -> dict[str, Any]:
    """Describes the option `state`: its choices, of which the first is the default."""
    return {"type": "str", "choices": list(choices), "default": choices[0]}


def names() -> dict[str, Any]:
    """Describes an option that is a list of names."""
    return {"type": "list", "elements": "str"}
