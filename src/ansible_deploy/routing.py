"""Hold a live app's routing while it is rewritten, and put it back when a deploy fails.

With ``proxy:set APP type null`` Dokku writes domains and ports at once and leaves nginx's live file
alone; after the type is set back the deploy builds it, once. What was true before is kept in a
journal from the first hold until a deploy has ended, so that neither a failed deploy nor a killed
run leaves the app's routing half changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from fcntl import LOCK_NB, LOCK_SH, flock

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import (
    domains,
    nginx_conf,
    ports,
    proxy,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.change import carry_out
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.ports import PortMapping

from . import files
from .context import Context
from .desired import Desired
from .record import read_state, write_state

HELD = "null"
"""The proxy type for which Dokku builds nothing (plugins/proxy of 0.38.27)."""

CONCERNS = ("proxy", "domains", "ports", "properties")
"""What nginx's file is built from."""


@dataclass(frozen=True)
class Live:
    """Routing as Dokku has it now."""

    proxy_type: str
    domains: domains.Domains
    ports: tuple[PortMapping, ...]
    snippets: dict[str, str]


@dataclass(frozen=True)
class Journal:
    """Routing as it was before a deploy began: what nginx's live file was built from.

    ``build`` is the deploy that is changing it, ``live`` the digest of nginx's file.
    """

    build: str
    live: str
    proxy_type: str
    domains: list[str]
    ports: list[str]
    snippets: dict[str, str]
    owned: dict[str, list[str]]


def read_live(context: Context) -> Live:
    """Read everything that routing is made of, at once."""
    app = context.app
    with ThreadPoolExecutor(max_workers=3) as pool:
        proxy_type = pool.submit(proxy.read, context.dokku, app)
        names = pool.submit(domains.read, context.dokku, app)
        mappings = pool.submit(ports.read, context.dokku, app)
        snippets = nginx_conf.read(context.layout.dokku_root, app)
        return Live(proxy_type.result().type, names.result(), mappings.result(), snippets)


def will_change(app: str, live: Live, desired: Desired) -> bool:
    """Whether a run will write domains, ports or files of the server block."""
    absent, items = desired.absent, desired.items
    is_other = nginx_conf.compare(live.snippets, nginx_conf.named(desired.manifest.proxy.files()))
    if "domains" in items or "domains" in absent:
        names = desired.manifest.domains.names
        wish = domains.DesiredDomains("present", names, tuple(absent.get("domains", ())))
        is_other += domains.compare(app, live.domains, wish).changes
    if "ports" in items or "ports" in absent:
        wished, unwished = (
            tuple(ports.parse(word) for word in table.get("ports", ())) for table in (items, absent)
        )
        plan = ports.compare(app, live.ports, ports.DesiredPorts("present", wished, unwished))
        is_other += plan.changes
    return bool(is_other)


@contextmanager
def held(context: Context, live: Live, owned: dict[str, list[str]]) -> Iterator[None]:
    """Keep Dokku from building nginx's file; the proxy type is set back whatever happens.

    ``owned`` is what the run claims: after a failed deploy the app owns that, the old and the new.
    """
    journal = read_journal(context) or _journal(context, live, owned)
    files.write_json(context.folder.routing, asdict(journal))
    try:
        if live.proxy_type != HELD:
            proxy.set_type(context.dokku, context.app, HELD)
        yield
    finally:
        if journal.proxy_type != HELD:
            proxy.set_type(context.dokku, context.app, journal.proxy_type)


def recover(context: Context, *, is_locked: bool) -> bool:
    """Put routing back where a killed run left it changed; whether it did.

    A journal is stale when its deploy is over: when we hold Dokku's deploy lock ourselves
    (``is_locked``) and the journal names another build, or when nobody holds it.
    """
    journal = read_journal(context)
    if journal is None or journal.build == context.build:
        return False
    if not is_locked and is_deploying(context):
        return False
    put_back(context)
    return True


def is_deploying(context: Context) -> bool:
    """Whether Dokku's deploy lock of the app is held (0.38.27, plugins/common/functions)."""
    path = context.layout.lib_root / "data/apps" / context.app / ".deploy.lock"
    try:
        with path.open("rb") as lock:
            flock(lock, LOCK_SH | LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def put_back(context: Context) -> list[str]:
    """Make routing what the journal says; return the concerns put back.

    nginx's file is built again where it was built since: then what is live is not what was before.
    """
    journal = read_journal(context)
    if journal is None:
        return []
    live = read_live(context)
    names = domains.compare(context.app, live.domains, _domains_before(journal))
    mappings = ports.compare(context.app, live.ports, _ports_before(journal))
    snippets = nginx_conf.compare(live.snippets, journal.snippets)
    with held(context, live, journal.owned):
        carry_out(context.dokku, names, check=False)
        carry_out(context.dokku, mappings, check=False)
        nginx_conf.write(context.layout.dokku_root, context.app, journal.snippets)
    if _live_digest(context) != journal.live:
        context.dokku.run("proxy:build-config", context.app)
    state = read_state(context.folder, context.app)
    owned = {**state.owned, **{name: journal.owned.get(name, []) for name in CONCERNS}}
    write_state(context.folder, replace(state, owned=owned, wish="", world={}))
    forget(context)
    found = (("domains", names.changes), ("ports", mappings.changes), ("proxy", snippets))
    return [concern for concern, changes in found if changes]


def read_journal(context: Context) -> Journal | None:
    """The journal of a deploy that has not ended, if there is one."""
    value = files.read_json(context.folder.routing)
    return None if value is None else Journal(**value)


def forget(context: Context) -> None:
    """The deploy ended as it should: what was before no longer matters."""
    files.remove(context.folder.routing)


def _journal(context: Context, live: Live, owned: dict[str, list[str]]) -> Journal:
    return Journal(
        build=context.build,
        live=_live_digest(context),
        proxy_type=live.proxy_type,
        domains=list(live.domains.names),
        ports=[str(mapping) for mapping in live.ports],
        snippets=live.snippets,
        owned=owned,
    )


def _live_digest(context: Context) -> str:
    path = context.layout.dokku_root / context.app / "nginx.conf"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _domains_before(journal: Journal) -> domains.DesiredDomains:
    return domains.DesiredDomains("set" if journal.domains else "clear", tuple(journal.domains))


def _ports_before(journal: Journal) -> ports.DesiredPorts:
    """The mappings of the journal; where there were none, all that are there now go."""
    mappings = tuple(ports.parse(word) for word in journal.ports)
    return ports.DesiredPorts("set", mappings)
