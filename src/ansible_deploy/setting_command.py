"""``ansible-deploy:set``: the operator sets or clears a setting of an app, or of all.

What a setting needs beyond its own form is said at once: a provider's library and variables.
"""

from __future__ import annotations

import sys

from .context import Context
from .errors import DeployError
from .layout import GLOBAL, PLUGIN_NAME
from .report import Report
from .settings import SETTINGS, Settings, find_setting, name_owner, read_settings, write_setting

LONGEST_SECRET = 65536


def run_set(context: Context, key: str, values: list[str], *, is_cleared: bool) -> None:
    """Store the value, or clear it where there is none; raises DeployError and stores nothing."""
    setting, scope = find_setting(key), context.app
    if setting.is_secret and any(values):
        command = f"dokku {PLUGIN_NAME}:set {scope} {key} < FILE"
        raise DeployError(f"{key} is secret and is never given as a word; run: {command}")
    if setting.is_secret and not is_cleared:
        value = _read_secret(key)
    else:
        value = next((word for word in values if word), "")
    if key == "dns-owner" and not value and read_settings(context.layout, scope)["dns-provider"]:
        raise DeployError("dns-owner marks this host's records; set another word, or none is ours")
    if key == "dns-provider" and value:
        name_owner(context.layout)
    values_now = read_settings(context.layout, scope).values
    misfits = _check(Settings({**values_now, key: value}), key) if value else []
    write_setting(context.layout, scope, key, value)
    said = f"Setting {key}" + ("" if setting.is_secret else f" to {value}")
    context.report.closing(said if value else f"Unsetting {key}")
    if misfits:
        command = f"dokku {PLUGIN_NAME}:set {scope} dns-credentials < FILE"
        context.report.warning(
            f"the dns-credentials do not fit it ({misfits[0]}); now run: {command}"
        )
    if key == "acme-server" and not value:
        context.report.detail("apps keep the server that they have; to change it: default")
    if key == "acme-email" and value:
        _tell_missing_plugin(context)


def _read_secret(key: str) -> str:
    """A secret from standard input, without blank lines around it."""
    if sys.stdin.isatty():
        Report(sys.stderr).detail(f"{key}: type or paste it, then Ctrl-D on a line of its own")
    value = sys.stdin.read(LONGEST_SECRET + 1).strip()
    if not value:
        what = f"{key} is read from standard input, which was empty; nothing was changed"
        raise DeployError(f"{what}; to clear it: dokku {PLUGIN_NAME}:set … {key} --unset")
    if len(value) > LONGEST_SECRET or "\0" in value:
        raise DeployError(f"{key} is a text of at most {LONGEST_SECRET} characters")
    return value + "\n"


def _check(settings: Settings, key: str) -> list[str]:
    """What the setting needs together with those that are there; raises DeployError.

    A new provider comes before its credentials: that those of the old one do not fit is returned.
    """
    provider, credentials = settings["dns-provider"], settings["dns-credentials"]
    if key not in ("dns-provider", "dns-credentials") or not SETTINGS["dns-provider"].accepts(
        provider
    ):
        return []
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils import dns_providers

    if key == "dns-provider" and not dns_providers.is_installed(provider):
        command = dns_providers.install_command(provider)
        raise DeployError(f"the library for {provider} is not installed; as root run: {command}")
    problems = dns_providers.check_credentials(provider, credentials) if credentials else []
    if problems and key == "dns-credentials":
        raise DeployError(f"dns-credentials do not fit {provider}: {'; '.join(problems)}")
    return problems


def _tell_missing_plugin(context: Context) -> None:
    if not (context.layout.enabled_plugins / "letsencrypt").exists():
        context.report.warning("nginx gets its certificates by dokku-letsencrypt; as root run:")
        source = "https://github.com/dokku/dokku-letsencrypt.git"
        context.report.warning(f"dokku plugin:install {source}")


def describe_setting(scope: str) -> str:
    """What ``:set`` says when it is told too little."""
    missing = "one of" if scope else f"an app or {GLOBAL}, and one of"
    return f"Please specify {missing}: {', '.join(SETTINGS)}"
