"""Which parts of a backup are restored, and whether the app has a place for each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ..desired import Desired
from ..errors import DeployError, Problem
from .contents import Contents, SavedService, SavedVolume

Part = TypeVar("Part", SavedService, SavedVolume)


@dataclass(frozen=True)
class Choice:
    """The keys of the parts to restore; where both are empty, every part is meant."""

    services: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether nothing was left out."""
        return not self.services and not self.volumes


def choose_parts(contents: Contents, app: str, desired: Desired, choice: Choice) -> Contents:
    """Return the contents with the chosen parts only.

    Raises DeployError with every part that the backup does not have or the app has no place for.
    """
    problems = [
        *_absent("service", choice.services, contents.services),
        *_absent("volume", choice.volumes, contents.volumes),
    ]
    services = _chosen(contents.services, choice.services, choice)
    volumes = _chosen(contents.volumes, choice.volumes, choice)
    kinds = {each.key: each.kind for each in desired.manifest.services.services}
    names = [volume.source for volume in desired.manifest.storage.volumes]
    problems += _homeless(
        app, [f"service {s.key} ({s.kind})" for s in services if kinds.get(s.key) != s.kind]
    )
    problems += _homeless(app, [f"volume {v.key}" for v in volumes if v.key not in names])
    if problems:
        raise DeployError(problems)
    if not services and not volumes:
        raise DeployError("the backup has neither services nor volumes to restore")
    return replace(contents, services=services, volumes=volumes)


def _chosen(parts: Sequence[Part], keys: Collection[str], choice: Choice) -> tuple[Part, ...]:
    return tuple(part for part in parts if choice.is_everything or part.key in keys)


def _absent(
    noun: str, keys: Iterable[str], parts: Iterable[SavedService | SavedVolume]
) -> list[Problem]:
    known = [part.key for part in parts]
    there = ", ".join(known) or f"no {noun}"
    return [
        Problem("", f"the backup has no {noun} {key}", f"it has {there}")
        for key in keys
        if key not in known
    ]


def _homeless(app: str, parts: Iterable[str]) -> list[Problem]:
    remedy = "push a deploy.d that has it, or choose parts with --services and --volumes"
    return [Problem("", f"{app} has no {part}", remedy) for part in parts]
