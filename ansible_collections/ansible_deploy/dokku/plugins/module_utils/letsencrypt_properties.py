"""Reads and writes dokku-letsencrypt's properties of an app: who orders, where, and how.

They are read from Dokku's property files, for `letsencrypt:report` takes 0.7 s and prints the
tokens of DNS providers (dokku-letsencrypt 0.25.1, `fn-letsencrypt-report-add-dns-provider-keys`).
A file holds one value, `$DOKKU_LIB_ROOT/config/letsencrypt/<app|--global>/<property>` (Dokku
0.38.27, plugins/common/properties.go). Nothing secret is in those that are used here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .change import Plan, command, differences
from .words import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .client import Dokku

GLOBAL = "--global"
NAMES = ("dns-provider", "email", "graceperiod", "lego-docker-options", "server")
NO_DNS = "none"
"""What an app's `dns-provider` says to have HTTP-01 although a global one is set."""

GRACE_SECONDS = 30 * 24 * 60 * 60
SERVERS = {
    "": "https://acme-v02.api.letsencrypt.org/directory",
    "default": "https://acme-v02.api.letsencrypt.org/directory",
    "staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
}

# dokku-letsencrypt builds lego's and docker's arguments by splitting these at white space.
RULES: dict[str, tuple[str, str]] = {
    "email": (r"[^\s@-][^\s@]*@[^\s@]+", "an e-mail address"),
    "server": (r"default|staging|https?://\S+", "`default`, `staging` or an https:// address"),
    "dns_provider": (r"[a-z0-9][a-z0-9-]*", "lego's name of a provider, or `none`"),
    "env_file": (r"/\S*", "an absolute path without white space"),
}


@dataclass(frozen=True)
class Properties:
    """What is set for the app itself, and what is set for all apps."""

    own: Mapping[str, str] = field(default_factory=dict)
    everywhere: Mapping[str, str] = field(default_factory=dict)

    def computed(self, name: str) -> str:
        """Returns the value that holds for the app."""
        return self.own.get(name) or self.everywhere.get(name, "")

    @property
    def dns_provider(self) -> str:
        """Returns lego's name of the DNS provider, "" where the challenge is HTTP-01."""
        value = self.computed("dns-provider")
        return "" if value == NO_DNS else value

    @property
    def server(self) -> str:
        """Returns the address of the ACME server's directory."""
        return server_address(self.computed("server"))

    @property
    def grace(self) -> timedelta:
        """Returns how long before its end a certificate is renewed."""
        value = self.computed("graceperiod")
        return timedelta(seconds=int(value) if value.isdecimal() else GRACE_SECONDS)


def read(dokku: Dokku, app: str) -> Properties:
    """Returns the properties of the app and the global ones; no file is an unset property."""
    folder = library_root(dokku) / "config" / "letsencrypt"
    return Properties(_read(folder / app), _read(folder / GLOBAL))


def library_root(dokku: Dokku) -> Path:
    """Returns $DOKKU_LIB_ROOT."""
    return Path(dokku.environment.get("DOKKU_LIB_ROOT", "/var/lib/dokku"))


def text_of(path: Path) -> str:
    """Returns what is in a file, "" where there is none; unreadable is an error."""
    try:
        return path.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise InvalidValue(f"cannot read {path}: {error.strerror}; run as dokku or root") from None


def server_address(server: str) -> str:
    """Returns the address that a value of the property `server` means."""
    return SERVERS.get(server, server)


def wanted(params: Mapping[str, Any], observed: Properties, settings: str) -> dict[str, str]:
    """Returns the app's own properties as they should be: an option left out changes nothing.

    `settings` is the folder below which our own files of credentials lie.
    """
    own = dict(observed.own)
    for option, (name, choose) in OPTIONS.items():
        value = params[option]
        if value is None:
            continue
        if value and not re.fullmatch(RULES[option][0], value):
            raise InvalidValue(f"{value!r} is not a usable {option}: {RULES[option][1]}")
        own[name] = choose(value, observed, settings)
    return {name: value for name, value in own.items() if value}


def compare(app: str, observed: Properties, desired: Mapping[str, str]) -> Plan:
    """Plans one write for each of the app's own properties that differs."""
    old = {f"letsencrypt {name}": value for name, value in observed.own.items()}
    new = {f"letsencrypt {name}": value for name, value in desired.items()}
    changed = [name for name in NAMES if observed.own.get(name) != desired.get(name)]
    commands = [
        command("letsencrypt:set", app, name, *([desired[name]] if name in desired else []))
        for name in changed
    ]
    return Plan(differences(old, new), tuple(commands), old, new)


def _email(value: str, observed: Properties, settings: str) -> str:
    same = value == observed.computed("email")
    return observed.own.get("email", "") if value and same else value


def _server(value: str, observed: Properties, settings: str) -> str:
    same = server_address(value) == observed.server
    return observed.own.get("server", "") if value and same else value


def _dns_provider(value: str, observed: Properties, settings: str) -> str:
    # A global provider makes every app use DNS-01 (dokku-letsencrypt issue 301); `none` is the
    # app's way out, and needless where no provider is global.
    wanted = "" if value == NO_DNS else value
    if wanted == observed.dns_provider:
        return observed.own.get("dns-provider", "")
    is_global = observed.everywhere.get("dns-provider", NO_DNS) != NO_DNS
    return wanted or (NO_DNS if is_global else "")


def _docker_options(path: str, observed: Properties, settings: str) -> str:
    # An app's own options hide the global ones, so that these are repeated in front.
    everywhere = observed.everywhere.get("lego-docker-options", "").split()
    own = [
        word
        for word in observed.own.get("lego-docker-options", "").split()
        if not word.startswith(f"--env-file={settings}/") and word != f"--env-file={path}"
    ]
    if own[: len(everywhere)] == everywhere:
        own = own[len(everywhere) :]
    if path:
        own.append(f"--env-file={path}")
    return " ".join((*everywhere, *own)) if own else ""


def _read(folder: Path) -> dict[str, str]:
    values = {name: text_of(folder / name).strip() for name in NAMES}
    return {name: value for name, value in values.items() if value}


OPTIONS: dict[str, tuple[str, Callable[[str, Properties, str], str]]] = {
    "email": ("email", _email),
    "server": ("server", _server),
    "dns_provider": ("dns-provider", _dns_provider),
    "env_file": ("lego-docker-options", _docker_options),
}
"""Options of the module, the property that each sets, and how its value is chosen."""
