"""What the host knows of an app's certificate without asking Dokku.

Dokku keeps an app's certificate in ``$DOKKU_ROOT/<app>/tls`` (0.38.27, plugins/certs), and
dokku-letsencrypt what it got beside it, in ``letsencrypt`` (0.25.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .context import Context
from .layout import GLOBAL, PLUGIN_NAME
from .record import State

if TYPE_CHECKING:
    from .manifest.tls import Tls


def acme_email(context: Context) -> str:
    """The address for the certificate authority: ours, or the one that dokku-letsencrypt has."""
    return context.settings["acme-email"] or _letsencrypt(context, "email")


def has_certificate(context: Context) -> bool:
    """Whether Dokku serves the app with a certificate now."""
    return (context.layout.dokku_root / context.app / "tls" / "server.crt").exists()


def obstacle(context: Context, state: State, wish: Tls) -> str:
    """Why no certificate can be asked for, in words with what to do; empty where one can."""
    if not acme_email(context):
        return f"the operator first runs: dokku {PLUGIN_NAME}:set {GLOBAL} acme-email ADDRESS"
    if _is_kept(context, state, wish):
        return "the one that was installed by hand stays; write tls: auto to have it replaced"
    if wish.challenge == "dns-01" and not dns_provider(context):
        command = f"dokku {PLUGIN_NAME}:set {GLOBAL} dns-provider NAME"
        return f"dns-01, which wildcards need, takes a DNS provider; the operator runs: {command}"
    return ""


def dns_provider(context: Context) -> str:
    """Who serves the zones, as we or dokku-letsencrypt were told."""
    theirs = _letsencrypt(context, "dns-provider")
    return context.settings["dns-provider"] or ("" if theirs == "none" else theirs)


def _letsencrypt(context: Context, key: str) -> str:
    """A property of dokku-letsencrypt, from the file in which Dokku keeps it; an app's is first.

    Its report would cost most of a second (0.25.1).
    """
    properties = context.layout.lib_root / "config" / "letsencrypt"
    paths = [properties / scope / key for scope in (context.app, GLOBAL)]
    values = (path.read_text("utf-8").strip() for path in paths if path.is_file())
    return next((value for value in values if value), "")


def _is_kept(context: Context, state: State, wish: Tls) -> bool:
    """Whether the app has a certificate that neither we nor dokku-letsencrypt put there.

    It stays unless ``tls`` is spelled out.
    """
    issued = context.layout.dokku_root / context.app / "letsencrypt" / "certs" / "current"
    is_ours = bool(state.owned.get("tls")) or issued.exists()
    return has_certificate(context) and not is_ours and not wish.is_declared
