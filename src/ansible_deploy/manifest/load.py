"""Reads a captured ``deploy.d`` into a Manifest, or says everything that is wrong with it at once.

The order of the story: names of files, YAML, overlay, encrypted values, schema, each concern's own
rules. A step that fails leaves out only what cannot be said without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ..errors import ManifestError
from . import (
    backups,
    concerns,
    config,
    dns,
    domains,
    encrypted,
    folder,
    monitoring,
    plays,
    ports,
    properties,
    proxy,
    resources,
    services,
    storage,
    tls,
    validation,
)
from .document import read_text, read_tree
from .encrypted import Vault
from .manifest import Manifest
from .problems import Problems
from .tree import Mapping, Node, Where, children, merge, without
from .wish import Wish

# How deep the part of a key is that one wrong value makes unreadable: a volume, a property, all
# of tls.
UNITS = {"dokku": 3, "dns": 3, "tls": 1}


def load_manifest(place: Path, app: str, vault: Vault) -> Manifest:
    """Read the folder for one app; raises ManifestError with every problem that it has."""
    problems = Problems()
    folder.check_names(place, app, problems)
    settings = _settings(place, app, problems)
    snippets = folder.read_snippets(place, problems)
    names = plays.check(place, problems)
    secrets = encrypted.read_file(place, vault, problems)
    manifest = Manifest()
    if settings is not None:
        inline = encrypted.read_values(settings, vault, problems)
        wrong = validation.check(settings, concerns.schema(), concerns.formats(), problems)
        unsound = frozenset(str(path[0]) for path in wrong if path)
        if secrets is None:
            unsound |= {folder.VAULT}
        sound = _sound(settings, wrong)
        wish = Wish(sound, problems, unsound, secrets or {}, inline, snippets)
        manifest = replace(_read(wish), plays=names)
    if problems.found:
        raise ManifestError(problems.sorted())
    return manifest


def _settings(place: Path, app: str, problems: Problems) -> Mapping | None:
    own = folder.overlays(place)
    main = _file(place, folder.MAIN, problems)
    above: Mapping | None = Mapping(Where(""), "")
    for name in own.values():
        tree = _file(place, name, problems)
        if name == own.get(app):
            above = tree
    return merge(main, above) if main is not None and above is not None else None


def _file(place: Path, name: str, problems: Problems) -> Mapping | None:
    path, file = place / name, folder.file_name(name)
    if not path.is_file():
        return Mapping(Where(file), "")
    text = read_text(path.read_bytes(), file, problems)
    return None if text is None else read_tree(text, file, problems)


def _sound(settings: Mapping, wrong: Iterable[validation.Path]) -> Mapping:
    node: Node = settings
    parts = {path[: UNITS.get(str(path[0]), 2)] for path in wrong if path}
    # From the end, so that an entry that is taken out does not move those still to be taken out.
    for part in sorted(parts, key=lambda part: [(str(step), step) for step in part], reverse=True):
        node = without(node, part)
    assert isinstance(node, Mapping)
    return node


def _read(wish: Wish) -> Manifest:
    names = domains.read(wish)
    wanted, volumes = services.read(wish), storage.read(wish)
    return Manifest(
        config=config.read(wish, wanted, tls.names_in_vault(wish)),
        storage=volumes,
        services=wanted,
        domains=names,
        ports=ports.read(wish),
        proxy=proxy.read(wish, names),
        resources=resources.read(wish),
        properties=properties.read(wish),
        dns=dns.read(wish, names),
        tls=tls.read(wish, names),
        backups=backups.read(wish, wanted, volumes),
        monitoring=monitoring.read(wish),
        given=frozenset(key for key in wish.settings.entries if not key.startswith("x-")),
        places=_places(wish.settings),
    )


def _places(node: Node) -> dict[str, str]:
    found = {node.path: str(node.where)} if node.path else {}
    for child in children(node):
        for path, where in _places(child).items():
            found.setdefault(path, where)
    return found
