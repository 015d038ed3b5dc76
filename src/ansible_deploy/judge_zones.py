"""Say no before the build: records that are not the app's to make, and certificates nobody issues.

A part of ``judge``, which calls these with the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import certs
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_model import (
    Conflict,
    DnsError,
    zone_of,
)
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import InvalidValue

from . import dns, tls
from .context import Context
from .desired import Desired
from .errors import Problem
from .layout import GLOBAL, PLUGIN_NAME
from .record import read_state
from .settings import grant


def check_dns(context: Context, desired: Desired) -> Iterator[Problem]:
    """Zones that were not granted, other apps' records, a host without an address, foreign ones."""
    if not context.settings["dns-provider"]:
        return
    yield from _outside(context, desired)
    yield from _no_address(desired)
    yield from (_taken(context, desired) or _foreign(context, desired))


def _outside(context: Context, desired: Desired) -> Iterator[Problem]:
    names = desired.manifest.dns.outside(desired.app)
    where = desired.manifest.where("dns")
    what = "dns: {} lies in no DNS zone that this app may write to"
    remedy = _zone_grant(context, names)
    yield from (Problem(where, what.format(name), remedy) for name in names)


def _zone_grant(context: Context, names: Iterable[str]) -> str:
    """The one command that grants the zones of all these names."""
    zones = list(context.settings.words("dns-zones"))
    for name in names:
        parent = name.removeprefix("*.").partition(".")[2]
        zones.append(parent if "." in parent else name)
    return grant(context.app, "dns-zones", ",".join(dict.fromkeys(zones)))


def _no_address(desired: Desired) -> Iterator[Problem]:
    wish = desired.manifest.dns
    names = [name for name in wish.domains if zone_of(name, desired.app.zones)]
    if wish.is_on and names and not wish.addresses(desired.app):
        what = f"dns: nobody has said to which address {names[0]} is to lead"
        remedy = f"the operator says it: dokku {PLUGIN_NAME}:set {GLOBAL} server-ip ADDRESS"
        yield Problem(desired.manifest.where("domains"), what, remedy)


def _taken(context: Context, desired: Desired) -> list[Problem]:
    """Records at names of the host's other apps, which no ``adopt`` takes from them.

    A name is another app's with all that hangs on it, such as ``_acme-challenge`` below it.
    """
    if context.settings.allows("domains-of-others"):
        return []
    where, dns = desired.manifest.where("dns"), desired.manifest.dns
    taken = _names_of_others(context, desired)
    words = [*desired.items.get("dns", []), *(f"adopt {name}" for name in dns.adopt)]
    remedy = "give this app records of its own, or remove it from that app first"
    return [
        Problem(where, f"dns: {word} belongs to the app {app}", remedy)
        for word in words
        if (app := taken.get(_holder(word.partition(" ")[2])))
    ]


def _names_of_others(context: Context, desired: Desired) -> dict[str, str]:
    """Which other app of the host has a name, by its domains and by the records that it owns."""
    found = {
        name: app
        for app, names in domains_of_all(context).items()
        for name in names
        if app != context.app and name not in desired.manifest.domains.names  # told already
    }
    for app, owned in owned_by_others(context, "dns"):
        found |= {_holder(word.partition(" ")[2]): app for word in owned}
    return found


def _holder(name: str) -> str:
    """The name that a record such as ``_dmarc.shop.example.org`` is about."""
    while name.startswith("_") and "." in name:
        name = name.partition(".")[2]
    return name


def domains_of_all(context: Context) -> dict[str, list[str]]:
    """Every app's domains, from the files in which Dokku keeps them (plugins/domains, VHOST).

    Reading them costs nothing; `domains:report` for all apps costs a process an app.
    """
    files = context.layout.dokku_root.glob("*/VHOST")
    return {path.parent.name: path.read_text("utf-8").split() for path in files}


def _foreign(context: Context, desired: Desired) -> list[Problem]:
    """What is in the zones already and is not ours; the run tells of a provider that is away."""
    where = desired.manifest.where("dns")
    try:
        found = dns.conflicts(context, desired)
    except DnsError:
        return []
    except InvalidValue as error:
        return [Problem(where, f"dns: {error}", "correct it")]
    return [Problem(where, f"dns: {one}", _remedy(one)) for one in found]


def _remedy(conflict: Conflict) -> str:
    if not conflict.is_adoptable:
        return "it can only be changed at the provider"
    return f"remove it at the provider, or take it over: dns: {{adopt: [{conflict.name}]}}"


def check_tls(context: Context, desired: Desired) -> Iterator[Problem]:
    """A challenge that this host cannot meet, and a certificate that is of no use."""
    wish = desired.manifest.tls
    where = desired.manifest.where("tls")
    if said := _useless(desired):
        yield Problem(where, f"tls: {said}", "put the right certificate and key into vault.yml")
    is_asked = wish.is_declared and wish.challenge == "dns-01" and tls.acme_email(context)
    if is_asked and not tls.dns_provider(context):
        what = f"tls: {tls.obstacle(context, desired.state, wish)}"
        yield Problem(where, what, "or write tls: off")
    elif wish.challenge == "dns-01" and "tls" in desired.items and not wish.certificate:
        yield from _not_provable(context, desired)


def _not_provable(context: Context, desired: Desired) -> Iterator[Problem]:
    """DNS-01 writes into zones, so it takes the same grant as records do."""
    names = [n for n in desired.manifest.domains.names if not zone_of(n, desired.app.zones)]
    if not context.settings["dns-provider"] or not desired.app.has_acme:
        return
    for name in names:
        what = f"tls: {name} is proven by a record, in a DNS zone that this app may not write to"
        where = desired.manifest.where("domains")
        yield Problem(where, what, f"{_zone_grant(context, names)}; or write tls: off")


def _useless(desired: Desired) -> str:
    """What is wrong with a certificate of the app's own, or its key."""
    wish = desired.manifest.tls
    if wish.certificate is None or wish.key is None:
        return ""
    params = {
        "state": "present",
        "certificate": wish.certificate.reveal(),
        "key": wish.key.reveal(),
        "domains": list(desired.manifest.domains.names),
    }
    try:
        certs.desired_certificate(params)
    except InvalidValue as error:
        return str(error)
    return ""


def owned_by_others(context: Context, concern: str) -> Iterator[tuple[str, list[str]]]:
    """What the host's other apps own of a concern, by their records."""
    for path in context.layout.data.glob("apps/*/state.json"):
        app = path.parent.name
        if app != context.app:
            yield app, read_state(context.layout.app(app), app).owned.get(concern, [])
