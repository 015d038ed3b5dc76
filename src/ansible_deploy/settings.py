"""What the operator allows and chooses, for one app or for all: ``dokku ansible-deploy:set``.

One file a setting below ``settings/<app|--global>/``, raw value without a newline, as Dokku keeps
its own properties. An app's value hides the global one. A secret one is read from standard input,
never from a command line, and is shown nowhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import files
from .errors import DeployError
from .layout import GLOBAL, PLUGIN_NAME, Layout


@dataclass(frozen=True)
class Setting:
    """One key of ``ansible-deploy:set``: what it is for, its default and which values it takes."""

    purpose: str
    default: str
    expected: str
    accepts: Callable[[str], bool]
    is_secret: bool = False


def _is_grant(value: str) -> bool:
    return value in ("allow", "deny")


def _is_path_list(value: str) -> bool:
    return all(p.startswith("/") and ".." not in p.split("/") for p in value.split(","))


def _is_property_list(value: str) -> bool:
    return all(len(word.split(".", 1)) == 2 and all(word.split(".")) for word in value.split(","))


def _is_count(value: str) -> bool:
    return value.isdecimal() and 1 <= int(value) <= 1000


def _is_address_of(version: int) -> Callable[[str], bool]:
    def accepts(value: str) -> bool:
        import ipaddress

        try:
            return ipaddress.ip_address(value).version == version
        except ValueError:
            return False

    return accepts


def _is_resolver(value: str) -> bool:
    address, _, port = value.rpartition(":") if value.count(":") == 1 else (value, "", "53")
    is_address = any(_is_address_of(version)(address) for version in (4, 6))
    return is_address and port.isdecimal() and 1 <= int(port) <= 65535


def _is_zone_list(value: str) -> bool:
    return all(re.fullmatch(DOMAIN, word) for word in value.split(","))


def _is_provider(value: str) -> bool:
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_providers import (
        PROVIDERS,
    )

    return value in PROVIDERS


def _is_owner(value: str) -> bool:
    return bool(re.fullmatch(r"[a-z0-9][a-z0-9-]{3,62}", value))


def _is_email(value: str) -> bool:
    return bool(re.fullmatch(rf"[A-Za-z0-9._%+-]{{1,64}}@{DOMAIN}", value))


def _is_acme_server(value: str) -> bool:
    return value in ("default", "staging") or bool(re.fullmatch(r"https://[!-~]{1,500}", value))


DOMAIN = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"

SETTINGS: dict[str, Setting] = {
    "acme-email": Setting(
        "where the certificate authority writes to; set, every app with `tls: auto` gets a"
        " certificate",
        "",
        "an address such as ops@example.org",
        _is_email,
    ),
    "acme-server": Setting(
        "the certificate authority",
        "",
        "default (Let's Encrypt), staging, or the https address of an ACME directory",
        _is_acme_server,
    ),
    "dns-credentials": Setting(
        "what the DNS provider's interface asks for, from standard input",
        "",
        "lines NAME=value on standard input",
        bool,
        is_secret=True,
    ),
    "dns-owner": Setting(
        "the word by which this host marks the DNS records that it made; made up with dns-provider",
        "",
        "4 to 63 letters, digits and hyphens",
        _is_owner,
    ),
    "dns-provider": Setting(
        "who serves the DNS zones, and so how records are made",
        "",
        "rfc2136, powerdns, cloudflare, desec, digitalocean, gandi, hetzner, ovh or route53",
        _is_provider,
    ),
    "dns-resolver": Setting(
        "the name server to ask whether names answer, in place of each zone's own",
        "",
        "an address, or an IPv4 address and a port such as 192.0.2.53:5353",
        _is_resolver,
    ),
    "dns-zones": Setting(
        "the DNS zones in which the app may make records",
        "",
        "names joined by commas",
        _is_zone_list,
    ),
    "server-ip": Setting(
        "the IPv4 address that the app's domains lead to", "", "an IPv4 address", _is_address_of(4)
    ),
    "server-ipv6": Setting(
        "the IPv6 address that the app's domains lead to", "", "an IPv6 address", _is_address_of(6)
    ),
    "custom-plays": Setting(
        "run the plays and roles that the app's repository brings, as user dokku",
        "deny",
        "allow or deny",
        _is_grant,
    ),
    "domains-of-others": Setting(
        "let the app declare a domain that another app has",
        "deny",
        "allow or deny",
        _is_grant,
    ),
    "host-paths": Setting(
        "directories of the host that the app's volumes may lie in",
        "",
        "absolute paths joined by commas",
        _is_path_list,
    ),
    "keep-runs": Setting("how many runs of an app are kept", "20", "1 to 1000", _is_count),
    "nginx-conf": Setting(
        "put the app's nginx.conf.d files into its server block",
        "deny",
        "allow or deny",
        _is_grant,
    ),
    "properties": Setting(
        "properties that the app may set besides the built-in list",
        "",
        "plugin.property words joined by commas, such as nginx.proxy-buffers",
        _is_property_list,
    ),
}


@dataclass(frozen=True)
class Settings:
    """The settings in force for one app."""

    values: dict[str, str]

    def __getitem__(self, key: str) -> str:
        return self.values.get(key, SETTINGS[key].default)

    def allows(self, key: str) -> bool:
        """Whether the operator has granted ``key``."""
        return self[key] == "allow"

    def words(self, key: str) -> tuple[str, ...]:
        """The comma-separated words of a setting."""
        return tuple(word for word in self[key].split(",") if word)

    @property
    def digest(self) -> str:
        """Changes when any value that is set changes."""
        text = "\n".join(f"{key}={value}" for key, value in sorted(self.values.items()))
        return hashlib.sha256(text.encode()).hexdigest()


def read_settings(layout: Layout, app: str) -> Settings:
    """Return the app's settings, the global ones where the app has none."""
    return Settings({**read_scope(layout, GLOBAL), **read_scope(layout, app)})


