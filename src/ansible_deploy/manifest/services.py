"""The concern *services*: databases and the like that belong to the app and are linked to it.

Reads ``services``. Which kinds exist is the Dokku library's table; whether their Dokku plugin is
installed is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.services import KINDS

from . import service_forms
from .app import App
from .fragments import NAME_PATTERN, closed
from .fragments import text as text_schema
from .tree import Node, Scalar, Sequence
from .wish import Wish, entries, flag, get, items, text
from .words import listed, quote

SCHEMA = {
    "services": {
        "description": "Databases and the like. Each is created for this app, linked to it, and"
        " reaches it as a"
        " variable such as `DATABASE_URL`. A list names kinds; a map names the services and says"
        " more."
        f" Kinds: {', '.join(sorted(KINDS))}. A service is kept, unlinked, when it leaves this"
        " list.",
        "type": ["array", "object"],
        "items": {
            "type": "string",
            "title": "a kind of service",
            "enum": sorted(KINDS),
            "examples": ["postgres"],
        },
        "maxItems": 20,
        "maxProperties": 20,
        "patternProperties": {"^x-": True},
        "propertyNames": {"pattern": NAME_PATTERN, "format": "deploy-service-key"},
        "additionalProperties": closed(
            {
                "type": {
                    "description": "Kind of service; not needed when the service is called like"
                    " its kind.",
                    "type": "string",
                    "enum": sorted(KINDS),
                },
                "version": text_schema(
                    "Version to create it with, a tag of its image. Absent: the newest that"
                    " Dokku's plugin knows.",
                    format="deploy-service-version",
                    examples=["17"],
                ),
                "image": {
                    "description": "Image in place of the kind's usual one; needs a version.",
                    "type": "string",
                    "format": "deploy-service-image",
                    "examples": ["postgis/postgis"],
                },
                "as": {
                    "description": "Its variable is called `<as>_URL`. Absent: the kind's usual"
                    " name.",
                    "type": "string",
                    "format": "deploy-service-alias",
                    "examples": ["DATABASE"],
                },
                "backup": {
                    "description": "Whether backups include it.",
                    "type": "boolean",
                    "default": True,
                },
            },
            examples=[{"type": "postgres", "version": "17"}],
        ),
        "examples": [["postgres"], {"db": {"type": "postgres", "version": "17", "as": "DATABASE"}}],
    }
}
FORMATS = service_forms.FORMATS


@dataclass(frozen=True)
class Service:
    """One service: its key in the file, its kind, and how it is made and linked."""

    key: str
    kind: str
    alias: str
    version: str = ""
    image: str = ""
    is_backed_up: bool = True

    def name(self, app: App) -> str:
        """Return the service's name on the host; service names know no dots."""
        return app.services.get(self.key) or self.first_name(app)

    def first_name(self, app: App) -> str:
        """Return what it is called as long as it was not restored."""
        return f"{app.name.replace('.', '-')}-{self.key}"

    @property
    def variable(self) -> str:
        """Return the name of the config variable that holds its address."""
        return f"{self.alias}_URL"


@dataclass(frozen=True)
class Services:
    """The services of the app, in the order of the file."""

    services: tuple[Service, ...] = ()

    def items(self, app: App) -> tuple[str, ...]:
        """Return ``kind:name`` of every service."""
        return tuple(f"{service.kind}:{service.name(app)}" for service in self.services)

    def variables(self, app: App) -> dict[str, object]:
        """Return what the role *services* needs.

        Dokku links nothing under a name that stands in another variable: DATABASE_URL comes before
        ANALYTICS_DATABASE_URL (dokku-postgres 1.48.0, common-functions).
        """
        names = [service.variable for service in self.services]
        ordered = sorted(self.services, key=lambda one: sum(n in one.variable for n in names))
        return {
            "services_list": [
                {
                    "kind": service.kind,
                    "name": service.name(app),
                    "version": service.version,
                    "image": service.image,
                    "alias": service.alias,
                }
                for service in ordered
            ]
        }


def read(wish: Wish) -> Services:
    """Read the services from a list of kinds or a map of names."""
    node = wish.get("services")
    found = _from_list(wish, node) if isinstance(node, Sequence) else _from_map(wish, node)
    return Services(tuple(found))


def _from_list(wish: Wish, node: Node | None) -> list[Service]:
    found: dict[str, Service] = {}
    places: list[tuple[Node, Service]] = []
    for item in items(node):
        kind = text(item)
        if kind in found:
            remedy = (
                f"name them: services: {{one: {{type: {kind}}}, two: {{type: {kind}, as: TWO}}}}"
            )
            wish.problems.at(item, f"{quote(kind)} is given twice", remedy)
            continue
        found[kind] = Service(kind, kind, KINDS[kind].default_alias)
        places.append((item, found[kind]))
    _check_aliases(wish, places)
    return list(found.values())


def _from_map(wish: Wish, node: Node | None) -> list[Service]:
    places: list[tuple[Node, Service]] = []
    for key, options in entries(node):
        kind = text(get(options, "type"), key)
        if kind not in KINDS:
            kinds = listed(sorted(KINDS))
            wish.problems.at(options, "has no type", f"add type: {kinds}")
            continue
        places.append((options, _service(key, kind, options)))
        image = get(options, "image")
        if image and not get(options, "version"):
            wish.problems.at(image, "needs a version too", 'add for example version: "17-3.5"')
    _check_aliases(wish, places)
    return [service for _, service in places]


def _service(key: str, kind: str, options: Node) -> Service:
    return Service(
        key=key,
        kind=kind,
        alias=text(get(options, "as"), KINDS[kind].default_alias),
        version=text(get(options, "version")),
        image=text(get(options, "image")),
        is_backed_up=flag(get(options, "backup"), default=True),
    )


def _check_aliases(wish: Wish, places: list[tuple[Node, Service]]) -> None:
    first: dict[str, Service] = {}
    for node, service in places:
        other = first.setdefault(service.alias, service)
        if other is service:
            continue
        what = f"{quote(service.key)} and {quote(other.key)} would both be {service.variable}"
        name = service.key.upper().replace("-", "_")
        remedy = f"give one a name of its own, such as as: {name}"
        if isinstance(node, Scalar):
            remedy = f"write a map: services: {{{other.key}: {{}}, {service.key}: {{as: {name}}}}}"
        wish.problems.add(node.where, f"services: {what}", remedy)
