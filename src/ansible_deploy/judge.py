"""Say no before the build: everything about a well-formed folder that only the host can know.

Grants of the operator, other apps' domains and services, plugins that are missing, secrets that are
not there. All problems at once, each with the command that would change the answer. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import (
    config,
    nginx_conf,
    service_creation,
    service_links,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import (
    AppMissing,
    DokkuError,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.services import KINDS

from .app_json import conflicts
from .context import Context
from .desired import PLAYS, Desired, load_desired
from .errors import HostError, ManifestError, Problem, Refused
from .judge_backups import check_backups
from .judge_monitoring import check_monitoring
from .judge_zones import check_dns, check_tls, domains_of_all, owned_by_others
from .layout import PLUGIN_NAME
from .settings import grant

Check = Callable[[Context, Desired], Iterator[Problem]]


def judge_plays(context: Context, folder: Path) -> list[Problem]:
    """What can be said of a folder even when its settings are not well formed."""
    if context.settings.allows("custom-plays"):
        return []
    what = "plays run with the rights of the user dokku, and this app has no grant for that"
    names = (name for name in PLAYS if (folder / f"{name}.yml").is_file())
    remedy = grant(context.app, "custom-plays")
    return [Problem(f"deploy.d/{name}.yml", what, remedy) for name in names]


def judge(context: Context, desired: Desired, found: Sequence[Problem] = ()) -> None:
    """Raise Refused with every reason why this folder cannot be provisioned on this host.

    ``found`` are problems that are known already.
    """
    try:
        problems = [*found, *(p for check in CHECKS for p in check(context, desired))]
    except DokkuError as error:
        raise HostError(str(error)) from None
    if problems:
        raise Refused(problems)


def load_judged(context: Context, folder: Path, tree: Path | None = None) -> Desired:
    """Read a folder and judge it; raises ManifestError or Refused with all that can be said.

    ``tree`` is what was pushed, where that is at hand.
    """
    try:
        desired = load_desired(context, folder)
    except ManifestError as error:
        raise ManifestError([*error.problems, *judge_plays(context, folder)]) from None
    judge(context, desired, conflicts(tree, desired) if tree else ())
    return desired


def _app_name(context: Context, desired: Desired) -> Iterator[Problem]:
    if context.app == PLUGIN_NAME:
        yield Problem("", f"an app cannot be called {PLUGIN_NAME}", "give it another name")


def _plays(context: Context, desired: Desired) -> Iterator[Problem]:
    yield from judge_plays(context, desired.folder)


def _snippets(context: Context, desired: Desired) -> Iterator[Problem]:
    proxy = desired.manifest.proxy
    if proxy.snippets and not context.settings.allows("nginx-conf"):
        what = "files for nginx can reach the whole host, and this app has no grant for that"
        yield Problem("deploy.d/nginx.conf.d", what, grant(context.app, "nginx-conf"))
    elif proxy.files() and (said := nginx_conf.problem(context.app, proxy.files())):
        yield Problem("deploy.d/nginx.conf.d", f"nginx does not take it: {said}", "correct it")


def _host_paths(context: Context, desired: Desired) -> Iterator[Problem]:
    granted = context.settings.words("host-paths")
    allowed = [PurePosixPath(word) for word in granted]
    missing = [
        path
        for path in desired.manifest.storage.host_paths
        if not any(PurePosixPath(path).is_relative_to(folder) for folder in allowed)
    ]
    remedy = grant(context.app, "host-paths", ",".join([*granted, *missing]))
    for path in missing:
        what = f"volumes: {path} is a path of the host, and this app has no grant for it"
        yield Problem(desired.manifest.where("volumes"), what, remedy)


def _properties(context: Context, desired: Desired) -> Iterator[Problem]:
    granted = context.settings.words("properties")
    missing = [w for w in desired.manifest.properties.outside_allow_list if w not in granted]
    remedy = grant(context.app, "properties", ",".join([*granted, *missing]))
    for word in missing:
        what = f"dokku.{word}: not every app may set this, and this app has no grant for it"
        yield Problem(desired.manifest.where(f"dokku.{word}"), what, remedy)


def _secrets(context: Context, desired: Desired) -> Iterator[Problem]:
    required = desired.manifest.config.required
    if not required:
        return
    try:
        present = config.read(context.dokku, context.app)
    except AppMissing:
        present = {}
    for name in required:
        if name not in present:
            yield Problem(
                desired.manifest.where("secrets"),
                f"secrets: {name} is neither in vault.yml nor set on the server",
                f"add it there, or run: dokku config:set --no-restart {context.app} {name}=…",
            )


def _domains(context: Context, desired: Desired) -> Iterator[Problem]:
    names = desired.manifest.domains.names
    if not names or context.settings.allows("domains-of-others"):
        return
    for app, taken in domains_of_all(context).items():
        for name in names:
            if app != context.app and name in taken:
                yield Problem(
                    desired.manifest.where("domains"),
                    f"domains: {name} belongs to the app {app}",
                    f"give this app domains of its own in deploy.d/deploy.{context.app}.yml, "
                    f"or free it: dokku domains:remove {app} {name}",
                )


def _services(context: Context, desired: Desired) -> Iterator[Problem]:
    where = desired.manifest.where("services")
    for service in desired.manifest.services.services:
        kind, name = KINDS[service.kind], service.name(desired.app)
        if not (context.layout.enabled_plugins / kind.name).exists():
            what = f"services: the Dokku plugin for {kind.title} is not installed"
            yield Problem(
                where, what, f"the operator installs it: {' '.join(kind.install_command)}"
            )
        elif service_creation.read(context.dokku, kind, name):
            if name not in service_links.read_names(context.dokku, kind, context.app):
                linked = context.dokku.lines("--quiet", f"{kind.name}:links", name)
                if not linked and _is_ours(desired, f"{kind.name}:{name}"):
                    continue
                to = f"linked to {', '.join(linked)}" if linked else "linked to no app"
                yield Problem(
                    where,
                    f"services: {kind.name} {name} exists already and is {to}",
                    f"give this app's service another name, or hand it over: "
                    f"dokku {kind.name}:link {name} {context.app} --no-restart",
                )


def _volumes(context: Context, desired: Desired) -> Iterator[Problem]:
    """A renamed app keeps its directories, so that a new app of its old name could meet them."""
    mine = {word.partition(":")[0] for word in desired.items.get("storage", [])}
    for app, owned in owned_by_others(context, "storage"):
        for path in sorted(mine.intersection(word.partition(":")[0] for word in owned)):
            if path not in desired.manifest.storage.host_paths:
                what = f"volumes: {path} belongs to the app {app}, which had this name before"
                yield Problem(
                    desired.manifest.where("volumes"), what, "give the volume another name"
                )


def _is_ours(desired: Desired, word: str) -> bool:
    owned = desired.state.owned
    return word in [*owned.get("services", []), *owned.get("kept", [])]


CHECKS: tuple[Check, ...] = (
    _app_name,
    _plays,
    _snippets,
    _host_paths,
    _properties,
    _secrets,
    _domains,
    check_dns,
    check_tls,
    _services,
    _volumes,
    check_backups,
    check_monitoring,
)
