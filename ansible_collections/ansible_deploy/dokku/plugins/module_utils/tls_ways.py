"""Says who can get an app its certificate: that depends on its scheduler and its proxy.

Only dokku-letsencrypt and the scheduler k3s are driven app by app. The other proxies order for all
apps at once, by global properties that a push must not change; of these we say what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from . import properties, proxy
from .words import InvalidValue

if TYPE_CHECKING:
    from .client import Dokku

Issuer = Literal["letsencrypt", "proxy", "k3s", "none"]
EMAIL = "letsencrypt-email"
K3S = "scheduler-k3s"


@dataclass(frozen=True)
class Way:
    """Who issues an app's certificates, and what that way can do.

    `name` is the plugin whose properties say how. `takes_own`: a certificate of `certs:add` is
    served. `takes_wildcards`: names with `*` can be had without what an operator sets up by hand.
    """

    issuer: Issuer
    name: str
    takes_own: bool = False
    takes_wildcards: bool = False


# Dokku 0.38.27, plugins/ports/triggers.go, TriggerPostCertsUpdate: `certs:add` maps https:443 to
# where http:80 goes, and `certs:remove` takes that away again.
NGINX = Way("letsencrypt", "nginx", takes_own=True, takes_wildcards=True)

# None of these looks at what `certs:add` installed: no plugin of theirs asks the triggers
# `certs-exists` and `certs-get`. With the global e-mail set, each serves HTTPS from the app's http
# port by itself and only warns that https:443 is not mapped; without it, an https mapping makes
# traefik name a resolver that does not exist and haproxy redirect to a port that nobody serves
# (plugins/{caddy,traefik,openresty,haproxy}-vhosts/docker-args-process-deploy).
PROXIES: dict[str, Way] = {
    "nginx": NGINX,
    # Its image holds no module for DNS-01.
    "caddy": Way("proxy", "caddy"),
    # templates/compose.yml.sigil: TLS-ALPN-01, but DNS-01 where the global properties
    # `challenge-mode` is dns and `dns-provider` is set. A wildcard gets no visitors even then, for
    # its router says Host(`*.example.org`), which traefik takes letter by letter.
    "traefik": Way("proxy", "traefik"),
    # lua-resty-auto-ssl in a container of its own. dokku-letsencrypt is no way here: it puts its
    # answer to the challenge into the host's nginx and reloads that one, and openresty would not
    # read the certificate.
    "openresty": Way("proxy", "openresty"),
    "haproxy": Way("proxy", "haproxy"),
}

# cert-manager in the cluster, whatever the proxy type says; https is added to every http mapping
# (plugins/scheduler-k3s/chart.go), and certificates of `certs:add` come first (functions.go,
# resolveAppTLSConfig).
SCHEDULERS = {"k3s": Way("k3s", K3S, takes_own=True)}
PROXIED_SCHEDULERS = ("docker-local",)

# plugins/scheduler-k3s/functions.go, validateLetsencryptServer: no server of one's own.
K3S_SERVERS = {
    "": "prod",
    "default": "prod",
    "https://acme-v02.api.letsencrypt.org/directory": "prod",
    "staging": "staging",
    "https://acme-staging-v02.api.letsencrypt.org/directory": "staging",
}
K3S_EMAILS = {"prod": "letsencrypt-email-prod", "staging": "letsencrypt-email-stag"}


def way_of(proxy_type: str, scheduler: str, *, is_enabled: bool = True) -> Way:
    """Returns the way of a computed proxy type and a computed scheduler."""
    if scheduler in SCHEDULERS:
        return SCHEDULERS[scheduler]
    if scheduler in PROXIED_SCHEDULERS and is_enabled and proxy_type in PROXIES:
        return PROXIES[proxy_type]
    return Way("none", proxy_type if scheduler in PROXIED_SCHEDULERS else scheduler)


def read(dokku: Dokku, app: str) -> Way:
    """Returns the way of an app, by one call for its scheduler and one for its proxy."""
    scheduler = str(dokku.report("scheduler:report", app)["computed-selected"])
    observed = proxy.read(dokku, app)
    return way_of(observed.computed_type, scheduler, is_enabled=observed.is_enabled)


def missing(dokku: Dokku, way: Way) -> str:
    """Returns what an operator has to do before the app's proxy can order, "" for nothing."""
    if way.issuer != "proxy" or properties.read(dokku, properties.GLOBAL, way.name).get(EMAIL):
        return ""
    return (
        f"{way.name} orders certificates for all apps by itself once it knows an e-mail address;"
        f" an operator sets it with: dokku {way.name}:set --global {EMAIL} <address>"
        f" and dokku {way.name}:stop && dokku {way.name}:start"
    )


def k3s_properties(email: str, server: str, *, is_wanted: bool = True) -> dict[str, str]:
    """Returns the app's properties of scheduler-k3s; raises InvalidValue for another ACME server.

    They hold from the next deploy on.
    """
    if not is_wanted:
        return {"letsencrypt-server": "false"}
    if server not in K3S_SERVERS:
        raise InvalidValue(
            f"{server!r} cannot be used on k3s: Dokku knows Let's Encrypt there, `default` or"
            " `staging`; another server needs an issuer in the cluster and `scheduler-k3s:set"
            " <app> cert-issuer-name <issuer>`"
        )
    kind = K3S_SERVERS[server]
    return {"letsencrypt-server": kind, **({K3S_EMAILS[kind]: email} if email else {})}
