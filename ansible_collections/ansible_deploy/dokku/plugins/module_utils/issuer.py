"""Finds out who issues an app's certificate, and prepares the way that has no module of its own.

The table is in `tls_ways`. A proxy that orders for all apps at once is only looked at; the
scheduler k3s is told by properties of the app.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import letsencrypt_state, properties, tls_ways
from .change import Result, carry_out, read_or_empty
from .definition import APP, ModuleDefinition, names, state
from .words import InvalidValue, checked

if TYPE_CHECKING:
    from .client import Dokku
    from .tls_ways import Way


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Returns the issuer as a fact, and in notes what an operator has to do for it."""
    app = checked("app", params["app"])

    def read() -> Way:
        return tls_ways.read(dokku, app)

    way = read_or_empty(read, tls_ways.NGINX, check=check)
    facts: dict[str, str] = {"issuer": way.issuer}
    is_wanted = params["state"] == "present"
    if params["own"]:
        facts["issuer"] = "certs"
        return Result(facts=facts, notes=() if way.takes_own else (_not_served(way),))
    if way.issuer == "k3s":
        return _prepare_k3s(dokku, app, params, is_wanted=is_wanted, check=check)
    if way.issuer == "letsencrypt" and not letsencrypt_state.has_plugin(dokku, app):
        said = letsencrypt_state.NEEDS_PLUGIN if is_wanted else ""
        return Result(facts={"issuer": "none"}, pending=said)
    said = tls_ways.missing(dokku, way) if is_wanted else ""
    return Result(facts=facts, notes=tuple(filter(None, (said, _wildcards(way, params)))))


def _wildcards(way: Way, params: dict[str, Any]) -> str:
    wildcards = [name for name in params["domains"] or () if "*" in name]
    if way.issuer != "proxy" or way.takes_wildcards or not wildcards:
        return ""
    return f"{way.name} gets no certificate for {', '.join(wildcards)}"


def _not_served(way: Way) -> str:
    return f"{way.name} serves no certificate of one's own: it is installed, and visitors miss it"


def _prepare_k3s(
    dokku: Dokku, app: str, params: dict[str, Any], *, is_wanted: bool, check: bool
) -> Result:
    facts = {"issuer": "k3s"}
    try:
        wish = tls_ways.k3s_properties(params["email"], params["server"], is_wanted=is_wanted)
    except InvalidValue as error:
        return Result(facts=facts, pending=str(error))
    desired = properties.DesiredProperties(app, tls_ways.K3S, wish, is_secret=False)
    observed = properties.read(dokku, app, tls_ways.K3S)
    done = carry_out(dokku, properties.compare(observed, desired), check=check)
    notes = (f"it holds from the next deploy on: dokku ps:restart {app}",) if done.changes else ()
    return Result(done.changes, done.before, done.after, facts, notes=notes)


MODULE = ModuleDefinition(
    {
        "app": APP,
        "state": state("present", "absent"),
        "own": {"type": "bool", "default": False},
        "domains": names(),
        "email": {"type": "str", "default": ""},
        "server": {"type": "str", "default": ""},
    },
    converge,
)
