"""``ansible-deploy:set``: the operator sets or clears a setting of an app, or of all.

What a setting needs beyond its own form is said at once: a provider's library and variables, what
a target of backups asks for.
"""

from __future__ import annotations

import re
import sys

from .backups import setup
from .context import Context
from .errors import DeployError
from .layout import GLOBAL, PLUGIN_NAME
from .monitoring import alerting, alertmanager
from .monitoring.channels import DEFAULT
from .report import Report
from .setting_table import NAME, SETTINGS
from .settings import (
    Settings,
    check_setting,
    find_setting,
    name_owner,
    read_settings,
    word_of,
    write_setting,
)

LONGEST_SECRET = 65536


def run_set(context: Context, key: str, values: list[str], *, is_cleared: bool) -> None:
    """Store the value, or clear it where there is none; raises DeployError and stores nothing."""
    name, words = _name_and_words(context.app, key, values)
    said, word = f"{key} {name}".rstrip(), word_of(key, name)
    value = "" if is_cleared else _value(context.app, said, key, words)
    check_setting(context.app, word, value)
    warnings = _check(context, key, name, value)
    if key == "dns-provider" and value:
        name_owner(context.layout)
    order = setup.Order(context, name, value)
    password = setup.open_target(order) if key == "backup-target" and value else ""
    write_setting(context.layout, context.app, word, value)
    shown = "" if find_setting(key).is_secret else f" to {value}"
    context.report.closing(f"Setting {said}{shown}" if value else f"Unsetting {said}")
    for warning in warnings:
        context.report.warning(warning)
    if password:
        _tell_password(context, password)
        command = f"dokku {PLUGIN_NAME}:apply APP"
        context.report.detail(f"apps are saved from their next push on, or after: {command}")
    if key in alertmanager.SETTINGS:
        alerting.follow(context)
    if key == "status-domain":
        what = "served" if value else "taken off the web"
        context.report.detail(f"it is {what} after, as root: {context.layout.plugin}/script/host")
    if key == "acme-server" and not value:
        context.report.detail("apps keep the server that they have; to change it: default")
    if key == "acme-email" and value:
        _tell_missing_plugin(context)


def _name_and_words(scope: str, key: str, values: list[str]) -> tuple[str, list[str]]:
    """The NAME of a setting that takes one, and the words after it."""
    setting = find_setting(key)
    if not setting.is_named:
        return "", [word for word in values if word]
    if not re.fullmatch(NAME, values[0]):
        given = "< FILE" if setting.is_secret else "VALUE"
        command = f"dokku {PLUGIN_NAME}:set {scope} {key} NAME {given}"
        form = "small letters, digits and hyphens, such as offsite"
        raise DeployError(f"{key} takes a NAME first, of {form}: {command}")
    return values[0], [word for word in values[1:] if word]


def _value(scope: str, said: str, key: str, words: list[str]) -> str:
    if find_setting(key).is_secret:
        if words:
            command = f"dokku {PLUGIN_NAME}:set {scope} {said} < FILE"
            raise DeployError(f"{key} is secret and is never given as a word; run: {command}")
        return _read_secret(said)
    if len(words) > 1:
        raise DeployError(f"{said} takes one value, and {len(words)} are given")
    return words[0] if words else ""


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


def _check(context: Context, key: str, name: str, value: str) -> list[str]:
    """What the operator should know of what is to be set; raises DeployError where it cannot be."""
    in_force = read_settings(context.layout, context.app)
    if key == "host-alerts" and value:
        alerting.check_names(context.layout, value.split(","))
    if key == "status-domain" and value:
        _check_status_domain(context, value)
    if key == "alert-channel" and name == DEFAULT:
        raise DeployError(f"{DEFAULT} stands for all channels; give this one another name")
    if key == "alert-channel" and value:
        label = name if context.app == GLOBAL else f"{context.app}/{name}"
        if said := alertmanager.complaint(context.layout, label, value):
            raise DeployError(f"{key} {name} was not set: {said}")
    if key == "dns-owner" and not value and in_force["dns-provider"]:
        raise DeployError("dns-owner marks this host's records; set another word, or none is ours")
    if key in ("dns-provider", "dns-credentials") and value:
        misfits = _check_provider(Settings({**in_force.values, key: value}), key)
        command = f"dokku {PLUGIN_NAME}:set {context.app} dns-credentials < FILE"
        what = "the dns-credentials do not fit it"
        return [f"{what} ({misfit}); now run: {command}" for misfit in misfits[:1]]
    return setup.check(key, setup.Order(context, name, value))


def _check_status_domain(context: Context, value: str) -> None:
    from .judge_zones import domains_of_all

    for app, names in domains_of_all(context).items():
        if value in names:
            what = f"{value} is a domain of the app {app}, and nginx would show that app there"
            remedy = f"set another, or free it: dokku domains:remove {app} {value}"
            raise DeployError(f"{what}; {remedy}")


def _check_provider(settings: Settings, key: str) -> list[str]:
    """Why the credentials that are there do not fit a new provider.

    Raises DeployError where its library is missing, or when they are new and do not fit.
    """
    provider, credentials = settings["dns-provider"], settings["dns-credentials"]
    if not SETTINGS["dns-provider"].accepts(provider):
        return []
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils import dns_providers

    if key == "dns-provider" and not dns_providers.is_installed(provider):
        command = dns_providers.install_command(provider)
        raise DeployError(f"the library for {provider} is not installed; as root run: {command}")
    problems = dns_providers.check_credentials(provider, credentials) if credentials else []
    if problems and key == "dns-credentials":
        raise DeployError(f"dns-credentials do not fit {provider}: {'; '.join(problems)}")
    return problems


def _tell_password(context: Context, password: str) -> None:
    context.report.detail(f"its password, shown only now: {password}")
    what = "keep it elsewhere than on this server, for without it no backup can be read"
    context.report.warning(what)


def _tell_missing_plugin(context: Context) -> None:
    if not (context.layout.enabled_plugins / "letsencrypt").exists():
        context.report.warning("nginx gets its certificates by dokku-letsencrypt; as root run:")
        source = "https://github.com/dokku/dokku-letsencrypt.git"
        context.report.warning(f"dokku plugin:install {source}")


def describe_setting(scope: str) -> str:
    """What ``:set`` says when it is told too little."""
    missing = "one of" if scope else f"an app or {GLOBAL}, and one of"
    return f"Please specify {missing}: {', '.join(SETTINGS)}"
