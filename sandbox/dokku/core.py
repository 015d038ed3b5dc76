"""The plugins that a Dokku 0.38.27 host has, and the modules of the stand-in that play them."""

import importlib
from typing import Any

from sandbox.dokku import community

VERSION = "0.38.27"

NAMES = [
    "00_dokku-standard",
    "20_events",
    "app-json",
    "apps",
    "builder",
    "builder-dockerfile",
    "builder-herokuish",
    "builder-lambda",
    "builder-nixpacks",
    "builder-null",
    "builder-pack",
    "builder-railpack",
    "buildpacks",
    "builds",
    "caddy-vhosts",
    "certs",
    "checks",
    "common",
    "config",
    "cron",
    "docker-options",
    "domains",
    "enter",
    "git",
    "haproxy-vhosts",
    "logs",
    "network",
    "nginx-vhosts",
    "openresty-vhosts",
    "plugin",
    "ports",
    "proxy",
    "ps",
    "registry",
    "repo",
    "resource",
    "run",
    "scheduler",
    "scheduler-docker-local",
    "scheduler-null",
    "shell",
    "ssh-keys",
    "storage",
    "trace",
    "traefik-vhosts",
]
DESCRIPTIONS = {
    "00_dokku-standard": "dokku core standard plugin",
    "20_events": "dokku core events logging plugin",
    "certs": "dokku core certificate management plugin",
}
VERSIONS = {"builds": "0.34.0"}

ALIASES = {
    "docker-local": "scheduler-docker-local",
    "dockerfile": "builder-dockerfile",
    "herokuish": "builder-herokuish",
    "k3s": "scheduler-k3s",
    "lambda": "builder-lambda",
    "nixpacks": "builder-nixpacks",
    "pack": "builder-pack",
    "nginx": "nginx-vhosts",
    "caddy": "caddy-vhosts",
    "haproxy": "haproxy-vhosts",
    "openresty": "openresty-vhosts",
    "traefik": "traefik-vhosts",
    "events": "20_events",
    "help": "standard",
    "version": "standard",
    "-v": "standard",
    "--version": "standard",
    "": "standard",
    "urls": "domains",
    "url": "domains",
    "report": "standard",
    "cleanup": "standard",
    "deploy": "standard",
    "git-hook": "git",
    "git-receive-pack": "git",
    "git-upload-pack": "git",
    "git-upload-archive": "git",
}


def is_core(plugin: str) -> bool:
    """Say whether a plugin is one of Dokku's own."""
    return plugin in NAMES


def is_played(plugin: str) -> bool:
    """Say whether the stand-in itself answers a plugin's commands."""
    return plugin == "standard" or is_core(plugin) or plugin in community.PLUGINS


def describe(plugin: str) -> tuple[str, str]:
    """Return version and description of one of Dokku's own plugins."""
    description = DESCRIPTIONS.get(plugin, f"dokku core {plugin} plugin")
    return VERSIONS.get(plugin, VERSION), description


def module_of(plugin: str) -> str:
    """Return the module below `plugins/` that plays a plugin."""
    return community.module_of(plugin).replace("-", "_")


def load(path: str) -> Any:
    """Import `module.name` below `plugins/`; no more than this one module is loaded."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(f"sandbox.dokku.plugins.{module}"), name)