def read_scope(layout: Layout, scope: str) -> dict[str, str]:
    """Return what is set for one app, or for ``--global``."""
    folder = layout.settings / scope
    if not folder.is_dir():
        return {}
    return {f.name: f.read_text("utf-8") for f in folder.iterdir() if f.name in SETTINGS}


def write_setting(layout: Layout, scope: str, key: str, value: str) -> None:
    """Set ``key`` for an app or ``--global``; an empty value clears it. Raises DeployError."""
    setting = find_setting(key)
    if not value:
        files.remove(layout.settings / scope / key)
    elif setting.accepts(value):
        files.write(layout.settings / scope / key, value)
    else:
        what = "what was given" if setting.is_secret else f'"{value}"'
        raise DeployError(f"{what} is no value for {key}; it takes {setting.expected}")


def find_setting(key: str) -> Setting:
    """The setting of that name; raises DeployError where there is none."""
    if key not in SETTINGS:
        raise DeployError(f"Invalid key specified, valid keys include: {', '.join(SETTINGS)}")
    return SETTINGS[key]


def grant(app: str, key: str, value: str = "allow") -> str:
    """The remedy for what the operator has not allowed: the very command that does."""
    return f"the operator can allow it: dokku {PLUGIN_NAME}:set {app} {key} {value}"


def setting_file(layout: Layout, app: str, key: str) -> Path | None:
    """The file that holds the value in force for the app, if there is one."""
    paths = (layout.settings / scope / key for scope in (app, GLOBAL))
    return next((path for path in paths if path.is_file()), None)


def name_owner(layout: Layout) -> None:
    """Make up the word that marks this host's DNS records, once."""
    import secrets

    if not (layout.settings / GLOBAL / "dns-owner").exists():
        write_setting(layout, GLOBAL, "dns-owner", secrets.token_hex(6))
