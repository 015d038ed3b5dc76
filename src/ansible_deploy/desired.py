"""What one app wishes for: its manifest and plays, and the variables of a run made from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.snapshot import Wanted

from . import tls
from .backups.target import targets
from .context import Context
from .manifest import Manifest, load_manifest
from .manifest.app import App
from .manifest.dns import Dns
from .mask import Mask
from .record import State, read_state
from .report import quantity
from .vault import Vault

BEFORE_RELEASE = (
    "config",
    "storage",
    "services",
    "resources",
    "properties",
    "proxy",
    "domains",
    "ports",
    "dns",
)
"""What is provisioned before the release, in the order of playbooks/pre_deploy.yml."""

AFTER_DEPLOY = ("tls", "backups", "monitoring")
"""What needs the app to be up, in the order of playbooks/post_deploy.yml."""

CONCERNS = (*BEFORE_RELEASE, *AFTER_DEPLOY)

PLAYS = ("pre-deploy", "post-deploy", "post-delete")


@dataclass(frozen=True)
class Desired:
    """An app's folder, read and well formed."""

    folder: Path
    app: App
    manifest: Manifest
    state: State

    @property
    def summary(self) -> str:
        """``3 settings, 2 secrets, 1 play``."""
        settings, secrets, plays = self.manifest.counts()
        counts = ((settings, "setting"), (secrets, "secret"), (plays, "play"))
        return ", ".join(quantity(number, noun) for number, noun in counts if number)

    @property
    def items(self) -> dict[str, list[str]]:
        """What each concern wishes to own."""
        found = {name: list(getattr(self.manifest, name).items(self.app)) for name in CONCERNS}
        return {name: words for name, words in found.items() if words}

    @property
    def absent(self) -> dict[str, list[str]]:
        """What each concern made before and no longer wishes for."""
        wished = self.items
        found = {
            name: [
                word for word in self.state.owned.get(name, []) if word not in wished.get(name, [])
            ]
            for name in CONCERNS
        }
        required = self.manifest.config.required  # set on the server now, and no longer ours
        found["config"] = [word for word in found["config"] if word not in required]
        if not self.app.has_dns:
            found["dns"] = []
        return {name: words for name, words in found.items() if words}

    @property
    def idle(self) -> tuple[str, ...]:
        """The concerns with nothing to do: neither wished for nor owned, and nothing to tell."""
        busy = {*self.items, *self.absent}
        if self.manifest.dns.by_hand(self.app):
            busy.add("dns")
        return tuple(name for name in CONCERNS if name not in busy)

    def play(self, name: str) -> Path | None:
        """The app's own play for a stage, if it has one."""
        path = self.folder / f"{name}.yml"
        return path if path.is_file() else None

    @property
    def mask(self) -> Mask:
        """Hides every secret of the folder."""
        return Mask(secret.reveal() for secret in self.manifest.secrets())

    def claim(self, concerns: Iterable[str] = BEFORE_RELEASE) -> dict[str, list[str]]:
        """What is owned once a run of these has begun: all that was, and all that is wished for.

        Recorded before the first write, so that a killed run never makes what nobody owns.
        """
        owned, items = self.state.owned, self.items
        wished = {name: items[name] for name in concerns if name in items}
        names = dict.fromkeys([*owned, *wished])
        return {n: list(dict.fromkeys([*owned.get(n, []), *wished.get(n, [])])) for n in names}

    def settled(
        self, concerns: Iterable[str] = BEFORE_RELEASE, pending: Iterable[str] = ()
    ) -> dict[str, list[str]]:
        """What is owned after a good run of these; of others, what was.

        A service that is no longer linked stays ours. Of a concern that is ``pending`` all stays
        owned that was or was to be made.
        """
        done, items = set(concerns), self.items
        if not self.app.has_dns:  # nobody could remove them; they stay ours for when somebody can
            done.discard("dns")
        found = {name: items[name] for name in done if name in items}
        claimed = self.claim(done)
        kept = [name for name in claimed if name not in done or name in pending]
        found |= {name: claimed[name] for name in kept if name in CONCERNS}
        services = [*self.state.owned.get("kept", []), *self.absent.get("services", [])]
        left = [word for word in dict.fromkeys(services) if word not in items.get("services", [])]
        return {**found, **({"kept": left} if left else {})}

    def watched(self) -> Wanted:
        """What has to be read to tell whether the world moved."""
        items = self.items
        properties = self.manifest.properties.values
        services = self.manifest.services.services
        readable = ("storage", "resources", "domains", "ports")
        return Wanted(
            concerns=frozenset(name for name in readable if name in items) | {"proxy"},
            config=frozenset([*items.get("config", []), *self.manifest.config.required])
            | frozenset(service.variable for service in services),
            properties={plugin: frozenset(values) for plugin, values in properties.items()},
            services=frozenset(service.kind for service in services),
        )


