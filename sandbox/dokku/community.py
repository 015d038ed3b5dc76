"""The plugins of others that the host has beside Dokku's own, and that the stand-in plays.

Light on purpose: the dispatcher reads this for every command.
"""

from sandbox.dokku.plugins.service_kinds import PLUGINS as SERVICES

LETSENCRYPT = "letsencrypt"
PLUGINS: dict[str, tuple[str, str]] = {
    **SERVICES,
    LETSENCRYPT: ("0.25.1", "Automated installation of let's encrypt TLS certificates"),
}


def module_of(plugin: str) -> str:
    """Return the module below `plugins/` that plays a plugin; all services share one."""
    return "service" if plugin in SERVICES else plugin
