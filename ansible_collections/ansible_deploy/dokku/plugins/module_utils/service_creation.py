"""Reads and creates services: databases and the like. Nothing here ever destroys one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .change import Change, Plan, Result, carry_out, command
from .client import DokkuError
from .definition import ModuleDefinition
from .services import KINDS, ServiceKind
from .words import InvalidValue, checked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .client import Dokku


@dataclass(frozen=True)
class DesiredService:
    """A service that is wished for; image and version are the plugin's own when None."""

    kind: ServiceKind
    name: str
    image: str | None = None
    version: str | None = None

    def __str__(self) -> str:
        """Names the service as changes do: `postgres shop-postgres 17`."""
        image = "" if self.image in (None, self.kind.image) else self.image
        return " ".join(filter(None, (self.kind.name, self.name, image, self.version)))


def kind_named(name: str) -> ServiceKind:
    """Returns the kind of this name; raises InvalidValue with the list of kinds."""
    if name not in KINDS:
        raise InvalidValue(f"{name!r} is not a known kind of service: {', '.join(KINDS)}")
    return KINDS[name]


def read(dokku: Dokku, kind: ServiceKind, name: str) -> bool:
    """Tells whether the service exists."""
    words = (f"{kind.name}:exists", name)
    answer = dokku.run(*words, check=False)
    if answer.exit == 0:
        return True
    if is_missing_service(answer.stderr):
        return False
    raise service_error(kind, DokkuError(words, answer.exit, answer.stderr))


def read_image(dokku: Dokku, kind: ServiceKind, name: str) -> str:
    """Returns image and version of the service's container, `` when it has none at the moment."""
    return dokku.run(f"{kind.name}:info", name, "--version").stdout.strip()


def missing_plugins(dokku: Dokku, kinds: Iterable[ServiceKind]) -> list[ServiceKind]:
    """Returns those of the kinds whose plugin is not installed or not enabled."""
    plugins = dokku.json("plugin:list", "--format", "json")
    enabled = {plugin["name"] for plugin in plugins if plugin["enabled"]}
    return [kind for kind in kinds if kind.name not in enabled]


def compare(desired: DesiredService, *, exists: bool) -> Plan:
    """Plans to create the service unless it exists."""
    key = f"{desired.kind.name} {desired.name}"
    before, after = {key: "present" if exists else "absent"}, {key: "present"}
    if exists:
        return Plan((), (), before, after)
    words = [f"{desired.kind.name}:create", desired.name]
    words += ["--image", desired.image] if desired.image else []
    words += ["--image-version", desired.version] if desired.version else []
    return Plan((Change("+", str(desired)),), (command(*words),), before, after)


def drift(desired: DesiredService, running: str) -> str:
    """Says how a running image differs from the desired one, `` when it does not.

    A version is met by all that begins with it: `17` by `17.4` and by `17-alpine`.
    """
    image, _, version = running.rpartition(":")
    if not running or not image:
        return ""
    wrong_image = desired.image not in (None, image)
    is_met = desired.version is None or version == desired.version
    is_met = is_met or version.startswith((f"{desired.version}.", f"{desired.version}-"))
    if is_met and not wrong_image:
        return ""
    wanted = f"{desired.image or image}:{desired.version or version}"
    action = "it is left as it is; upgrade it by hand after a backup"
    return f"{desired.kind.name} {desired.name} runs {running}, not {wanted}: {action}"


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes sure that a service exists, and warns when an existing one is of another version."""
    desired = DesiredService(
        kind_named(params["service"]),
        checked("service", params["name"]),
        checked("image", params["image"]) if params["image"] else None,
        checked("version", params["version"]) if params["version"] else None,
    )
    exists = read(dokku, desired.kind, desired.name)
    result = carry_out(dokku, compare(desired, exists=exists), check=check)
    warnings: list[str] = []
    if exists and (desired.image or desired.version):
        warnings += filter(None, [drift(desired, read_image(dokku, desired.kind, desired.name))])
    facts = {"existing": exists}
    return Result(result.changes, result.before, result.after, facts, tuple(warnings))


def is_missing_service(stderr: str) -> bool:
    """Tells whether Dokku says that a service does not exist; the exit status alone does not."""
    return "service" in stderr and "does not exist" in stderr


def service_error(kind: ServiceKind, error: DokkuError) -> DokkuError:
    """Returns the error, with the command that installs the plugin when that is what is missing."""
    if "is not a dokku command" not in error.stderr:
        return error
    install = " ".join(kind.install_command)
    reason = f"the plugin for {kind.title} is not installed; install it with: {install}"
    return DokkuError(error.words, error.exit, reason)


MODULE = ModuleDefinition(
    {
        "service": {"type": "str", "required": True},
        "name": {"type": "str", "required": True},
        "image": {"type": "str"},
        "version": {"type": "str"},
    },
    converge,
)