def load_desired(context: Context, folder: Path) -> Desired:
    """Read an app's folder; raises ManifestError with every problem.

    Names of data are made from the name under which the app was first provisioned.
    """
    state = read_state(context.folder, context.app)
    vault = Vault(context.folder.vault_password, context.app)
    manifest = load_manifest(folder, context.app, vault)
    return Desired(folder, _app(context, state, manifest), manifest, state)


def load_gone(context: Context) -> Desired:
    """What is left of an app that was destroyed: it wishes for no DNS records any more.

    Works without a folder too, for an app may have dropped its ``deploy.d`` before.
    """
    folder = context.folder.accepted
    if folder.is_dir():
        desired = load_desired(context, folder)
        return replace(desired, manifest=replace(desired.manifest, dns=Dns(is_on=False)))
    state = read_state(context.folder, context.app)
    manifest = Manifest(dns=Dns(is_on=False))
    return Desired(folder, _app(context, state, manifest), manifest, state)


def _app(context: Context, state: State, manifest: Manifest) -> App:
    settings = context.settings
    return App(
        name=state.origin,
        lib_root=context.layout.lib_root,
        has_dns=bool(settings["dns-provider"]),
        zones=settings.words("dns-zones") if settings["dns-provider"] else (),
        ipv4=settings["server-ip"],
        ipv6=settings["server-ipv6"],
        has_acme=not tls.obstacle(context, state, manifest.tls),
        has_certificate=tls.has_certificate(context),
        is_https=manifest.tls.is_on and tls.has_certificate(context),
        owns_certificate=bool(state.owned.get("tls")),
        services=state.services,
        target=_target_name(context, manifest.backups.target),
    )


def _target_name(context: Context, wished: str) -> str:
    """Where the app's backups go; nowhere while the one that it names is not there."""
    names = list(targets(context))
    return next((name for name in names if name == (wished or name)), "")


def variables(desired: Desired, app: str, description: Mapping[str, object]) -> dict[str, object]:
    """The variables of a run, named ``<concern>_<option>``; values may be Secrets."""
    found: dict[str, object] = {"deploy_app": app, "deploy_description": dict(description)}
    absent = desired.absent
    for name in CONCERNS:
        found |= getattr(desired.manifest, name).variables(desired.app)
        found[f"{name}_absent"] = absent.get(name, [])
    found["services_absent"] = [_service(word) for word in absent.get("services", [])]
    found["storage_groups"] = _mount_groups(desired)
    _clear_resources(found, absent.get("resources", []))
    _clear_properties(found, absent.get("properties", []))
    return found


def _service(word: str) -> dict[str, str]:
    kind, name = word.split(":")
    return {"kind": kind, "name": name}


def _mount_groups(desired: Desired) -> list[dict[str, object]]:
    """Mounts that are made alike go into one call of the module."""
    groups: dict[tuple[bool, str], list[str]] = {}
    for volume in desired.manifest.storage.volumes:
        key = (not volume.is_host_path, volume.owner)
        groups.setdefault(key, []).append(volume.mount(desired.app))
    return [
        {"mounts": m, "create": create, "owner": owner} for (create, owner), m in groups.items()
    ]


def _clear_resources(found: dict[str, object], absent: list[str]) -> None:
    rows = {"limit": found["resources_limits"], "reserve": found["resources_reservations"]}
    for word in absent:
        process, kind, resource = word.rsplit(".", 2)
        _row(rows[kind], "process", process, "resources")[resource] = None


def _clear_properties(found: dict[str, object], absent: list[str]) -> None:
    for word in absent:
        plugin, name = word.split(".", 1)
        _row(found["properties_list"], "plugin", plugin, "properties")[name] = ""


def _row(rows: object, key: str, value: str, field: str) -> dict[str, object]:
    """The map below ``field`` of the row whose ``key`` is ``value``; made where there is none."""
    assert isinstance(rows, list)
    for row in rows:
        if row[key] == value:
            table: dict[str, object] = row[field]
            return table
    rows.append({key: value, field: {}})
    return _row(rows, key, value, field)
